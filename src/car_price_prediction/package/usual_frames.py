"""Usual values over whole tables: the same as `usual` for one listing at a time, and a test holds the two equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from .booster import Matrix
from .columns import map_distinct
from .keys import JOINT
from .usual import Table, Usual, band_key


def fill_frame(usual: Usual, listings: pl.DataFrame) -> pl.DataFrame:
    """Return listings with usual values where they have none, as `Usual.filled` does.

    Parameters
    ----------
    usual : Usual
    listings : DataFrame
        A column per field; one that is absent counts as missing throughout.
    """
    absent = absent_frame(usual, listings)
    lacking = absent.select(pl.any_horizontal(pl.all())).to_series().arg_true() if absent.width else pl.Series([])
    if len(lacking) == listings.height:
        return _filled(usual, listings, absent)
    # What lacks nothing is not looked up: of each listing that is, every table's answer is held.
    found = _filled(usual, listings[lacking], absent[lacking]) if len(lacking) else listings
    return listings.with_columns(_put(listings, found[name], lacking) for name in absent.columns)


def _filled(usual: Usual, listings: pl.DataFrame, absent: pl.DataFrame) -> pl.DataFrame:
    for names in usual.rounds(absent.columns):
        found = [_usual_columns(usual, table, listings, names) for table in usual.tables]
        for name in names:
            value = pl.when(absent[name]).then(pl.coalesce(columns[name] for columns in found))
            listings = listings.with_columns((pl.coalesce(name, value) if name in listings else value).alias(name))
    return listings


def _put(listings: pl.DataFrame, values: pl.Series, rows: pl.Series) -> pl.Series:
    """Return a column with other values in some rows; the table may lack the column."""
    name, dtype = values.name, values.dtype
    nothing = pl.repeat(None, listings.height, dtype=dtype, eager=True)
    whole = listings[name].cast(dtype) if name in listings else nothing
    return whole.scatter(rows, values).alias(name)


def absent_frame(usual: Usual, listings: pl.DataFrame) -> pl.DataFrame:
    """Return for each listing for which fields usual values stand in, as `Usual.absent` does.

    Returns
    -------
    DataFrame
        A column of booleans for each field that some listing lacks.
    """
    everywhere = pl.repeat(value=True, n=listings.height, dtype=pl.Boolean, eager=True)
    absent = {name: listings[name].is_null() if name in listings else everywhere for name in usual.fields}
    if usual.often_silent:
        silent = pl.DataFrame({name: absent[name] for name in usual.often_silent})
        told_little = silent.select(pl.sum_horizontal(pl.all()) > usual.most_silent).to_series()
        absent |= {name: absent[name] & told_little for name in usual.often_silent}
    return pl.DataFrame({name: column for name, column in absent.items() if column.any()})


def _usual_columns(usual: Usual, table: Table, listings: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    values = list(zip(*table.rows.values(), strict=True))
    known = {name: values[usual.fields.index(name)] for name in names}
    keys = usual_keys(listings, table.by).rename("_key").to_frame()
    held = pl.DataFrame({"_key": list(table.rows), **known}, schema_overrides={"_key": pl.String})
    return keys.join(held, on="_key", how="left", maintain_order="left")


def usual_keys(listings: pl.DataFrame, by: Sequence[str]) -> pl.Series:
    """Return the key of each listing in a table of usual values, see `usual.Table`."""
    if not by:
        return pl.repeat("", listings.height, dtype=pl.String, eager=True)
    columns = [
        map_distinct(listings[name], lambda value, name=name: band_key(name, value), pl.String)
        if name in listings
        else pl.repeat("", listings.height, dtype=pl.String, eager=True)
        for name in by
    ]
    return pl.select(pl.concat_str(columns, separator=JOINT)).to_series()


def widening(gaps: Mapping[str, float], usual: Usual, listings: pl.DataFrame) -> Matrix:
    """Return by what the spread of each listing is widened, as `Calibration.widened` does.

    Parameters
    ----------
    gaps : mapping of str to float
        As in `calibration.Calibration`.
    usual : Usual
    listings : DataFrame

    Returns
    -------
    ndarray of shape (n,)
        1 where everything is told.
    """
    added = np.zeros(listings.height)
    for column in absent_frame(usual, listings) if gaps else ():
        added += gaps.get(column.name, 0.0) * column.to_numpy()
    factors: Matrix = np.sqrt(1.0 + added)
    return factors
