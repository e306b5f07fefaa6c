from pathlib import Path

import numpy as np
import polars as pl
import pytest

from car_price_prediction.package.comparables import ComparableCars, open_comparables, write_comparables
from car_price_prediction.package.keys import joined_key
from car_price_prediction.training.comparables import comparable_cars
from car_price_prediction.training.features import fit_encoder
from car_price_prediction.training.worth import field_worths
from support.market import loaded_market

FIELDS = ["make", "model", "year", "mileage_km", "fuel"]


def by_year_and_make(matrix: np.ndarray) -> np.ndarray:
    """Price cars by 0.1 a year, and by 0.4 for the make with the code 0."""
    return 0.1 * matrix[:, 2] + 0.4 * (matrix[:, 0] == 0)


def table(listings: pl.DataFrame, fields: list[str] = FIELDS) -> ComparableCars:
    return comparable_cars(listings, fields, fit_encoder(listings, fields), by_year_and_make, 0)


@pytest.fixture(scope="module")
def listings() -> pl.DataFrame:
    return loaded_market(cars=400).listings


def test_a_field_is_worth_what_it_moves_the_price(listings: pl.DataFrame) -> None:
    worths = field_worths(listings, FIELDS, fit_encoder(listings, FIELDS), by_year_and_make, 0)
    assert worths["year"].each == pytest.approx(0.1)
    assert worths["year"].gap > 1
    assert worths["mileage_km"].each == worths["fuel"].each == worths["model"].each == 0
    assert 0.2 < worths["make"].each <= 0.4


def test_every_listing_is_there_once_with_its_price(listings: pl.DataFrame) -> None:
    cars = table(listings)
    found = sorted((*cars.listing(row).values(), cars.prices[row]) for row in range(len(cars)))
    assert found == sorted(listings.select("make", "model", "fuel", "year", "mileage_km", "price").iter_rows())


def test_the_listings_of_a_make_and_of_a_model_lie_together(listings: pl.DataFrame) -> None:
    cars = table(listings.sample(fraction=1, shuffle=True, seed=4))
    for key, (first, end) in cars.index.models.items():
        found = {joined_key([car["make"], car["model"]]) for car in map(cars.listing, range(first, end))}
        assert found == {key}
    assert sum(end - first for first, end in cars.index.makes.values()) == len(cars)


def test_of_a_reposted_listing_the_last_copy_counts(listings: pl.DataFrame) -> None:
    again = listings.head(10).with_columns(pl.col("price") + 1)
    cars = table(pl.concat([listings, again]))
    assert len(cars) == len(listings)
    assert set(again["price"]) <= set(cars.prices.tolist())


def test_what_is_missing_comes_back_missing_and_what_is_huge_does_no_harm(
    listings: pl.DataFrame, tmp_path: Path
) -> None:
    odd = listings.head(60).with_columns(
        fuel=pl.lit(None, dtype=pl.String), mileage_km=pl.Series([None, 1e300] * 30, dtype=pl.Float64)
    )
    write_comparables(tmp_path, table(odd))
    cars = open_comparables(tmp_path)
    assert len(cars) == 60
    assert sum("mileage_km" in cars.listing(row) for row in range(60)) == 30
    assert not any("fuel" in cars.listing(row) for row in range(60))


def test_a_market_without_makes_has_a_table_too(listings: pl.DataFrame) -> None:
    fields = ["model", "mileage_km", "year"]
    cars = table(listings.select(*fields, "price", "_group"), fields)
    assert cars.index.makes == {}
    assert len(cars.index.models) == 4
