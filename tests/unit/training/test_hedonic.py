from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.training.features import HEDONIC, MONOTONE, monotone_of, prepare, reading_of
from car_price_prediction.training.hedonic import fit_hedonic

RNG = np.random.default_rng(3)
TRIMS = ["1.4 Base", "1.4 Sport", "2.0 Sport Black", "2.0 GTI", None]
WORTH = {"1.4": 0.0, "2.0": 0.25, "base": 0.0, "sport": 0.1, "black": 0.05, "gti": 0.4}


def cars(count: int = 2_000) -> pl.DataFrame:
    trim = RNG.choice(len(TRIMS), count)
    year, mileage = RNG.integers(2005, 2024, count).astype(float), RNG.uniform(0, 2e5, count)
    worth = [sum(WORTH[w.casefold()] for w in (TRIMS[t] or "").split()) for t in trim]
    log_price = 9 + 0.08 * (year - 2015) - 2e-6 * mileage + worth + RNG.normal(0, 0.05, count)
    return pl.DataFrame(
        {
            "make": RNG.choice(["a", "b"], count),
            "trim": [TRIMS[t] for t in trim],
            "year": year,
            "mileage_km": mileage,
            "price": np.exp(log_price),
            "_group": np.arange(count),
        }
    )


FIELDS = ("make", "trim", "year", "mileage_km")


def test_words_and_numbers_get_what_they_add() -> None:
    listings = cars()
    fit = fit_hedonic(listings, FIELDS, 0)
    score = fit.hedonic.scorer()
    base = {"make": "a", "year": 2015.0, "mileage_km": 1e5}
    assert score(base | {"trim": "2.0 GTI"}) - score(base | {"trim": "1.4 Base"}) == pytest.approx(0.65, abs=0.05)
    assert score(base | {"year": 2020.0}) - score(base) == pytest.approx(0.4, abs=0.05)
    error = np.log(listings["price"].to_numpy()) - fit.out_of_fold
    assert np.abs(error).mean() < 0.06


def test_rows_and_columns_are_scored_alike_to_the_last_bit() -> None:
    listings = cars(300)
    hedonic = fit_hedonic(listings, FIELDS, 0).hedonic
    encoder = Encoder(features=(Feature(name=HEDONIC, kind="hedonic", fields=FIELDS, hedonic=hedonic),))
    encode = encoder.row_encoder()
    asked = listings.with_columns(
        year=pl.when(pl.col("year") > 2020).then(None).otherwise(pl.col("year")),
        trim=pl.when(pl.col("year") < 2008).then(pl.lit("Unheard of GTI")).otherwise(pl.col("trim")),
    )
    assert encode_frame(encoder, asked)[:, 0].tolist() == [encode(row)[0] for row in asked.iter_rows(named=True)]


def test_a_listing_is_scored_by_a_regression_that_did_not_see_it() -> None:
    listings = cars(400).with_columns(trim=pl.Series([f"lot{i % 4 + 4 * (i // 8)}" for i in range(400)]))
    seen = fit_hedonic(listings, FIELDS, 0)
    inside = np.array([seen.hedonic.scorer()(row) for row in listings.iter_rows(named=True)])
    log_price = np.log(listings["price"].to_numpy())
    assert np.abs(log_price - inside).mean() < np.abs(log_price - seen.out_of_fold).mean()


def test_a_trend_against_what_is_required_is_none() -> None:
    listings = cars().with_columns(mileage_km=2e5 - pl.col("mileage_km"))
    held = fit_hedonic(listings, FIELDS, 0, MONOTONE).hedonic
    assert held.curves["mileage_km"].linear == held.curves["mileage_km"].squared == 0.0
    assert held.curves["year"].linear > 0
    assert held.curves["year"].squared == 0.0


def test_prepared_listings_hold_nothing_that_breaks_the_order() -> None:
    listings = cars(500)
    reading = reading_of(listings, FIELDS)
    free, held = (prepare(listings, FIELDS, 0, reading=reading, monotone=way).encoder for way in (False, True))
    assert set(monotone_of(held)) == {0, 1, -1}
    year = next(f for f in held.features if f.name == "year")
    assert year.low == 2023 - 25
    assert any(f.name == "classic_year" for f in held.features)
    assert not any(f.kind == "joined" and "year" in f.fields for f in held.features)
    assert not any(f.name == "classic_year" for f in free.features)


def test_shares_say_which_field_spreads_the_answers() -> None:
    shares = fit_hedonic(cars(), FIELDS, 0).hedonic.shares
    assert sum(shares.values()) == pytest.approx(1.0)
    assert max(shares, key=shares.__getitem__) == "year"
    assert shares["make"] < 0.05


def test_listings_that_tell_nothing_get_the_mean() -> None:
    listings = pl.DataFrame({"make": ["a", "b"], "price": [100.0, 10_000.0], "_group": [0, 0]})
    fit = fit_hedonic(listings, ["make"], 0)
    assert fit.hedonic.scorer()({"make": "a"}) == pytest.approx(np.log(1_000.0))
