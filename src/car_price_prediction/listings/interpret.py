"""Raw cells to canonical values, for a whole frame or for one record, cell by cell as `units.parse_field` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.listing import Value
from car_price_prediction.domain.text import category_key

from .numbers import is_missing
from .units import FACTORS, parse_field
from .whole import whole_numbers

PASSED_ON = ("_source", "_row")
# Polars and Python read these alike; the leading digits are few enough for a float to hold.
_PLAIN = {".": r"^[0-9]{1,15}(\.[0-9]{1,12})?$", ",": r"^[0-9]{1,15}$"}


def interpret_frame(raw: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Read every cell of the used columns.

    Parameters
    ----------
    raw : polars.DataFrame
        Columns of text. A header that it lacks gives nulls.
    columns : sequence of Column
        What the columns hold; those left out are passed over.

    Returns
    -------
    polars.DataFrame
        A row per row of `raw`, in its order: Float64 numbers in canonical units, categories as String, null where
        a cell is missing or cannot be read; then ``_source`` and ``_row`` where `raw` has them.

    Examples
    --------
    >>> frame = pl.DataFrame({"Mileage": ["186005 km", "-"]})
    >>> interpret_frame(frame, [Column("Mileage", "field", "mileage_km", "number")])["mileage_km"].to_list()
    [186005.0, None]
    """
    found = [_interpret_column(raw, column).alias(column.field) for column in columns if column.used]
    found += [raw[name] for name in PASSED_ON if name in raw.columns]
    return pl.DataFrame(found)


def interpret_record(
    record: Mapping[str, object], columns: Sequence[Column]
) -> tuple[dict[str, Value], list[FieldProblem]]:
    """Read one record that is given by the file's headers.

    Parameters
    ----------
    record : mapping of str to object
        Header -> cell; case and blanks of the headers do not matter.
    columns : sequence of Column
        What the columns hold.

    Returns
    -------
    tuple of dict and list of FieldProblem
        The values by field, None where a cell is missing; and a problem for each cell that cannot be read.

    Examples
    --------
    >>> interpret_record({"mileage": "a lot"}, [Column("Mileage", "field", "mileage_km", "number")])
    ({'mileage_km': None}, [FieldProblem(field='mileage', code='unreadable', ...)])
    """
    sent = {category_key(key): key for key in record}
    values: dict[str, Value] = {}
    problems: list[FieldProblem] = []
    for column in columns:
        if not column.used:
            continue
        key = sent.get(category_key(column.header))
        cell = None if key is None else record[key]
        values[column.field] = parse_field(cell, column)
        if key is not None and values[column.field] is None and not column.derive and _says_something(cell):
            what = "a number" if column.kind == "number" else "text"
            problems.append(FieldProblem(key, "unreadable", f"{cell!r} cannot be read as {what}"))
    return values, problems


def _says_something(cell: object) -> bool:
    return not (cell is None or (isinstance(cell, str) and is_missing(cell)))


def _interpret_column(raw: pl.DataFrame, column: Column) -> pl.Series:
    dtype = pl.Float64 if column.kind == "number" else pl.String
    if column.header not in raw.columns:
        return pl.Series([None], dtype=dtype).new_from_index(0, raw.height)
    cells = raw[column.header]
    if cells.dtype != pl.String:
        cells = cells.cast(pl.String)
    factor = _plain_factor(column)
    if factor is None:
        return _by_distinct(cells, column, dtype)
    is_plain = cells.str.contains(_PLAIN[column.decimal])
    found = cells.set(~is_plain, None).cast(pl.Float64) * factor
    others = cells.set(is_plain, None)
    for read in (whole_numbers, _by_distinct):
        if others.null_count() == others.len():
            break
        more = read(others, column, pl.Float64)
        found = found.zip_with(found.is_not_null(), more)
        others = others.set(found.is_not_null(), None)
    return found


def _plain_factor(column: Column) -> float | None:
    """Return what a bare number of the column is multiplied with, or None where that depends on the number."""
    if column.kind != "number" or column.derive or column.field in ("year", "engine_l", "power_kw"):
        return None
    factors = FACTORS.get(column.field)
    if factors is None:
        return 1.0
    return factors.get(column.unit) or {"mileage_km": 1.0, "price": 1.0, "torque_nm": 1.0}[column.field]


def _by_distinct(cells: pl.Series, column: Column, dtype: type[pl.DataType]) -> pl.Series:
    distinct = cells.drop_nulls().unique()
    values = pl.Series([parse_field(cell, column) for cell in distinct], dtype=dtype, strict=True)
    return cells.replace_strict(distinct, values, default=None, return_dtype=dtype)
