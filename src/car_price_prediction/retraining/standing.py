"""Where a version stands once it is trained: it answers, or is the challenger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from car_price_prediction.registry.checks import Check
from car_price_prediction.registry.promotion import LifeCycle
from car_price_prediction.training.job import Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands.

    Attributes
    ----------
    answers : bool
    alias : str
        What came of the alias in the registry, for people.
    checks : tuple of Check or None
        What the gate looked at; None where it was not asked.
    """

    answers: bool
    alias: str
    checks: tuple[Check, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        found: dict[str, Any] = {"answers": self.answers, "alias": self.alias}
        return found if self.checks is None else found | {"checks": [check.as_dict() for check in self.checks]}


def standing_of(life: LifeCycle, outcome: Outcome, *, promote: bool, why: str = "", force: bool = False) -> Standing:
    """Promote what was trained, where that is wanted and the gate lets it through.

    Parameters
    ----------
    life : LifeCycle
    outcome : Outcome
        The first version answers already.
    promote : bool
    why : str
        Goes into the history.
    force : bool
        Whether it is promoted whatever the gate says.
    """
    version = outcome.manifest.version
    if outcome.first:
        return Standing(answers=True, alias=life.first(version) if outcome.tracked else "")
    if promote:
        move = life.promote(version, why=why, force=force)
        return Standing(move.moved, move.alias, move.checks)
    life.prune()
    return Standing(answers=False, alias=life.catch_up() if outcome.late else "")
