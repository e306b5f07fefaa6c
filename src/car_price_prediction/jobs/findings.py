"""What reading a file found out, for the one who sent it."""

from __future__ import annotations

from car_price_prediction.batch.opened import OpenedFile
from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.pricing.valuer import Valuer

from .job import Findings, FoundColumn

EXAMPLE_ROWS, LONGEST = 100, 80
NAME_COLUMNS = 'name the columns: POST /jobs/<id>/start with {"columns": {"year": "HEADER"}}'


def findings_of(valuer: Valuer, file: OpenedFile) -> Findings:
    """Return what is told about a file that was read."""
    head = file.raw.cells.head(EXAMPLE_ROWS)
    used = {column.field for column in file.columns if column.used}
    by_header: dict[str, list[Column]] = {}
    for column in file.columns:
        by_header.setdefault(column.header, []).append(column)
    found = []
    for header in file.headers:
        cells = head[header].drop_nulls()
        example = cells[0][:LONGEST] if len(cells) else None
        columns = by_header.get(header) or [Column(header, "untrusted", "", "category", why="not in the training file")]
        found += [_found(column, example) for column in columns if column.used] or [_found(columns[0], example)]
    missing = tuple(info.name for info in valuer.fields if info.name not in used)
    problem = problem_text(file.problem) if file.problem else None
    return Findings(file.rows, tuple(found), missing, problem, valuer.manifest.version)


def problem_text(error: ListingsError) -> str:
    """Return an error and its hint in one text; a hint that speaks of the command line is put in the API's words.

    Examples
    --------
    >>> problem_text(ListingsError("no column was found for year", hint='name it: --column "year=HEADER"'))
    'no column was found for year; name the columns: POST /jobs/<id>/start with {"columns": {"year": "HEADER"}}'
    """
    hint = NAME_COLUMNS if "--" in error.hint else error.hint
    return f"{error.message}; {hint}" if hint else error.message


def _found(column: Column, example: str | None) -> FoundColumn:
    field = column.field if column.used else None
    return FoundColumn(column.header, field, column.unit or None if field else None, example, column.why)
