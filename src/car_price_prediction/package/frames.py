"""The encoder over whole tables: the same keys and codes as `encoder`, a column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from .booster import Matrix
from .columns import looked_up, map_distinct
from .encoder import UNKNOWN, Encoder, Feature
from .hedonic import Curve, Hedonic, Part
from .keys import JOINT, MISSING, key_of
from .rows import curve_of, numbers_as_read
from .usual_frames import fill_frame

Numbers: TypeAlias = npt.NDArray[np.uint32]


def encode_frame(encoder: Encoder, listings: pl.DataFrame) -> Matrix:
    """Encode many listings.

    Parameters
    ----------
    encoder : Encoder
    listings : DataFrame
        A column per field; one that is absent counts as missing throughout.

    Returns
    -------
    ndarray of shape (n, features), float64
        NaN where a number is missing or a category was not seen in training.

    Examples
    --------
    >>> make = Feature(name="make", kind="category", fields=("make",), codes={"audi": 0})
    >>> encode_frame(Encoder(features=(make,)), pl.DataFrame({"make": ["Audi", None]})).tolist()
    [[0.0], [nan]]
    """
    listings = fill_frame(encoder.usual, listings)
    keys = KeyColumns(listings)
    out = np.empty((listings.height, len(encoder.features)), order="F")
    for position, feature in enumerate(encoder.features):
        out[:, position] = _column(feature, listings, keys)
    return np.ascontiguousarray(out)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The keys of a table's rows, each different one written once.

    Attributes
    ----------
    keys : Series of String
        The different keys.
    rows : ndarray of shape (n,)
        For each row the position of its key.
    """

    keys: pl.Series
    rows: Numbers

    def counts(self) -> pl.DataFrame:
        """Return how many rows have which ``key``, as ``count``."""
        found = np.bincount(self.rows, minlength=len(self.keys))
        return pl.DataFrame({"key": self.keys, "count": pl.Series(found, dtype=pl.UInt32)})


class KeyColumns:
    """The key columns of a table, each made once.

    Parameters
    ----------
    listings : DataFrame

    Examples
    --------
    >>> keys = KeyColumns(pl.DataFrame({"make": ["Audi", "audi", None]}))
    >>> keys.of(["make"]).to_list(), sorted(keys.numbered(["make"]).counts().rows())
    (['audi', 'audi', ''], [('', 1), ('audi', 2)])
    """

    def __init__(self, listings: pl.DataFrame) -> None:
        self._listings = listings
        self._made: dict[tuple[str, ...], Numbered] = {}

    def of(self, fields: Sequence[str]) -> pl.Series:
        """Return the keys of one field, or of several joined, as strings without nulls."""
        found = self.numbered(fields)
        return found.keys.gather(found.rows)

    def numbered(self, fields: Sequence[str]) -> Numbered:
        """Return the same by their numbers: a few bytes a row, whatever the keys' length."""
        names = tuple(fields)
        if names not in self._made:
            # Two at a time: so many numbers as there are pairs of keys always fit.
            self._made[names] = (
                _joined(self.numbered(names[:-1]), self.numbered(names[-1:]))
                if len(names) > 1
                else self._of_field(names[0])
            )
        return self._made[names]

    def _of_field(self, name: str) -> Numbered:
        if name not in self._listings:
            return Numbered(pl.Series([MISSING]), np.zeros(self._listings.height, dtype=np.uint32))
        column = self._listings[name]
        distinct = column.unique()
        numbers: dict[str, int] = {}
        places = [numbers.setdefault(key_of(value), len(numbers)) for value in distinct.to_list()]
        found = looked_up(column, distinct, pl.Series(places, dtype=pl.UInt32))
        return Numbered(pl.Series(list(numbers), dtype=pl.String), found.to_numpy())


def _joined(first: Numbered, second: Numbered) -> Numbered:
    pairs = pl.Series(first.rows.astype(np.uint64) * len(second.keys) + second.rows)
    distinct = pairs.unique()
    places = pl.int_range(len(distinct), dtype=pl.UInt32, eager=True)
    texts = [first.keys.gather(distinct // len(second.keys)), second.keys.gather(distinct % len(second.keys))]
    keys = pl.select(pl.concat_str(texts, separator=JOINT)).to_series()
    return Numbered(keys, looked_up(pairs, distinct, places).to_numpy())


def hedonic_column(hedonic: Hedonic, listings: pl.DataFrame) -> Matrix:
    """Return the answer of a hedonic regression for each listing.

    Parameters
    ----------
    hedonic : Hedonic
    listings : DataFrame
        A column per field; one that is absent adds nothing.

    Returns
    -------
    ndarray of shape (n,)
        Log prices.
    """
    total = np.full(listings.height, hedonic.intercept)
    for name, part in hedonic.parts().items():
        if name in listings:
            total += part_column(part, listings[name])
    return total


def part_column(part: Part, column: pl.Series) -> Matrix:
    """Return what one field adds to the answer of a hedonic regression, for each listing."""
    if isinstance(part, Curve):
        return curve_of(part, _numbers(column))
    return map_distinct(column, part, pl.Float64).to_numpy()


def _number_column(feature: Feature, listings: pl.DataFrame) -> Matrix:
    name = feature.fields[0]
    if name not in listings:
        return np.full(listings.height, feature.otherwise)
    more = _numbers(listings[feature.plus]) if feature.plus in listings else None
    return numbers_as_read(feature, _numbers(listings[name]), more)


def _numbers(column: pl.Series) -> Matrix:
    numbers: Matrix = column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return numbers


def _column(feature: Feature, listings: pl.DataFrame, keys: KeyColumns) -> Matrix:
    if feature.hedonic is not None:
        return hedonic_column(feature.hedonic, listings)
    if feature.kind == "number":
        return _number_column(feature, listings)
    found = keys.numbered(feature.fields)
    codes: Matrix = np.array([feature.codes.get(key, UNKNOWN) for key in found.keys.to_list()], dtype=np.float64)
    return codes[found.rows]
