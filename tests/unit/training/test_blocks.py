import numpy as np
import polars as pl
import pytest

from car_price_prediction.package.frames import encode_frame
from car_price_prediction.training import blocks as module
from car_price_prediction.training import features, usual, worth
from car_price_prediction.training.blocks import encoded, predicted
from car_price_prediction.training.boosted import HUBER, LightGBMModel, train_lightgbm
from car_price_prediction.training.candidates import Task
from car_price_prediction.training.features import fit_features, reading_of
from support.market import loaded_market

FIELDS = ["make", "model", "year", "mileage_km", "fuel"]


@pytest.fixture(scope="module")
def listings() -> pl.DataFrame:
    return loaded_market(cars=300).listings


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_ROWS", 7)


def fitted(listings: pl.DataFrame) -> features.Features:
    return fit_features(listings, FIELDS, 0, reading=reading_of(listings, FIELDS))


@pytest.mark.usefixtures("small_blocks")
def test_blocks_are_encoded_as_the_whole_is(listings: pl.DataFrame) -> None:
    encoder = fitted(listings).encoder
    rows = np.random.default_rng(0).permutation(listings.height)[:100]
    np.testing.assert_array_equal(encoded(encoder, listings), encode_frame(encoder, listings))
    np.testing.assert_array_equal(encoded(encoder, listings, rows), encode_frame(encoder, listings[rows]))
    assert encoded(encoder, listings.clear()).shape == (0, len(encoder.features))


def test_features_are_counted_in_blocks_as_in_the_whole(
    listings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    listings = listings.with_columns(pl.when(pl.int_range(pl.len()) % 5 > 0).then("fuel").alias("fuel"))
    whole = fitted(listings)
    monkeypatch.setattr(module, "BLOCK_ROWS", 7)
    assert fitted(listings).encoder == whole.encoder


@pytest.mark.usefixtures("small_blocks")
def test_very_many_listings_are_encoded_in_single_precision(
    listings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HUGE_LISTINGS", listings.height - 1)
    encoder = fitted(listings).encoder
    found = encoded(encoder, listings)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, encode_frame(encoder, listings).astype(np.float32))
    assert encoded(encoder, listings[1:]).dtype == np.float64


@pytest.mark.usefixtures("small_blocks")
def test_blocks_are_priced_as_the_whole_is_by_either_way_to_price(
    listings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = fitted(listings).encoder
    task = Task(encode_frame(encoder, listings), np.log(listings["price"].to_numpy()), encoder.categorical, 0)
    model = LightGBMModel(train_lightgbm(task, HUBER, 20))
    whole = model.predict(task.matrix)
    np.testing.assert_array_equal(predicted(model, encoder, listings), whole)
    monkeypatch.setattr("car_price_prediction.training.boosted.MANY_ROWS", 1)
    np.testing.assert_array_equal(predicted(model, encoder, listings), whole)


def test_of_more_listings_a_part_tells_what_is_usual(listings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = usual.fit_usual(listings, FIELDS)
    monkeypatch.setattr(usual, "LOOKED_AT", listings.height)
    assert usual.fit_usual(listings, FIELDS) == whole
    monkeypatch.setattr(usual, "LOOKED_AT", 60)
    found = usual.fit_usual(listings, FIELDS)
    assert found.fields == whole.fields
    assert found == usual.fit_usual(listings, FIELDS) != whole


def test_of_more_listings_pairs_are_sought_among_a_part(
    listings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, seen = fitted(listings).encoder, []

    def by_year(matrix: np.ndarray) -> np.ndarray:
        seen.append(len(matrix))
        return matrix[:, 2] * 0.1

    whole = worth.field_worths(listings, FIELDS, encoder, by_year, 0)["year"]
    monkeypatch.setattr(worth, "PAIRED", 100)
    seen.clear()
    assert worth.field_worths(listings, FIELDS, encoder, by_year, 0)["year"].each == pytest.approx(whole.each)
    assert 0 < max(seen) < 100
