"""Reads Parquet files and Excel workbooks, and turns their typed cells into text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from car_price_prediction.domain.errors import ListingsError

from .dialect import Dialect, with_shape
from .pieces import PIECE_BYTES, Store
from .table import MAX_COLUMNS, ROW, BadRow, PartTable, position_names, tidy_cells, unique_headers

SAMPLE_ROWS = 500
MAX_DEPTH = 4
FREE_CELLS = 20_000_000
MAX_CELLS_PER_BYTE = 20
WHOLE_NUMBER = 1e15
"""Below it, a float that is a whole number is written as one: spreadsheets know no other numbers."""


@contextmanager
def reading(name: str, kind: str) -> Iterator[None]:
    """Turn whatever a library says about a damaged file into one error for people.

    Raises
    ------
    ListingsError
        In place of any error within the block.
    """
    try:
        yield
    except ListingsError:
        raise
    except BaseException as error:
        # A panic of a compiled library is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        reason = str(error).strip().split("\n", 1)[0][:200]
        raise ListingsError(
            f"{name} cannot be read as {kind}: {reason}", hint="it may be cut short or damaged"
        ) from None


def read_parquet(source: bytes | Path, name: str, store: Store | None = None) -> PartTable:
    """Read a Parquet file, without holding all of it where it is large.

    Raises
    ------
    ListingsError
        Where it is damaged.
    """
    with reading(name, "Parquet"):
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        lazy = pl.scan_parquet(io.BytesIO(source) if isinstance(source, bytes) else source)
        check_size(lazy.select(pl.len()).collect().item() * len(lazy.collect_schema()), size, name)
        level = flat(lazy)
        text = as_text(level)
        store = store or Store()
        piece = store.put(text.collect()) if size < PIECE_BYTES // 8 else store.put_lazily(text)
        headers = unique_headers(level.collect_schema().names())
        table = PartTable(name, headers, [piece], notes=["read as Parquet"])
    check_width(table.name, len(table.headers))
    return table


def read_workbook(data: bytes, name: str, store: Store | None = None) -> Iterator[PartTable]:
    """Read an Excel (or OpenDocument) workbook: a table for every sheet that holds one.

    Raises
    ------
    ListingsError
        Where it is damaged, or holds no table.
    """
    try:
        import fastexcel  # noqa: PLC0415
    except ImportError:
        hint = "save it as CSV, or read it where fastexcel is installed"
        raise ListingsError(f"{name} is a workbook, which is not read here", hint=hint) from None

    with reading(name, "an Excel workbook"):
        book = fastexcel.read_excel(data)
        sheets = []
        for sheet_name in book.sheet_names:
            sheet = book.load_sheet(sheet_name, header_row=None, dtypes="string")
            sheets.append((sheet_name, sheet.to_polars()))
        store = store or Store()
        tables = [_sheet_table(frame, sheet_name, store) for sheet_name, frame in sheets if frame.height > 1]
    tables = [table for table in tables if table.height]
    if not tables:
        raise ListingsError(f"{name} holds no sheet with a header and rows")
    for table in tables:
        table.notes.insert(0, "read as Excel")
        table.named = len(tables) == 1
        if len(tables) == 1:
            table.notes.append(f'sheet "{table.name}" of {len(sheets)}' if len(sheets) > 1 else f'sheet "{table.name}"')
            table.name = name
    yield from tables


def _sheet_table(frame: pl.DataFrame, name: str, store: Store) -> PartTable:
    frame = frame.select(pl.all().cast(pl.String))
    frame.columns = position_names(frame.width)
    frame = tidy_cells(frame)
    empty = [column for column in frame.columns if frame[column].null_count() == frame.height]
    frame = frame.drop(empty).with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
    cells = [column for column in frame.columns if column != ROW]
    frame = frame.filter(pl.any_horizontal(pl.col(cells).is_not_null())) if cells else frame.clear()
    sample = [[cell or "" for cell in row] for row in frame.select(cells).head(SAMPLE_ROWS).iter_rows()]
    shape = with_shape(Dialect(",", width=len(cells)), sample)
    return _below_header(frame, cells, shape, name, store)


def _below_header(frame: pl.DataFrame, cells: list[str], shape: Dialect, name: str, store: Store) -> PartTable:
    start = shape.preamble + (shape.header is not None)
    header_row = int(frame[ROW][start - 1]) if start else -1
    rows = frame[start:].with_columns((pl.col(ROW) - header_row).cast(pl.UInt32)).select(*cells, ROW)
    rows.columns = [*position_names(len(cells)), ROW]
    headers = shape.header or [f"column_{i}" for i in range(1, len(cells) + 1)]
    table = PartTable(name, unique_headers(headers), [store.put(rows)], has_header=shape.header is not None)
    table.notes += shape.notes()[1:]
    for row in frame.select(cells).head(shape.preamble).iter_rows():
        table.bad.append(BadRow(0, "before_table", "stands before the header", " ".join(c for c in row if c)))
    check_width(table.name, len(table.headers))
    return table


def check_size(cells: int, size: int, name: str) -> None:
    """Refuse a small file that says it holds very many cells: one run of equal values takes no room in Parquet.

    Raises
    ------
    ListingsError
    """
    allowed = max(FREE_CELLS, size * MAX_CELLS_PER_BYTE)
    if cells > allowed:
        raise ListingsError(f"{name} holds {cells:,} cells in {size:,} bytes, more than listings do")


def check_width(name: str, columns: int) -> None:
    """Refuse what has more columns than listings have.

    Raises
    ------
    ListingsError
    """
    if columns > MAX_COLUMNS:
        raise ListingsError(f"{name} has {columns} columns, more than {MAX_COLUMNS}", hint="is it a table of cars?")


def flat(frame: pl.LazyFrame, depth: int = 0) -> pl.LazyFrame:
    """Give the fields within a field columns of their own."""
    nested = [name for name, kind in frame.collect_schema().items() if isinstance(kind, pl.Struct)]
    if not nested or depth >= MAX_DEPTH:
        return frame
    return flat(frame.unnest(nested, separator="."), depth + 1)


def as_text(frame: pl.LazyFrame, first_row: int = 1) -> pl.LazyFrame:
    """Turn typed cells into text, in columns c0, c1, … and the number of the row."""
    columns = [_text_of(pl.col(name), kind) for name, kind in frame.collect_schema().items()]
    text = frame.select(column.alias(f"c{i}") for i, column in enumerate(columns))
    return tidy_cells(text).with_columns(pl.int_range(first_row, pl.len() + first_row, dtype=pl.UInt32).alias(ROW))


def _text_of(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if kind.is_float():
        whole = (column == column.floor()) & (column.abs() < WHOLE_NUMBER)
        text = column.cast(pl.String)
        short = pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text)
        return pl.when(column.is_not_nan()).then(short)
    if isinstance(kind, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S")
    if isinstance(kind, pl.List):
        return column.list.eval(pl.element().cast(pl.String, strict=False)).list.join(", ", ignore_nulls=True)
    if isinstance(kind, pl.Binary):
        return column.map_elements(lambda data: data.decode(errors="replace"), return_dtype=pl.String)
    if isinstance(kind, pl.Null):
        return pl.lit(None, dtype=pl.String)
    return column.cast(pl.String, strict=False)
