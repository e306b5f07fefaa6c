"""Puts the tables of several files, archive members and sheets under one header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

import polars as pl

from car_price_prediction.package.manifest import Source

from .cells import Cells, RawTable
from .table import ROW, SOURCE, PartTable, bad_frame

LEAST_SHARED = 1 / 3
"""Share of the main table's columns that a table found beside it must have to be taken for more of the same."""


def unite(parts: Sequence[PartTable], sources: tuple[Source, ...], notes: Sequence[str] = ()) -> RawTable:
    """Join tables by their headers; a column that one of them lacks is null there.

    Parameters
    ----------
    parts : sequence of PartTable
        At least one.
    sources : tuple of Source
        The files that they came from.
    notes : sequence of str
        What was noticed before.
    """
    main = max(parts, key=lambda part: part.height)
    kept, left_out = _of_one_kind(parts, main)
    _lend_headers(kept)
    _spell_alike(kept, main)
    _name_apart(kept)
    cells = Cells(kept)
    columns = [name for name in cells.columns if name not in {SOURCE, ROW}]
    return RawTable(
        cells,
        sources,
        (*notes, *left_out, *_notes(kept), *_lacking(kept, columns)),
        pl.concat([bad_frame(part.name, part.bad) for part in kept]),
    )


def _of_one_kind(parts: Sequence[PartTable], main: PartTable) -> tuple[list[PartTable], list[str]]:
    """Leave out what lies beside the listings and is none, such as a list of columns; only if it was not named."""
    kept, left_out = [], []
    wanted = {_key(header) for header in main.headers}
    for part in parts:
        shared = len(wanted & {_key(header) for header in part.headers})
        fits = shared >= LEAST_SHARED * len(wanted) or len(part.headers) == len(main.headers)
        if part.named or fits:
            kept.append(part)
        else:
            left_out.append(f"left out: {part.name} has other columns than {main.name}")
    return kept, left_out


def _lend_headers(parts: Sequence[PartTable]) -> None:
    """Give a part without a header that of the first part that has one of its width: exports are cut so."""
    for part in parts:
        lender = next((p for p in parts if p.has_header and len(p.headers) == len(part.headers)), None)
        if not part.has_header and lender:
            part.headers = list(lender.headers)
            part.notes = [note for note in part.notes if not note.startswith("no header row")]
            part.notes.append(f"no header row: columns are those of {lender.name}")


def _spell_alike(parts: Sequence[PartTable], main: PartTable) -> None:
    """Make headers that differ in case, blanks or underscores only one column."""
    spelling = {_key(header): header for part in (*parts, main) for header in reversed(part.headers)}
    for part in parts:
        keys = Counter(map(_key, part.headers))
        part.headers = [spelling[_key(h)] if h and keys[_key(h)] == 1 else h for h in part.headers]


def _key(header: str) -> str:
    return "".join(c for c in header.casefold() if not c.isspace() and c not in "_-.")


def _name_apart(parts: Sequence[PartTable]) -> None:
    """Let no two parts share a name: rows are found again by it."""
    seen: Counter[str] = Counter()
    for part in parts:
        seen[part.name] += 1
        if seen[part.name] > 1:
            path = PurePosixPath(part.name)
            part.name = f"{path.stem} ({seen[part.name]}){path.suffix}"


def _lacking(parts: Sequence[PartTable], columns: Sequence[str]) -> list[str]:
    found = []
    for part in parts:
        missing = [name for name in columns if name not in part.headers]
        if missing:
            found.append(f"{part.name} has no column {_some(missing)}")
    return found if len(found) <= 10 else [*found[:9], f"{len(found) - 9} more files lack columns"]


def _notes(parts: Sequence[PartTable]) -> list[str]:
    """Say once what holds for several parts, and of which part where there are several."""
    told: dict[str, list[str]] = {}
    for part in parts:
        for note in part.notes + _bad_notes(part):
            told.setdefault(note, []).append(part.name)
    if len(parts) == 1:
        return list(told)
    return [note if len(names) == len(parts) else f"{_some(names)}: {note}" for note, names in told.items()]


def _bad_notes(part: PartTable) -> list[str]:
    ragged = sum(1 for bad in part.bad if bad.reason in {"too_few_cells", "too_many_cells"})
    repeated = sum(1 for bad in part.bad if bad.reason == "repeated_header")
    other = sum(1 for bad in part.bad if bad.row) - ragged - repeated
    counts = {"ragged": ragged, "unreadable": other}
    found = [f"{n} {kind} {'row' if n == 1 else 'rows'} set aside" for kind, n in counts.items() if n]
    return found + ([f"the header stands {repeated} more times among the rows: set aside"] if repeated else [])


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
