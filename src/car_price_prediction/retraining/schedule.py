"""Retraining by a cron expression: a process for each run, so that what one needed or met with is gone after it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from car_price_prediction.domain.errors import SettingsError
from car_price_prediction.local.child import Child, describe_exit
from car_price_prediction.local.signals import StopRequests
from car_price_prediction.package.retrained import Plan

log = logging.getLogger(__name__)

POLL_S = 0.2
REPORTED = 1
"""The exit code of a run whose report says what somebody must look at."""
STOP_S = 20.0
"""A training that is told to stop may take so long; then it is killed, and the next one begins anew."""


class Schedule:
    """When runs are due.

    Parameters
    ----------
    expression : str
        Of cron, five fields.
    zone : str
        Whose clock counts, such as ``Europe/Berlin``.

    Raises
    ------
    SettingsError
        Where one of the two cannot be read, or no moment fits.

    Examples
    --------
    >>> Schedule("0 4 * * MON", "Europe/Berlin").after(datetime(2026, 3, 27, tzinfo=UTC)).isoformat()
    '2026-03-30T02:00:00+00:00'
    >>> Schedule("0 25 * * *")
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.SettingsError: "0 25 * * *" is no schedule: bad hour
    """

    def __init__(self, expression: str, zone: str = "UTC") -> None:
        self._expression = expression
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SettingsError(f'there is no time zone "{zone}"', hint="UTC, or a name as Europe/Berlin") from None
        self.after(datetime.now(UTC))

    def after(self, moment: datetime) -> datetime:
        """Return the next moment after another one, in UTC."""
        hint = "minute, hour, day, month, weekday: 0 4 * * MON is each Monday at four"
        try:
            found: datetime = next(CronSim(self._expression, moment.astimezone(self._zone)))
        except CronSimError as error:
            raise SettingsError(f'"{self._expression}" is no schedule: {str(error).lower()}', hint=hint) from None
        except StopIteration:
            raise SettingsError(f'"{self._expression}" never comes', hint=hint) from None
        return found.astimezone(UTC)


def keep_to(
    schedule: Schedule,
    start: Callable[[], Child],
    stop: StopRequests,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    note: Callable[[Plan | None], None] = lambda plan: None,  # noqa: ARG005
) -> None:
    """Start a run whenever one is due, until that is to end; one that takes long lets others pass.

    Parameters
    ----------
    schedule : Schedule
    start : callable
        Starts a run.
    stop : StopRequests
        The first one stops a run that is at work, too; a second one does not wait for it.
    clock : callable
    note : callable, optional
        Told what is due, and what is at work; None once nobody keeps to the schedule.
    """
    broke = ""
    while not stop.count:
        due = schedule.after(clock())
        log.info("the next retraining is due", extra={"data": {"due": due.isoformat(timespec="seconds")}})
        _note(note, Plan(due=due, broke=broke))
        if _waited(due, stop, clock):
            _note(note, Plan(due=schedule.after(due), since=due))
            broke = _run(start, stop)
    _note(note, None)


def _note(note: Callable[[Plan | None], None], plan: Plan | None) -> None:
    try:
        note(plan)
    except OSError as error:
        # A full disk is a matter for whoever watches it, and no reason to pass a moment over.
        log.warning("what is due could not be noted: %s", error.strerror or error)


def _waited(due: datetime, stop: StopRequests, clock: Callable[[], datetime]) -> bool:
    """Wait for a moment; return whether it came before a request to stop."""
    # The clock is looked at again and again: it may be set, and machines sleep.
    while clock() < due:
        if stop.count:
            return False
        time.sleep(POLL_S)
    return not stop.count


def _run(start: Callable[[], Child], stop: StopRequests) -> str:
    """Run once; return how that ended where it left no report, ``""`` where it did."""
    try:
        child = start()
    except OSError as error:
        log.error("the retraining could not be started: %s", error.strerror or error)  # noqa: TRY400 - it says enough
        return f"it could not be started: {error.strerror or error}"
    while (code := child.exit_code) is None:
        if stop.count:
            log.info("the retraining is stopped")
            break
        time.sleep(POLL_S)
    # What it may have left behind is ended, too.
    child.stop(grace_s=STOP_S, hurry=lambda: stop.count > 1)
    if code:
        log.warning("a retraining needs somebody to look at it: %s", describe_exit(code))
    return "" if code in (None, 0, REPORTED) else describe_exit(code)
