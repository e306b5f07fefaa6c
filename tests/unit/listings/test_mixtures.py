from __future__ import annotations

import math
import random

import polars as pl
import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.mixtures import place_mixture

COLUMNS = [
    Column("make", "field", "make", "category"),
    Column("year", "field", "year", "number"),
    Column("km", "field", "mileage_km", "number", unit="km"),
    Column("fuel", "field", "fuel", "category"),
]


def market(factor: dict[str, float], *, told_by: str = "place", rows: int = 1200) -> pl.DataFrame:
    """Return cars whose odometers are so many times as high where the column says so."""
    rng = random.Random(3)
    cars = []
    for _ in range(rows):
        car = {
            "make": rng.choice(["Audi", "Kia", "Seat"]),
            "fuel": rng.choice(["petrol", "diesel"]),
            "place": rng.choice(["UK", "DE"]),
            "year": str(rng.randint(2008, 2022)),
        }
        if told_by == "fuel":  # one place has mostly diesels
            car["fuel"] = "diesel" if (car["place"] == "DE") == (rng.random() < 0.9) else "petrol"
        if told_by == "make":
            car["make"] = {"UK": "Audi", "DE": "Kia"}[car["place"]]
        km = 14_000 * (2024 - int(car["year"])) * math.exp(rng.gauss(0, 0.6)) * factor.get(car[told_by], 1.0)
        cars.append({**car, "km": str(round(km))})
    return pl.DataFrame(cars)


def test_miles_in_one_place_are_found_and_told():
    assert '"place" is de are 1.5' in place_mixture(market({"UK": 1 / 1.609}), COLUMNS, ["place"])


def test_a_market_in_one_unit_raises_no_alarm():
    assert not place_mixture(market({}), COLUMNS, ["place"])


@pytest.mark.parametrize(("told_by", "factor"), [("fuel", {"diesel": 1.61}), ("make", {"Kia": 1.61})])
def test_what_fuel_or_make_explains_raises_no_alarm(told_by: str, factor: dict[str, float]):
    assert not place_mixture(market(factor, told_by=told_by), COLUMNS, ["place"])


def test_few_cars_prove_nothing():
    assert not place_mixture(market({"UK": 1 / 1.609}, rows=150), COLUMNS, ["place"])


def test_a_place_that_is_not_there_is_passed_over():
    assert not place_mixture(market({}), COLUMNS, ["_source"])
