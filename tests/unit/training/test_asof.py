from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training.asof import AGO, with_ago
from support.market import loaded_market
from support.model import train_small

NEWEST, YEARS, ROWS = date(2025, 1, 1), 3.0, 3_000
LOST, GAINED = 0.85, 1.12
"""A car keeps so much of its price with every year of its age; the market's prices rise so fast."""


def market(*, dated: bool) -> pl.DataFrame:
    """Return listings of three years in which new cars become dearer and each car older."""
    rng = np.random.default_rng(3)
    ago, year = YEARS * rng.random(ROWS), rng.integers(2010, 2022, ROWS).astype(float)
    age = 2025 - ago - year
    days = [date.fromordinal(NEWEST.toordinal() - round(365.25 * each)) for each in ago]
    price = 40_000 * LOST**age * GAINED ** (-ago) * np.exp(0.03 * rng.standard_normal(ROWS))
    cars = pl.DataFrame({"make": "Kia", "model": "Rio", "year": year, "fuel": "Petrol", "price": price})
    cars = cars.with_columns(mileage_km=pl.Series(10_000.0 + 5 * rng.permutation(ROWS)), _listed=pl.Series(days))
    row = pl.int_range(0, ROWS, eager=True)
    cars = cars.with_columns(_source=pl.lit("a"), _row=row.cast(pl.UInt32), _group=row.cast(pl.UInt64))
    return cars if dated else cars.drop("_listed")


def errors(artifacts: Path, *, dated: bool) -> np.ndarray:
    loaded = loaded_market(cars=40)
    valuer = Valuer.load(train_small(artifacts, replace(loaded, listings=market(dated=dated))).package.folder)
    cars = [{"make": "Kia", "model": "Rio", "year": year, "mileage_km": 17_500.0} for year in (2013.0, 2016.0, 2019.0)]
    return np.array([valuer.quote(car).price / (40_000 * LOST ** (2025 - car["year"])) - 1 for car in cars])


def test_cars_are_priced_as_of_the_newest_listings(tmp_path: Path) -> None:
    dated, undated = errors(tmp_path / "dated", dated=True), errors(tmp_path / "undated", dated=False)
    assert np.abs(dated).max() < 0.06
    assert np.abs(undated).min() > np.abs(dated).max()


def test_listings_of_a_few_weeks_are_all_of_one_day() -> None:
    cars = pl.DataFrame({"_listed": [date(2024, 1, 1), date(2024, 3, 1)]})
    assert with_ago(cars) is cars


def test_listings_without_days_stay_as_they_are() -> None:
    cars = pl.DataFrame({"make": ["Kia"]})
    assert with_ago(cars) is cars


def test_a_mistyped_date_does_not_move_the_market() -> None:
    days = [date(2023, 1, 1)] * 50 + [date(2024, 1, 1)] * 49 + [date(2204, 1, 1)]
    assert with_ago(pl.DataFrame({"_listed": days}))[AGO].max() == pytest.approx(1.0, abs=0.01)


def test_a_listing_without_a_date_is_of_the_middle() -> None:
    found = with_ago(pl.DataFrame({"_listed": [date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1), None]}))[AGO]
    assert found.to_list() == pytest.approx([2.0, 1.0, 0.0, 1.0], abs=0.01)
