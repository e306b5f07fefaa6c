"""Learns what cars usually have, for those that are sent without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import polars as pl

from car_price_prediction.package.usual import Table, Usual
from car_price_prediction.package.usual_frames import usual_keys

from .folds import some_of

TOLD = 0.95
"""A field that at least this share of the listings tells is filled wherever it is absent; where more are silent, trees
learn what silence says."""
UNUSUAL = 0.02
"""A car that leaves out more of what listings often leave out than all listings but this share tells little, and says
nothing by it."""
OFTEN_TOLD = 0.5
"""A field that fewer tell, but at least this share, is filled where a car tells little."""
FEWEST = 5
"""So many listings make a habit."""
LOOKED_AT = 1_000_000
"""Of more listings, so many tell what is usual."""
ALIKE: tuple[tuple[str, ...], ...] = (
    ("make", "model", "year", "fuel"),
    ("make", "model", "fuel"),
    ("make", "model", "year"),
    ("make", "model", "mileage_km"),
    ("make", "model"),
    ("make", "year"),
    ("make",),
    ("year", "fuel"),
    ("mileage_km",),
    (),
)
"""The most alike first. Where a car does not tell what it should be alike in, the next."""
NAMES = ("make", "model", "trim")
"""Never filled: a car of unknown make is none of the usual make."""


def fit_usual(listings: pl.DataFrame, fields: Sequence[str], ordered: Collection[str] = (), seed: int = 0) -> Usual:
    """Return the usual values of a market.

    Parameters
    ----------
    listings : DataFrame
        The part that the model is trained on, and no other.
    fields : sequence of str
        Those that the model reads, without free text.
    ordered : collection of str
        Fields along which prices are held monotone: what else is usual must not hang on them.
    seed : int
        Chooses `LOOKED_AT` of the listings where there are more.

    Examples
    --------
    >>> cars = pl.DataFrame({"model": ["A3"] * 6, "engine_l": [1.4, 1.6, 1.6, 1.6, 2.0, 2.0]})
    >>> fit_usual(cars, ["model", "engine_l"]).filled({"model": "a3"})
    {'model': 'a3', 'engine_l': 1.6}
    """
    if listings.height > LOOKED_AT:
        listings = listings[some_of(np.arange(listings.height), LOOKED_AT, seed)]
    silent = {name: listings[name].null_count() / max(listings.height, 1) for name in fields if name not in NAMES}
    told = [name for name, share in silent.items() if share <= 1 - OFTEN_TOLD]
    tables = [_table(listings, told, by, ordered) for by in ALIKE if set(by) <= set(fields)] if told else []
    often = [name for name in told if silent[name] > 1 - TOLD]
    return Usual(
        fields=tuple(told) if listings.height else (),
        tables=tuple(table for table in tables if table.rows),
        often_silent=tuple(often),
        most_silent=_most_silent(listings, often),
    )


def _most_silent(listings: pl.DataFrame, often: Sequence[str]) -> int:
    """Return how many of some fields all but a few listings leave out at most."""
    counts = listings.select(pl.sum_horizontal(pl.lit(0), *(pl.col(name).is_null() for name in often))).to_series()
    return int(counts.quantile(1 - UNUSUAL, "nearest") or 0)


def _table(listings: pl.DataFrame, told: Sequence[str], by: tuple[str, ...], ordered: Collection[str]) -> Table:
    known = listings.drop_nulls(list(by)) if by else listings
    keyed = known.select(told).with_columns(usual_keys(known, by).alias("_key"))
    groups = keyed.group_by("_key", maintain_order=True)
    rows = groups.agg(*_usual_values(keyed, told), pl.len().alias("_n")).filter((pl.col("_n") >= FEWEST) | (not by))
    if not set(by).isdisjoint(ordered):
        rows = rows.with_columns(pl.lit(None).alias(name) for name in told if name not in ordered)
    return Table(by=by, rows=dict(_rows(rows.drop("_n"))))


def _usual_values(keyed: pl.DataFrame, told: Sequence[str]) -> Iterator[pl.Expr]:
    for name in told:
        if keyed.schema[name].is_numeric():
            yield pl.col(name).cast(pl.Float64).quantile(0.5, "nearest")
        else:
            yield pl.col(name).drop_nulls().mode().sort().first()


def _rows(table: pl.DataFrame) -> Iterator[tuple[str, tuple[str | float | None, ...]]]:
    for key, *values in table.sort("_key").iter_rows():
        yield key, tuple(values)
