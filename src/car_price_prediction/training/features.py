"""Which features a market's listings give, and the codes of their categories."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.package.frames import KeyColumns

JOINED: tuple[tuple[str, ...], ...] = (
    ("make", "model"),
    ("make", "model", "year"),
    ("make", "model", "engine_l"),
)
"""Joined categories let one split single out a generation or an engine of one model."""
FEWEST = 2
"""A word seen once teaches nothing of its own. Read as unknown, it teaches the model what unknown words cost."""
FEWEST_JOINED = 3
LEAST_REPEATED = 0.5
"""An extra column with more distinct words than this share of its rows is free text, not a category."""
NOT_FEATURES = ("price",)
ALWAYS = ("make", "model", "year", "mileage_km")
"""Of which every car tells some: kept even where all listings agree, so that a car that differs is noticed."""


def feature_fields(listings: pl.DataFrame) -> list[str]:
    """Return the fields that can tell listings apart and are known when a car is priced, and those of `ALWAYS`.

    Parameters
    ----------
    listings : DataFrame
        Clean listings; columns whose names begin with ``_`` are about the rows and no fields.

    Examples
    --------
    >>> feature_fields(pl.DataFrame({"make": ["a", "a"], "seats": [5.0, 5.0], "price": [1, 2], "_row": [1, 2]}))
    ['make']
    """
    names = [n for n in listings.columns if not n.startswith("_") and n not in NOT_FEATURES]
    return [name for name in names if _tells_apart(listings[name], name)]


def fit_encoder(listings: pl.DataFrame, fields: Sequence[str]) -> Encoder:
    """Return the encoder that the listings give.

    Parameters
    ----------
    listings : DataFrame
        The part that the model is trained on, and no other: the codes are part of what is learnt.
    fields : sequence of str
        From `feature_fields`.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["audi", "bmw", "audi"], "year": [2015.0, 2016.0, 2017.0]})
    >>> [(f.name, f.codes) for f in fit_encoder(cars, ["make", "year"]).features]
    [('make', {'audi': 0}), ('year', {})]
    """
    keys = KeyColumns(listings)
    features = [_single(name, listings[name], keys) for name in fields]
    joined = [names for names in JOINED if all(name in fields for name in names)]
    features += [
        Feature(name="+".join(names), kind="joined", fields=names, codes=_codes(keys.of(names), FEWEST_JOINED))
        for names in joined
    ]
    return Encoder(features=tuple(features))


def _single(name: str, column: pl.Series, keys: KeyColumns) -> Feature:
    if column.dtype.is_numeric():
        return Feature(name=name, kind="number", fields=(name,))
    return Feature(name=name, kind="category", fields=(name,), codes=_codes(keys.of([name]), FEWEST))


def _codes(keys: pl.Series, fewest: int) -> dict[str, int]:
    counts = keys.rename("key").value_counts().filter(pl.col("count") >= fewest)
    # The most frequent first and ties by name: the same listings in another order give the same codes.
    ordered = counts.sort(["count", "key"], descending=[True, False])["key"].to_list()
    return {key: code for code, key in enumerate(ordered)}


def _tells_apart(column: pl.Series, name: str) -> bool:
    distinct = column.drop_nulls().n_unique()
    if name in ALWAYS:
        return distinct > 0
    if distinct == 0 or (distinct == 1 and column.null_count() == 0):
        return False
    return column.dtype != pl.String or distinct <= LEAST_REPEATED * len(column)
