"""Sales of a file, taken into the database; told row by row where something is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from car_price_prediction.valuations.outcomes import Outcomes

from .sales_file import Progress, SalesFile

MOST_SHOWN = 1_000


@dataclass(slots=True)
class Told:
    """What came of a file of sales.

    Attributes
    ----------
    rows : int
    states : Counter
        How many are new, the same as before, replaced, superseded.
    found : int
        Those for which there is a valuation now.
    refused : int
    problems : list of dict
        The first of them: ``row`` and ``problem``.
    """

    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    found: int = 0
    refused: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        states = {state: self.states[state] for state in ("new", "same", "replaced", "superseded")}
        return {"rows": self.rows, **states, "found": self.found, "refused": self.refused, "problems": self.problems}


def take_file(outcomes: Outcomes, file: SalesFile, *, again: bool = False, progress: Progress | None = None) -> Told:
    """Take every row of a file that is a sale.

    Parameters
    ----------
    outcomes : Outcomes
    file : SalesFile
    again : bool
        See `Outcomes.take`.
    progress : callable, optional
    """
    told = Told()
    for rows in file.rows():
        taken = outcomes.take([row.outcome for row in rows if row.outcome is not None], again=again)
        told.states.update(one.state for one in taken)
        told.found += sum(one.valuation_id is not None for one in taken)
        refused = [{"row": row.row, "problem": row.problem} for row in rows if row.outcome is None]
        told.rows += len(rows)
        told.refused += len(refused)
        told.problems += refused[: MOST_SHOWN - len(told.problems)]
        if progress:
            progress("taking", told.rows, 0)
    return told
