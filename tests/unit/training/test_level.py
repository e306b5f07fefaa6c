"""How the level of asking prices is told from what cars were listed when, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from car_price_prediction.package.held_out import read_held_out
from car_price_prediction.package.market_level import MARKET_LEVEL, read_market_level
from car_price_prediction.package.reference import read_reference
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training.asof import with_ago
from car_price_prediction.training.level import LEVEL, as_asked, at_newest, market_level
from support.market import loaded_market
from support.model import train_small

FIELDS = ("make", "model", "year", "mileage_km", "fuel")
FIRST, MONTHS, MONTHLY = date(2025, 1, 1), 8, 400
MAKES = {"Skoda": 20_000, "BMW": 45_000, "Kia": 12_000}


def market(rise: float, *, months: int = MONTHS, seed: int = 3, absurd: int = 0) -> pl.DataFrame:
    """Return listings whose prices rise by a share a month, of cars that age, and ever more of a dear make."""
    rng, rows = np.random.default_rng(seed), months * MONTHLY
    month = np.repeat(np.arange(months), MONTHLY)
    dear = rng.random(rows) < 0.2 + 0.6 * month / months
    make = np.where(dear, "BMW", rng.choice(["Skoda", "Kia"], rows))
    year = rng.integers(2012, 2024, rows).astype(float)
    price = np.array([MAKES[name] for name in make]) * 0.88 ** (2025 + month / 12 - year) * (1 + rise) ** month
    price = price * np.exp(0.1 * rng.standard_normal(rows))
    price[rng.choice(rows, absurd, replace=False)] *= 1_000
    days = [FIRST + timedelta(days=int(m * 30.4 + d)) for m, d in zip(month, rng.integers(0, 30, rows), strict=True)]
    row = pl.int_range(0, rows, eager=True)
    return pl.DataFrame(
        {"make": make, "model": "m", "fuel": "Petrol", "year": year, "mileage_km": 9_000.0 + 7 * rng.permutation(rows)}
    ).with_columns(
        price=pl.Series(price), _listed=pl.Series(days), _source=pl.lit("a"), _row=row.cast(pl.UInt32),
        _group=row.cast(pl.UInt64),
    )  # fmt: skip


@pytest.mark.parametrize("rise", [0.02, -0.03])
def test_the_level_is_found_though_other_cars_are_listed_later(rise: float) -> None:
    level = market_level(with_ago(market(rise)), FIELDS, 0)
    assert level is not None
    found = [period.level for period in level.periods]
    assert found == pytest.approx([(1 + rise) ** -ago for ago in range(MONTHS - 1, -1, -1)], rel=0.025)


def test_absurd_prices_do_not_move_it() -> None:
    clean, dirty = (market_level(with_ago(market(0.02, absurd=n)), FIELDS, 0) for n in (0, 30))
    assert clean is not None
    assert dirty is not None
    assert [p.level for p in dirty.periods] == pytest.approx([p.level for p in clean.periods], abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_a_market_that_stands_still_stays_as_it_is_though_its_cars_grow_older(seed: int) -> None:
    listings = with_ago(market(0.0, seed=seed))
    level = market_level(listings, FIELDS, 0)
    assert level is not None
    assert not level.moved
    assert 1 / level.same_car(FIRST) == pytest.approx(0.88 ** ((MONTHS - 1) / 12), abs=0.03)
    assert at_newest(listings, level) is listings
    assert as_asked(listings) is listings


@pytest.mark.parametrize(
    "listings",
    [market(0.02).drop("_listed"), market(0.02, months=1), market(0.5).with_columns(_listed=pl.lit(None, pl.Date))],
    ids=["no days", "one month", "no day told"],
)
def test_without_enough_months_nothing_is_told(listings: pl.DataFrame) -> None:
    level = market_level(listings, FIELDS, 0)
    assert level is None or level.periods == ()


def test_months_of_few_listings_are_put_together() -> None:
    few = with_ago(market(0.03)).filter(pl.int_range(pl.len()) % 2 == 0)
    level = market_level(few, FIELDS, 0)
    assert level is not None
    assert 2 < len(level.periods) < MONTHS
    assert sum(period.listings for period in level.periods) == few.height


def test_a_listing_without_a_day_is_of_the_middle() -> None:
    listings = with_ago(market(0.03))
    level = market_level(listings, FIELDS, 0)
    undated = listings.with_columns(_listed=pl.when(pl.int_range(pl.len()) > 0).then("_listed"))
    found = at_newest(undated, level)[LEVEL]
    assert found.min() < found[0] < found.max()


def test_a_model_of_a_rising_market_prices_at_the_newest_level_and_keeps_what_was_asked(tmp_path: Path) -> None:
    listings = market(0.02)
    trained = train_small(tmp_path, replace(loaded_market(cars=40), listings=listings))
    folder = trained.package.folder
    level = read_market_level(folder)
    assert level is not None
    assert level.as_of > date(2025, 8, 20)
    assert trained.notes == (f"{level.sentence}: older listings count at the level of the newest",)
    assert level.sentence in (folder / "card.md").read_text()
    assert "What the same car was asked for" in (folder / "evaluation.html").read_text()
    held = read_held_out(folder)
    # To the last bit: the gate finds them again by it.
    assert held["price"].to_list() == listings["price"].to_list()
    errors = (held["predicted"] / held["price"]).log()
    by_month = listings.select(month=pl.col("_listed").dt.month_start(), error=errors).group_by("month").agg(
        pl.median("error")
    )  # fmt: skip
    assert by_month["error"].abs().max() < 0.05
    newest = listings.filter(pl.col("_listed") > date(2025, 8, 1))
    valuer = Valuer.load(folder)
    cars = newest.head(150).select(FIELDS).to_dicts()
    quoted = np.array([valuer.quote(car).price for car in cars])
    assert abs(np.median(np.log(quoted / newest.head(150)["price"].to_numpy()))) < 0.03
    price = next(field for field in read_reference(folder).fields if field.name == "price")
    assert price.quantiles[1] > listings["price"].median() * 1.03


def test_a_package_whose_listings_tell_no_days_holds_no_level(tmp_path: Path) -> None:
    trained = train_small(tmp_path)
    assert not (trained.package.folder / MARKET_LEVEL).exists()
    assert trained.notes == ()
