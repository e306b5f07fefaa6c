"""The sample market looks like a market: who sells what, for how much, and how well a price can be told."""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import pytest

from car_price_prediction.listings.load import LoadOptions, load_listings
from car_price_prediction.listings.sample import sample_frame

ROWS = 300_000


@pytest.fixture(scope="module")
def market() -> pl.DataFrame:
    tidy = (pl.col("price_eur").is_between(100, 1_000_000)) & (pl.col("mileage_km") < 1_000_000)
    return sample_frame(ROWS, seed=1).filter(tidy & (pl.col("year") < 2060))


def test_makes_are_as_common_as_on_the_road(market: pl.DataFrame) -> None:
    share = dict(market["make"].value_counts(normalize=True).iter_rows())
    assert len(share) == 33
    assert max(share, key=lambda make: share[make]) == "Volkswagen"
    for make, low, high in (
        ("Volkswagen", 0.10, 0.18),
        ("BMW", 0.06, 0.10),
        ("Toyota", 0.025, 0.05),
        ("Dacia", 0.012, 0.03),
        ("Porsche", 0.007, 0.015),
        ("Jaguar", 0.001, 0.005),
    ):
        assert low < share[make] < high, make


def test_nearly_every_model_is_listed(market: pl.DataFrame) -> None:
    assert market.select("make", "model").n_unique() > 295


@pytest.mark.parametrize(
    ("make", "model", "years", "kilometres", "low", "high"),
    [
        ("Volkswagen", "Golf", (2016, 2016), (130_000, 170_000), 8_000, 11_000),
        ("Volkswagen", "Golf", (2005, 2007), (150_000, 220_000), 2_500, 4_200),
        ("Mercedes-Benz", "S-Class", (2023, 2023), (20_000, 90_000), 65_000, 85_000),
        ("Dacia", "Sandero", (2026, 2026), (0, 100), 12_000, 15_500),
        ("BMW", "3 Series", (2019, 2019), (60_000, 120_000), 18_000, 25_000),
        ("Porsche", "911", (2015, 2017), (30_000, 90_000), 80_000, 120_000),
        ("Tesla", "Model 3", (2021, 2021), (40_000, 90_000), 16_000, 23_000),
        ("Fiat", "500", (2015, 2015), (50_000, 100_000), 4_800, 7_500),
        ("Volkswagen", "Transporter", (2015, 2015), (100_000, 220_000), 15_000, 24_000),
        ("Skoda", "Octavia", (2018, 2018), (90_000, 150_000), 11_000, 15_000),
    ],
)
def test_well_known_cars_have_believable_prices(
    market: pl.DataFrame,
    make: str,
    model: str,
    years: tuple[int, int],
    kilometres: tuple[int, int],
    low: int,
    high: int,
) -> None:
    alike = market.filter(
        (pl.col("make") == make)
        & (pl.col("model") == model)
        & pl.col("year").is_between(*years)
        & pl.col("mileage_km").is_between(*kilometres)
    )
    assert alike.height >= 15
    assert low < alike["price_eur"].median() < high


def test_prices_fall_with_age_and_spread(market: pl.DataFrame) -> None:
    golfs = market.filter((pl.col("model") == "Golf") & (pl.col("condition") == "good"))
    by_age = [golfs.filter(pl.col("year") == year)["price_eur"].log() for year in (2025, 2022, 2018, 2014, 2010)]
    medians = [each.median() for each in by_age]
    assert medians == sorted(medians, reverse=True)
    assert by_age[-1].std() > by_age[0].std()


def test_a_good_model_misses_by_8_to_15_percent() -> None:
    frame = sample_frame(10_000, seed=1).filter(pl.col("price_eur").is_between(100, 1_000_000)).drop("id", "market")
    words = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    codes = frame.with_columns(pl.col(words).rank("dense")).cast(pl.Float64)
    features = codes.drop("price_eur")
    rows = np.random.default_rng(0).permutation(codes.height)
    train, held_out = rows[: int(0.8 * len(rows))], rows[int(0.8 * len(rows)) :]
    x, y = features.to_numpy(), np.log(codes["price_eur"].to_numpy())
    data = lightgbm.Dataset(
        x[train], y[train], categorical_feature=[features.columns.index(word) for word in words], free_raw_data=False
    )
    options = {
        "objective": "regression",
        "learning_rate": 0.12,
        "num_threads": 1,
        "verbose": -1,
        "feature_fraction": 0.7,
    }
    predicted = np.asarray(lightgbm.train(options, data, 150).predict(x[held_out]))
    assert 0.08 < np.median(np.abs(np.expm1(predicted - y[held_out]))) < 0.15


def test_the_reader_understands_the_file_without_options(tmp_path: Path) -> None:
    sample_frame(5_000, seed=1).write_csv(tmp_path / "cars.csv")
    loaded = load_listings([str(tmp_path / "cars.csv")], LoadOptions())
    assert loaded.sample
    assert (loaded.understanding.currency, loaded.understanding.mileage_unit) == ("EUR", "km")
    fields = {column.header: column.field for column in loaded.understanding.columns if column.used}
    renamed = {"price_eur": "price"}
    expected = set(sample_frame(1, seed=1).columns) - {"id", "market"}
    assert fields == {header: renamed.get(header, header) for header in expected}
    assert 0.95 < loaded.listings.height / loaded.rows_read < 0.995
