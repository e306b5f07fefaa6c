"""What retraining leaves in an artifacts folder for those who watch it: how the last run ended, and what is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from car_price_prediction.domain.errors import RetrainingError

from .files import replace_file

FOLDER, LAST, PLAN = "retraining", "last.json", "schedule.json"
LATE = timedelta(hours=1)
"""A run that is due begins within a second; so long after, nobody keeps to the schedule."""
LONG = timedelta(hours=24)
"""A run that has taken so long hangs, or what started it is gone."""


class _Part(BaseModel):
    # Keys that a newer program added, and what only a report needs, are passed over.
    model_config = ConfigDict(frozen=True, extra="ignore")


class LastRun(_Part):
    """How the last run ended.

    Attributes
    ----------
    at : datetime
        When it began.
    seconds : float
        That it took.
    state : str
        What it came to: ``nothing_new``, ``promoted``, ``challenger``, ``refused`` or ``failed``.
    version : str or None
        The version that it trained.
    problems : tuple of str
        What somebody must look at.
    """

    at: datetime
    seconds: float
    state: str
    version: str | None = None
    problems: tuple[str, ...] = ()


class Plan(_Part):
    """What is due, written by whoever keeps to a schedule; there is none where nobody does.

    Attributes
    ----------
    due : datetime
        The next moment of the schedule.
    since : datetime or None
        When the run began that is at work.
    broke : str
        How the last run ended, where it left no report; ``""`` where it did.

    Examples
    --------
    >>> from datetime import UTC
    >>> plan = Plan(due=datetime(2026, 3, 2, 4, tzinfo=UTC))
    >>> plan.overdue(datetime(2026, 3, 2, 4, 30, tzinfo=UTC)), plan.overdue(datetime(2026, 3, 2, 6, tzinfo=UTC))
    (False, True)
    """

    due: datetime
    since: datetime | None = None
    broke: str = ""

    def overdue(self, now: datetime) -> bool:
        """Return whether a run should have begun, or ended, long ago."""
        return now > (self.due + LATE if self.since is None else self.since + LONG)


Kind = TypeVar("Kind", LastRun, Plan)


def last_run(artifacts: Path) -> LastRun | None:
    """Return how the last run ended; None where there was none.

    Raises
    ------
    RetrainingError
        Where its report cannot be read.
    """
    return _read(artifacts, LAST, LastRun)


def plan_of(artifacts: Path) -> Plan | None:
    """Return what is due; None where nobody keeps to a schedule.

    Raises
    ------
    RetrainingError
        Where that cannot be read.
    """
    return _read(artifacts, PLAN, Plan)


def note_plan(artifacts: Path, plan: Plan | None) -> None:
    """Note what is due, or that nobody keeps to a schedule any more."""
    folder = artifacts / FOLDER
    if plan is None:
        (folder / PLAN).unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / PLAN, plan.model_dump_json(indent=1))


def _read(artifacts: Path, name: str, kind: type[Kind]) -> Kind | None:
    path = artifacts / FOLDER / name
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        said = error.strerror if isinstance(error, OSError) else f"{error.errors()[0]['msg']}"
        raise RetrainingError(f"{path} cannot be read: {said}", hint="the next run writes it anew") from None
