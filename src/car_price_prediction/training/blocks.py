"""Listings encoded some at a time: what it takes to encode them is many times what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import encode_frame

from .candidates import Fitted
from .evaluate import Vector
from .folds import HUGE_LISTINGS, Indices

BLOCK_ROWS = 250_000


def blocks(listings: pl.DataFrame, rows: Indices | None = None) -> Iterator[pl.DataFrame]:
    """Yield listings in blocks, or some of them; at least one block, which may be empty.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["Audi", "BMW", "Kia"]})
    >>> [block["make"].to_list() for block in blocks(cars, np.array([2, 0]))]
    [['Kia', 'Audi']]
    """
    for at in range(0, max(listings.height if rows is None else len(rows), 1), BLOCK_ROWS):
        yield listings.slice(at, BLOCK_ROWS) if rows is None else listings[rows[at : at + BLOCK_ROWS]]


def encoded(encoder: Encoder, listings: pl.DataFrame, rows: Indices | None = None) -> Matrix:
    """Return listings, or some of them, as `encode_frame` does.

    Where they are very many, in single precision: trees ask whether a number is below another, and codes, years and
    kilometres are told apart by it as well.
    """
    height = listings.height if rows is None else len(rows)
    out: Matrix = np.empty((height, len(encoder.features)), np.float64 if height <= HUGE_LISTINGS else np.float32)
    at = 0
    for block in blocks(listings, rows):
        out[at : at + block.height] = encode_frame(encoder, block)
        at += block.height
    return out


def predicted(model: Fitted, encoder: Encoder, listings: pl.DataFrame, rows: Indices | None = None) -> Vector:
    """Return what a model says of listings, or of some of them."""
    return np.concatenate([model.predict(encode_frame(encoder, block)) for block in blocks(listings, rows)])
