"""Raw cells to canonical values, for a whole frame or for one record, cell by cell as `units.parse_field` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.listing import Value
from car_price_prediction.domain.text import category_key

from .cells import Rows
from .numbers import is_missing
from .units import FACTORS, parse_field
from .whole import whole_numbers

PASSED_ON = ("_source", "_row")
_MOST_SHOWN = 40
_ONE_VALUE = ("", "date", "age", "from")
"""How a field is got out of a cell that holds it alone: it must be read. A title may or may not name a trim."""
# Polars and Python read these alike; the leading digits are few enough for a float to hold.
_PLAIN = {".": r"^[0-9]{1,15}(\.[0-9]{1,12})?$", ",": r"^[0-9]{1,15}$"}


def interpret_frame(raw: Rows, columns: Sequence[Column], *, compact: bool = False) -> pl.DataFrame:
    """Read every cell of the used columns.

    Parameters
    ----------
    raw : polars.DataFrame
        Columns of text. A header that it lacks gives nulls.
    columns : sequence of Column
        What the columns hold; those left out are passed over.
    compact : bool
        Whether words are Categorical, which takes 4 bytes for 16 and more, rather than String.

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
    read = chain(
        (_interpret_column(raw, column).alias(column.field) for column in columns if column.used),
        (raw[name] for name in PASSED_ON if name in raw.columns),
    )
    return pl.DataFrame([s.cast(pl.Categorical) if compact and s.dtype == pl.String else s for s in read])


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
        if key is not None and values[column.field] is None and _holds_one_value(column) and _says_something(cell):
            problems.append(FieldProblem(key, "unreadable", f"{cell!r} cannot be read as {_what(column)}"))
    return values, problems


def unreadable_cells(raw: Rows, found: pl.DataFrame, columns: Sequence[Column]) -> pl.Series:
    """Tell of every row which of its cells say something that could not be read.

    Parameters
    ----------
    raw : polars.DataFrame or Cells
        The rows as they were read.
    found : polars.DataFrame
        The same rows, as `interpret_frame` read them.
    columns : sequence of Column
        The columns that matter.

    Returns
    -------
    polars.Series of String
        Null where every cell was read.

    Examples
    --------
    >>> frame = pl.DataFrame({"Mileage": ["186005 km", "-", "a lot"]})
    >>> km = [Column("Mileage", "field", "mileage_km", "number")]
    >>> unreadable_cells(frame, interpret_frame(frame, km), km).to_list()
    [None, None, 'Mileage "a lot" cannot be read as a number']
    """
    told = [
        _unreadable(raw[column.header], found[column.field], column)
        for column in columns
        if column.used and column.header in raw.columns and _holds_one_value(column)
    ]
    nothing = pl.repeat(None, raw.height, dtype=pl.String, eager=True)
    frame = pl.DataFrame([s.alias(str(i)) for i, s in enumerate([nothing, *told])])
    return frame.select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).replace("", None)).to_series()


def _unreadable(cells: pl.Series, values: pl.Series, column: Column) -> pl.Series:
    texts = cells.cast(pl.String).set(values.is_not_null(), None)
    told = {
        text: f'{column.header} "{text[:_MOST_SHOWN]}" cannot be read as {_what(column)}'
        for text in texts.drop_nulls().unique()
        if not is_missing(text)
    }
    return texts.replace_strict(told, default=None, return_dtype=pl.String)


def _what(column: Column) -> str:
    return "a number" if column.kind == "number" else "text"


def _holds_one_value(column: Column) -> bool:
    return column.derive.partition(":")[0] in _ONE_VALUE


def _says_something(cell: object) -> bool:
    return not (cell is None or (isinstance(cell, str) and is_missing(cell)))


def _interpret_column(raw: Rows, column: Column) -> pl.Series:
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
