import numpy as np
import pytest

from car_price_prediction.package.comparables import ComparableCars, ComparablesIndex, WordColumn
from car_price_prediction.package.keys import joined_key
from car_price_prediction.web.trims import trims_of


def cars(*columns):
    words = tuple(WordColumn(name=name, worth=0.1, words=words) for name, words, _ in columns)
    index = ComparablesIndex(numbers=(), words=words, makes={}, models={joined_key(["Kia", "Rio"]): (1, 5)})
    codes = np.array([codes for _, _, codes in columns], dtype=np.uint8).reshape(len(columns), 6)
    return ComparableCars(index, np.zeros((0, 6), np.float32), codes, np.ones(6))


def test_the_trims_of_the_model_are_told_the_most_frequent_first():
    trims = {"lx": "LX", "gt": "GT", "ex": "EX"}
    found = cars(("trim", trims, [0, 1, 1, 2, 3, 0]))
    assert trims_of(found, "kia", "RIO") == ["GT", "EX"]


@pytest.mark.parametrize(("make", "model"), [(None, None), ("Kia", None), ("Kia", "Ceed"), ("Trabant", "601")])
def test_a_model_that_is_not_known_has_none(make, model):
    assert trims_of(cars(("trim", {"lx": "LX"}, [0] * 6)), make, model) == ()


def test_a_market_without_trims_has_none():
    assert trims_of(cars(("fuel", {"petrol": "Petrol"}, [0] * 6)), "Kia", "Rio") == ()


def test_models_and_trims_are_offered_while_somebody_types(client):
    assert client.get("/choices?make=skoda").json == {"model": ["Fabia", "Octavia"]}
    assert len(client.get("/choices").json["model"]) == 4
