from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.listings.sample import is_sample_market, sample_chunks, sample_frame
from car_price_prediction.listings.sample_dirt import DIRTY, MISSING

ROWS = 60_000


@pytest.fixture(scope="module")
def market() -> pl.DataFrame:
    return sample_frame(ROWS, seed=1)


def test_the_same_seed_gives_the_same_listings() -> None:
    assert sample_frame(2_000, seed=3).equals(sample_frame(2_000, seed=3))


def test_another_seed_gives_other_listings() -> None:
    one, other = sample_frame(2_000, seed=3), sample_frame(2_000, seed=4)
    assert (one["price_eur"] != other["price_eur"]).mean() > 0.9


@pytest.mark.parametrize("chunk_rows", [1, 7, 199, 1_000])
def test_the_size_of_chunks_changes_nothing(chunk_rows: int) -> None:
    rows = min(1_000, chunk_rows * 30)
    whole = sample_frame(rows, seed=5)
    assert pl.concat(list(sample_chunks(rows, 5, chunk_rows=chunk_rows))).equals(whole)


def test_a_smaller_market_is_the_beginning_of_a_larger_one(market: pl.DataFrame) -> None:
    assert sample_frame(500, seed=1).equals(market[:500])


@pytest.mark.parametrize("rows", [0, 1, 2, 1_001])
def test_as_many_rows_as_asked_for(rows: int) -> None:
    assert sum(chunk.height for chunk in sample_chunks(rows, 1, chunk_rows=500)) == rows


def test_progress_is_told_to_the_last_row() -> None:
    told: list[tuple[int, int]] = []
    list(sample_chunks(1_000, 1, chunk_rows=400, progress=lambda done, total: told.append((done, total))))
    assert told == [(400, 1_000), (800, 1_000), (1_000, 1_000)]


def test_ids_are_never_given_twice(market: pl.DataFrame) -> None:
    assert market["id"].n_unique() == ROWS


@pytest.mark.parametrize("column", ["engine_l", "power_kw", "cylinders", "doors", "seats", "owners"])
def test_numbers_are_plausible(market: pl.DataFrame, column: str) -> None:
    field = BY_NAME[column]
    assert market[column].drop_nulls().is_between(field.low or 0, field.high or np.inf).all()
    assert (market[column].drop_nulls() > 0).all()


def test_tidy_years_prices_and_mileages_are_plausible(market: pl.DataFrame) -> None:
    tidy = market.filter((pl.col("year") < 2060) & (pl.col("price_eur") > 1) & (pl.col("mileage_km") < 1_000_000))
    assert tidy["year"].is_between(1960, 2026).all()
    assert tidy["price_eur"].filter(tidy["price_eur"] < 10_000_000).is_between(150, 500_000).all()
    assert tidy["mileage_km"].is_between(0, 480_000).all()


def test_an_electric_car_has_no_engine_to_measure(market: pl.DataFrame) -> None:
    electric = market.filter(pl.col("fuel") == "electric")
    assert electric.height > 500
    assert electric.select(pl.col("engine_l", "cylinders").is_null().all()).row(0) == (True, True)
    assert electric["transmission"].drop_nulls().unique().to_list() == ["automatic"]


def test_no_model_is_older_or_newer_than_it_was_built(market: pl.DataFrame) -> None:
    tidy = market.filter(pl.col("year") < 2060)
    assert tidy.filter(pl.col("make") == "Tesla")["year"].min() >= 2013
    assert tidy.filter(pl.col("model") == "Käfer")["year"].max() <= 1979


@pytest.mark.parametrize(("column", "share"), MISSING.items())
def test_cells_are_missing_at_the_stated_rate(market: pl.DataFrame, column: str, share: float) -> None:
    frame = market.filter((pl.col("fuel") != "electric") & (pl.col("year") >= 1995)) if share > 0.02 else market
    assert frame[column].is_null().mean() == pytest.approx(share, rel=0.25, abs=0.0006)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("price_0", pl.col("price_eur") == 0),
        ("price_1", pl.col("price_eur") == 1),
        ("price_absurd", pl.col("price_eur") > 10_000_000),
        ("year_2060", pl.col("year") == 2060),
        ("mileage_absurd", pl.col("mileage_km") > 1_000_000),
    ],
)
def test_rows_are_dirty_at_the_stated_rate(market: pl.DataFrame, what: str, found: pl.Expr) -> None:
    assert market.select(found.mean()).item() == pytest.approx(DIRTY[what], rel=0.3)


def test_the_mark_is_in_every_row(market: pl.DataFrame) -> None:
    assert is_sample_market(market)
    assert is_sample_market(market.cast(pl.String).with_columns(_source=pl.lit("a.csv")))


def test_a_file_that_mixes_the_sample_with_other_listings_is_not_the_sample_market(market: pl.DataFrame) -> None:
    assert not is_sample_market(pl.concat([market[:3], pl.DataFrame({"make": ["Audi"]})], how="diagonal"))


def test_a_file_without_rows_is_not_the_sample_market(market: pl.DataFrame) -> None:
    assert not is_sample_market(market[:0])
