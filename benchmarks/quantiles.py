"""The usual way to ranges, to measure ours against: quantile boosters, conformalised (CQR).

Romano, Patterson, Candès (2019), "Conformalized quantile regression": two LightGBM models of the 5% and the 95%
quantile of the log price on four fifths of the training side, their errors on the last fifth moved outwards.
"""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np
import polars as pl

from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.load import load_listings
from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.listings.read import read_listings
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.training.boosted import COMMON
from car_price_prediction.training.features import feature_fields, prepare, reading_of
from car_price_prediction.training.folds import group_folds

COVERAGE = 0.9
ROUNDS = 400


def conformalised_quantiles(folder: Path, options: LoadOptions) -> pl.DataFrame:
    """Return ``price`` (the middle), ``low`` and ``high`` for each row of a folder's ``test.csv``."""
    loaded = load_listings([str(folder / "train.csv")], options)
    listings = loaded.listings
    split = group_folds(listings["_group"], 5, 0)[0]
    fields = feature_fields(listings)
    prepared = prepare(listings[split.train], fields, 0, reading=reading_of(listings, fields))
    held_out = encode_frame(prepared.encoder, listings[split.test])
    raw = read_listings([str(folder / "test.csv")])
    asked = encode_frame(prepared.encoder, interpret_frame(raw.frame, loaded.understanding.columns))
    log_price = np.log(listings["price"].to_numpy())
    tails = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
    data = lightgbm.Dataset(
        prepared.matrix, log_price[split.train], categorical_feature=prepared.encoder.categorical, free_raw_data=False
    )
    models = [
        lightgbm.train(COMMON | {"objective": "quantile", "alpha": tail, "learning_rate": 0.05}, data, ROUNDS)
        for tail in tails
    ]
    low, high = (model.predict(held_out) for model in models)
    outside = np.maximum(low - log_price[split.test], log_price[split.test] - high)
    level = min(np.ceil((len(outside) + 1) * COVERAGE) / len(outside), 1.0)
    by = np.quantile(outside, level, method="higher")
    low, high = (model.predict(asked) for model in models)
    ends = np.exp([low - by, high + by])
    return pl.DataFrame({"price": np.exp((low + high) / 2), "low": ends.min(axis=0), "high": ends.max(axis=0)})
