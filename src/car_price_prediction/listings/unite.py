"""Puts the tables of several files, archive members and sheets under one header."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from car_price_prediction.package.manifest import Source

from .table import BAD_SCHEMA, ROW, SOURCE, PartTable, RawTable, bad_frame, position_names


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
    frames = [_under_headers(part) for part in parts]
    frame = pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]
    columns = [name for name in frame.columns if name not in {SOURCE, ROW}]
    bad = [bad_frame(part.name, part.bad) for part in parts]
    return RawTable(
        frame.select(*columns, SOURCE, ROW).rechunk(),
        sources,
        (*notes, *_notes(parts)),
        pl.concat(bad) if bad else pl.DataFrame(schema=BAD_SCHEMA),
    )


def _under_headers(part: PartTable) -> pl.DataFrame:
    names = dict(zip(position_names(len(part.headers)), part.headers, strict=True))
    return part.frame.rename(names).with_columns(pl.lit(part.name).alias(SOURCE))


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
    other = sum(1 for bad in part.bad if bad.row) - ragged
    return [
        *([f"{ragged} ragged rows set aside"] if ragged else []),
        *([f"{other} unreadable rows set aside"] if other else []),
    ]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
