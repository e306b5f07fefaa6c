"""The table of comparable cars, written out of the training listings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.comparables import ComparableCars, ComparablesIndex, NumberColumn, WordColumn
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import KeyColumns
from car_price_prediction.package.keys import MISSING, key_of

from .describe import spellings
from .evaluate import Vector
from .worth import Worth, field_worths

FEW_WORDS = 2**16 - 1
"""Codes of fields with fewer words, and the one for none, take two bytes each."""

LARGEST = float(np.finfo(np.float32).max)


def comparable_cars(
    listings: pl.DataFrame,
    fields: Sequence[str],
    encoder: Encoder,
    predict: Callable[[Matrix], Vector],
    seed: int,
) -> ComparableCars:
    """Return the table of comparable cars.

    Parameters
    ----------
    listings : DataFrame
        Clean listings. Of the copies of a re-posted one the last counts.
    fields : sequence of str
        Those that the model uses; what is read word by word is left out.
    encoder, predict, seed
        As in `worth.field_worths`.
    """
    # A whole title tells no two cars apart, and a million of them would fill the memory of every server process.
    own = {feature.name for feature in encoder.features}
    fields = [name for name in fields if name in own]
    worths = field_worths(listings, fields, encoder, predict, seed)
    return _table(_ordered(listings, fields), fields, worths)


def _ordered(listings: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    if "_group" in listings:
        listings = listings.unique("_group", keep="last", maintain_order=True)
    keys = KeyColumns(listings)
    listings = listings.with_columns(keys.of([name]).alias(f"_{name}_key") for name in ("make", "model"))
    order = ["_make_key", "_model_key", *(["year"] if "year" in fields else [])]
    return listings.sort(order, maintain_order=True, nulls_last=True)


def _table(ordered: pl.DataFrame, fields: Sequence[str], worths: Mapping[str, Worth]) -> ComparableCars:
    keys = KeyColumns(ordered)
    numbers = [name for name in fields if ordered[name].dtype.is_numeric()]
    words = [name for name in fields if name not in numbers]
    columns = tuple(
        WordColumn(name=n, worth=worths[n].each, words={key_of(w): w for w in spellings(ordered[n])}) for n in words
    )
    index = ComparablesIndex(
        numbers=tuple(NumberColumn(name=n, worth=worths[n].each, gap=worths[n].gap) for n in numbers),
        words=columns,
        makes=_bounds(keys.of(["make"])) if "make" in fields else {},
        models=_bounds(keys.of(["make", "model"])) if "model" in fields else {},
    )
    dtype = np.uint16 if all(column.unknown < FEW_WORDS for column in columns) else np.uint32
    return ComparableCars(
        index=index,
        numbers=_stacked([_numbers(ordered[name]) for name in numbers], ordered.height, np.float32),
        words=_stacked([_codes(column, keys) for column in columns], ordered.height, dtype),
        prices=ordered["price"].cast(pl.Float64).to_numpy(),
    )


def _stacked(rows: Sequence[Vector], length: int, dtype: type) -> npt.NDArray[Any]:
    return np.stack(rows).astype(dtype) if rows else np.empty((0, length), dtype)


def _numbers(column: pl.Series) -> Vector:
    numbers: Vector = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.clip(numbers, -LARGEST, LARGEST)


def _codes(column: WordColumn, keys: KeyColumns) -> Vector:
    codes = {key: code for code, key in enumerate(column.words)} | {MISSING: column.unknown}
    return keys.of([column.name]).replace_strict(codes, return_dtype=pl.UInt32).to_numpy()


def _bounds(keys: pl.Series) -> dict[str, tuple[int, int]]:
    """Return where each key begins and ends; equal ones lie together."""
    table = keys.rename("key").to_frame().with_row_index("row").group_by("key", maintain_order=True)
    found = table.agg(pl.col("row").min().alias("first"), (pl.col("row").max() + 1).alias("end"))
    return {key: (first, end) for key, first, end in found.select("key", "first", "end").iter_rows()}
