"""The encoder over whole tables: the same keys and codes as `encoder`, a column at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from .booster import Matrix
from .columns import map_distinct
from .encoder import UNKNOWN, Encoder, Feature
from .hedonic import Curve, Hedonic, Part
from .keys import JOINT, key_of
from .rows import curve_of, numbers_as_read
from .usual_frames import fill_frame


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


class KeyColumns:
    """The key columns of a table, each made once.

    Parameters
    ----------
    listings : DataFrame
    """

    def __init__(self, listings: pl.DataFrame) -> None:
        self._listings = listings
        self._made: dict[str, pl.Series] = {}

    def of(self, fields: Sequence[str]) -> pl.Series:
        """Return the keys of one field, or of several joined, as strings without nulls."""
        columns = [self._of_field(name) for name in fields]
        if len(columns) == 1:
            return columns[0]
        return pl.select(pl.concat_str(columns, separator=JOINT)).to_series()

    def _of_field(self, name: str) -> pl.Series:
        if name not in self._made:
            if name in self._listings:
                self._made[name] = map_distinct(self._listings[name], key_of, pl.String)
            else:
                self._made[name] = pl.repeat(key_of(None), self._listings.height, dtype=pl.String, eager=True)
        return self._made[name]


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
    codes = pl.DataFrame(
        {"key": list(feature.codes), "code": list(feature.codes.values())},
        schema={"key": pl.String, "code": pl.Float64},
    )
    found = keys.of(feature.fields).rename("key").to_frame().join(codes, on="key", how="left", maintain_order="left")
    return found["code"].fill_null(UNKNOWN).to_numpy()
