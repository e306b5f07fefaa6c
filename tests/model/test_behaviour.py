"""What a buyer expects of any price model, on a model of the sample market."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from car_price_prediction.listings.load import LoadOptions, load_listings
from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.pipeline import Trainer, TrainOptions
from support.model import SilentStages

CARS = [
    {"make": "Volkswagen", "model": "Golf", "fuel": "petrol", "transmission": "manual"},
    {"make": "BMW", "model": "3 Series", "fuel": "diesel", "transmission": "automatic"},
    {"make": "Toyota", "model": "Yaris", "fuel": "petrol", "transmission": "manual"},
    {"make": "Ford", "model": "Focus", "fuel": "petrol", "transmission": "manual"},
]


@pytest.fixture(scope="module")
def valuer(tmp_path_factory: pytest.TempPathFactory) -> Valuer:
    folder = tmp_path_factory.mktemp("sample")
    sample_frame(8_000, seed=11).write_csv(folder / "sample.csv")
    loaded = load_listings([str(folder / "sample.csv")], LoadOptions())
    trainer = Trainer(ModelStore(Path(folder)), SilentStages(), (member("huber", HUBER | {"num_leaves": 31}, 250),))
    trained = trainer.train(loaded, TrainOptions(market="sample market", sample=loaded.sample))
    return Valuer.load(trained.package.folder)


def price(valuer: Valuer, car: dict, **changes: object) -> float:
    return valuer.quote(car | {"year": 2019.0, "mileage_km": 90_000.0} | changes).price


def test_the_sample_market_is_hard_but_learnable(valuer: Valuer) -> None:
    assert valuer.manifest.market.sample
    assert valuer.manifest.market.currency == "EUR"
    assert 0.08 <= valuer.manifest.metrics["mdape"] <= 0.17
    assert 0.88 <= valuer.manifest.metrics["coverage"] <= 0.92


@pytest.mark.parametrize("car", CARS, ids=lambda car: car["model"])
def test_more_mileage_does_not_raise_the_price(valuer: Valuer, car: dict) -> None:
    prices = [price(valuer, car, mileage_km=float(km)) for km in (20_000, 60_000, 120_000, 200_000)]
    assert prices[0] > prices[-1]
    assert all(more <= less * 1.05 for less, more in pairwise(prices))


@pytest.mark.parametrize("car", CARS, ids=lambda car: car["model"])
def test_an_older_car_is_cheaper(valuer: Valuer, car: dict) -> None:
    prices = [price(valuer, car, year=float(year)) for year in (2023, 2019, 2014, 2008)]
    assert prices == sorted(prices, reverse=True)


@pytest.mark.parametrize("car", CARS, ids=lambda car: car["model"])
def test_an_unknown_colour_changes_little(valuer: Valuer, car: dict) -> None:
    known, unknown = price(valuer, car, colour="black"), price(valuer, car, colour="ultraviolet")
    assert unknown == pytest.approx(known, rel=0.08)


@pytest.mark.parametrize("car", CARS, ids=lambda car: car["model"])
def test_an_unknown_model_is_priced_within_reason_and_less_surely(valuer: Valuer, car: dict) -> None:
    listing = car | {"year": 2019.0, "mileage_km": 90_000.0}
    known, unknown = valuer.quote(listing), valuer.quote(listing | {"model": "Nonesuch"})
    assert known.price / 3 < unknown.price < known.price * 3
    assert math.log(unknown.high / unknown.low) > math.log(known.high / known.low)
    assert unknown.confidence == "low"


@pytest.mark.parametrize("car", CARS, ids=lambda car: car["model"])
def test_what_nobody_said_is_assumed_and_makes_the_price_less_sure(valuer: Valuer, car: dict) -> None:
    short = {"make": car["make"], "model": car["model"], "year": 2019.0, "mileage_km": 90_000.0}
    whole = valuer.contents.encoder.usual.filled(short)
    assert set(whole) > set(short)
    told_little, told_all = valuer.quote(short), valuer.quote(whole)
    assert told_little.price == told_all.price
    assert told_little.high / told_little.low > told_all.high / told_all.low
    assert any("usual for such cars" in warning.message for warning in told_little.warnings)


def test_the_order_of_the_fields_does_not_matter(valuer: Valuer) -> None:
    listing = CARS[0] | {"year": 2019.0, "mileage_km": 90_000.0}
    assert valuer.quote(dict(reversed(listing.items()))).price == valuer.quote(listing).price


def test_old_cars_have_wider_ranges_in_proportion_than_young_ones(valuer: Valuer) -> None:
    def width(year: float) -> float:
        quotes = [valuer.quote(car | {"year": year, "mileage_km": 15_000.0 * (2026 - year)}) for car in CARS]
        return float(np.median([(q.high - q.low) / q.price for q in quotes]))

    assert 0.2 < width(2022.0) < width(2008.0) < 2.0
