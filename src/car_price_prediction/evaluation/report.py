"""An evaluation as it is kept and shown: what was measured, of which model, on which listings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from pydantic import Field

from .measured import OTHER, TITLES, Evaluation, Figures, Group
from .part import Part

FORMAT = 1
Split: TypeAlias = Literal["folds", "time", "file", "file_new"]
SPLITS: Mapping[Split, str] = {
    "folds": "Cars that the model did not see",
    "time": "Later listings, by a model of the earlier ones",
    "file": "Every listing of the file",
    "file_new": "Only those that it was not trained on",
}

MAIN: tuple[Split, ...] = ("folds", "file_new", "file")
FEWEST = 50
"""Listings below which a group's figures are mostly chance."""
CLEARLY_WORSE = 1.5
"""So many times the error of all listings makes a group weak …"""
CLEARLY_BELOW, STANDARD_ERRORS = 0.03, 2.0
"""… or a coverage so far below the promise, and so many standard errors of it."""


class TimeSplit(Part):
    """How listings were split by time."""

    cut: date = Field(description="The first day of the later listings.")
    trained: int
    scored: int
    folds_mdape: float = Field(description="The error on the same later listings where earlier and later are mixed.")


class CandidateLine(Part):
    """One compared candidate; every candidate was measured on the same listings."""

    name: str
    served: bool
    not_served: str = Field(description='Why it cannot be served, or "".')
    mdape: float
    mae: float
    r2_log: float


class Report(Part):
    """An evaluation with all that is needed to read it: ``evaluation.json``."""

    format: int = FORMAT
    version: str = Field(description="Of the model.")
    made_at: datetime
    market: str
    sample: bool
    currency: str | None
    promised: float = Field(description="The share of asking prices that the ranges are to hold.")
    files: tuple[str, ...] = Field(description="The files that the listings came from.")
    rows_read: int
    set_aside: dict[str, int] = Field(description="Reason -> the rows that were not scored for it.")
    splits: dict[Split, Evaluation]
    time_split: TimeSplit | None = None
    no_time_split: str = Field(default="", description='Why there is no split by time, or "".')
    candidates: tuple[CandidateLine, ...] = Field(default=(), description="The best first.")
    trained: Figures | None = Field(default=None, description="Of a later file: what training measured.")
    seen: int | None = Field(
        default=None, description="Listings of a later file that it was trained on; null: unknown."
    )
    warnings: tuple[str, ...] = Field(default=(), description="Why the figures may flatter.")
    notes: tuple[str, ...] = Field(default=(), description="What was noticed in the files.")

    @property
    def main(self) -> Evaluation:
        """The split that the page tells in full: the one that flatters least."""
        return next(self.splits[name] for name in MAIN if name in self.splits)

    def as_json(self) -> str:
        """Return the report as the text of ``evaluation.json``."""
        return self.model_dump_json(indent=1)


@dataclass(frozen=True, slots=True)
class WeakGroup:
    """A group that is clearly worse than the others, and in which way."""

    table: str
    group: Group
    why: str


def weak_groups(evaluation: Evaluation, promised: float) -> tuple[WeakGroup, ...]:
    """Return the groups with a clearly larger error or a clearly lower coverage, the worst first.

    Groups under `FEWEST` listings, and what is left over from others, are no groups to speak of.

    Parameters
    ----------
    evaluation : Evaluation
    promised : float
        The share of asking prices that the ranges are to hold.
    """
    found = []
    for table in TITLES:
        for group in evaluation.groups.get(table, ()):
            if group.count >= FEWEST and group.group != OTHER:
                reasons = _reasons(group, evaluation.overall.mdape, promised)
                if reasons:
                    found.append((_badness(group, evaluation.overall.mdape, promised), table, group, reasons))
    found.sort(key=lambda item: -item[0])
    return tuple(WeakGroup(table, group, " and ".join(reasons)) for _, table, group, reasons in found)


def _reasons(group: Group, mdape: float, promised: float) -> list[str]:
    reasons = []
    if group.mdape > CLEARLY_WORSE * mdape:
        reasons.append(f"median error {group.mdape:.0%} instead of {mdape:.0%}")
    error = math.sqrt(promised * (1 - promised) / group.count)
    if group.coverage < promised - max(CLEARLY_BELOW, STANDARD_ERRORS * error):
        reasons.append(f"ranges hold {group.coverage:.0%} instead of {promised:.0%}")
    return reasons


def _badness(group: Group, mdape: float, promised: float) -> float:
    worse = group.mdape / mdape / CLEARLY_WORSE if mdape else 0.0
    return max(worse, 1 + (promised - group.coverage) / CLEARLY_BELOW / 10)
