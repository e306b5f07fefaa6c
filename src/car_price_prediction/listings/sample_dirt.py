"""Make the sample market as untidy as real files are: missing cells, and a few rows that cannot be right."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from .sample_random import Draws, Floats, Ints

MISSING: Mapping[str, float] = MappingProxyType(
    {
        "model": 0.001,
        "trim": 0.14,
        "year": 0.003,
        "mileage_km": 0.008,
        "price_eur": 0.004,
        "body": 0.012,
        "fuel": 0.005,
        "transmission": 0.01,
        "drive": 0.09,
        "engine_l": 0.03,
        "power_kw": 0.025,
        "cylinders": 0.16,
        "doors": 0.04,
        "seats": 0.11,
        "colour": 0.03,
        "condition": 0.07,
        "owners": 0.21,
        "region": 0.005,
    }
)
"""Share of rows in which a cell is left empty, by column."""

DIRTY: Mapping[str, float] = MappingProxyType(
    {
        "price_0": 0.004,
        "price_1": 0.003,
        "price_absurd": 0.0005,
        "year_2060": 0.0005,
        "mileage_absurd": 0.002,
        "repost": 0.015,
    }
)
"""Share of rows that are wrong, by what is wrong with them."""

REPOST_WITHIN = 200
"""A listing is posted again at most so many rows later."""
ABSURD_PRICES = (11_111_111.0, 99_999_999.0, 12_345_678.0)
ABSURD_MILEAGES = (9_999_999.0, 1_111_111_111.0, 2_147_483_647.0)
YEAR_OF_THE_TYPO = 2060


def reposted(draws: Draws) -> Ints:
    """Return for each row the row whose car it shows: an earlier one where it is posted again, else itself.

    Examples
    --------
    >>> shown = reposted(Draws(seed=1, start=0, stop=10_000))
    >>> bool((shown <= np.arange(10_000)).all())
    True
    """
    rows = np.arange(draws.start, draws.stop)
    back = 1 + np.floor(draws.uniform("repost back") * REPOST_WITHIN).astype(np.int64)
    again = draws.happens("repost", DIRTY["repost"]) & (rows >= back)
    return np.where(again, rows - back, rows)


def repost_prices(prices: Floats, draws: Draws, shown: Ints) -> Floats:
    """Return the prices, of cars that are posted again mostly a little lower than before, in whole tens."""
    lower = np.where(draws.happens("repost same", 0.3), 0.0, 0.05 * draws.uniform("repost lower"))
    again = shown < np.arange(draws.start, draws.stop)
    return np.where(again & (lower > 0), np.round(prices * (1 - lower) / 10) * 10, prices)


def make_wrong(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the listings, one a row of `draws`, with some prices, years and mileages that cannot be right."""
    absurd_price = np.array(ABSURD_PRICES)[draws.choice("which price", np.ones(len(ABSURD_PRICES)))]
    absurd_km = np.array(ABSURD_MILEAGES)[draws.choice("which mileage", np.ones(len(ABSURD_MILEAGES)))]
    frame = frame.with_columns(
        _wrong(draws, "price_0", "price_eur", 0),
        _wrong(draws, "year_2060", "year", YEAR_OF_THE_TYPO),
        _wrong(draws, "mileage_absurd", "mileage_km", absurd_km),
    )
    frame = frame.with_columns(_wrong(draws, "price_1", "price_eur", 1))
    return frame.with_columns(_wrong(draws, "price_absurd", "price_eur", absurd_price))


def leave_empty(frame: pl.DataFrame, draws: Draws, at: Ints) -> pl.DataFrame:
    """Return the listings with empty cells; a car that is posted again lacks what it lacked before.

    Parameters
    ----------
    frame : DataFrame
        Listings.
    draws : Draws
        Of all rows whose cars are shown.
    at : ndarray of int
        Which of these each listing shows.
    """
    return frame.with_columns(
        pl.when(pl.Series(draws.happens(f"missing {column}", share)[at]))
        .then(None)
        .otherwise(pl.col(column))
        .alias(column)
        for column, share in MISSING.items()
    )


def _wrong(draws: Draws, what: str, column: str, value: Floats | int) -> pl.Expr:
    wrong = pl.lit(value) if isinstance(value, int) else pl.Series(value).cast(pl.Int64)
    return pl.when(pl.Series(draws.happens(what, DIRTY[what]))).then(wrong).otherwise(pl.col(column)).alias(column)
