"""The table of comparable cars, written out of the training listings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.comparables import ComparableCars, ComparablesIndex, NumberColumn, WordColumn
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import KeyColumns, Numbered
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
        listings = listings[listings["_group"].is_last_distinct().arg_true()]
    keys = KeyColumns(listings)
    ranks = {f"_{name}": _ranks(keys.numbered([name])) for name in ("make", "model")}
    order = [*ranks, *(["year"] if "year" in fields else [])]
    return listings.select(*fields, "price").with_columns(**ranks).sort(order, maintain_order=True, nulls_last=True)


def _ranks(found: Numbered) -> pl.Series:
    """Return the rank of each row's key: numbers are sorted faster than words, and take less room."""
    return found.keys.rank("dense").gather(found.rows)


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
        makes=_bounds(keys.numbered(["make"])) if "make" in fields else {},
        models=_bounds(keys.numbered(["make", "model"])) if "model" in fields else {},
    )
    dtype = np.uint16 if all(column.unknown < FEW_WORDS for column in columns) else np.uint32
    return ComparableCars(
        index=index,
        numbers=_stacked((_numbers(ordered[name]) for name in numbers), (len(numbers), ordered.height), np.float32),
        words=_stacked((_codes(column, keys) for column in columns), (len(columns), ordered.height), dtype),
        prices=ordered["price"].cast(pl.Float64).to_numpy(),
    )


def _stacked(rows: Iterable[npt.NDArray[Any]], shape: tuple[int, int], dtype: type) -> npt.NDArray[Any]:
    out: npt.NDArray[Any] = np.empty(shape, dtype)
    for at, row in enumerate(rows):
        out[at] = row
    return out


def _numbers(column: pl.Series) -> Vector:
    numbers: Vector = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.clip(numbers, -LARGEST, LARGEST)


def _codes(column: WordColumn, keys: KeyColumns) -> npt.NDArray[np.uint32]:
    codes = {key: code for code, key in enumerate(column.words)} | {MISSING: column.unknown}
    found = keys.numbered([column.name])
    each: npt.NDArray[np.uint32] = np.array([codes[key] for key in found.keys.to_list()], dtype=np.uint32)
    return each[found.rows]


def _bounds(found: Numbered) -> dict[str, tuple[int, int]]:
    """Return where each key begins and ends; equal ones lie together."""
    table = pl.DataFrame({"key": pl.Series(found.rows)}).with_row_index("row").group_by("key", maintain_order=True)
    ends = table.agg(pl.col("row").min().alias("first"), (pl.col("row").max() + 1).alias("end"))
    keys = found.keys.gather(ends["key"])
    return {key: (first, end) for key, first, end in zip(keys, ends["first"], ends["end"], strict=True)}
