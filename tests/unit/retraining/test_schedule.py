"""When a retraining is due, and that a process is started for each, and ended with the service."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import SettingsError
from car_price_prediction.local.child import Child
from car_price_prediction.local.signals import StopRequests
from car_price_prediction.package.retrained import Plan
from car_price_prediction.retraining import schedule as module
from car_price_prediction.retraining.schedule import Schedule, keep_to

START = datetime(2026, 3, 2, 3, 59, 30, tzinfo=UTC)


class Clock:
    """Goes on by some time whenever it is looked at."""

    def __init__(self, step: timedelta) -> None:
        self.now, self._step = START, step

    def __call__(self) -> datetime:
        self.now += self._step
        return self.now


@pytest.fixture
def stop() -> Iterator[StopRequests]:
    with StopRequests() as requests:
        yield requests


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.01)


def child(code: str) -> Child:
    return Child("retrain", [sys.executable, "-c", code], environ=os.environ, stop_signal=signal.SIGINT)


def test_moments_are_those_of_the_zone_across_the_change_to_summer_time() -> None:
    found = Schedule("30 4 * * *", "Europe/Berlin")
    before = found.after(datetime(2026, 3, 28, tzinfo=UTC))
    assert [before.isoformat(), found.after(before).isoformat()] == [
        "2026-03-28T03:30:00+00:00",
        "2026-03-29T02:30:00+00:00",
    ]


@pytest.mark.parametrize("expression", ["", "* * *", "61 * * * *", "soon", "0 0 31 2 *"])
def test_what_is_no_schedule_is_refused_at_once(expression: str) -> None:
    with pytest.raises(SettingsError, match=r"is no schedule|never comes"):
        Schedule(expression)


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../etc/passwd", ""])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(SettingsError, match="there is no time zone"):
        Schedule("0 4 * * *", zone)


def test_a_run_is_started_at_each_moment_and_none_for_those_that_passed_meanwhile(stop: StopRequests) -> None:
    clock, started = Clock(timedelta(seconds=10)), []

    def start() -> Child:
        started.append(clock.now)
        clock.now += timedelta(hours=2, minutes=30)  # the run takes so long
        stop.count = int(len(started) == 3)
        return child("raise SystemExit(1)")

    keep_to(Schedule("0 * * * *"), start, stop, clock)
    assert [moment.hour for moment in started] == [4, 7, 10]


def test_a_run_that_cannot_be_started_or_is_killed_does_not_end_the_service(
    stop: StopRequests, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def start() -> Child:
        tries.append(1)
        if len(tries) == 1:
            raise OSError(12, "Cannot allocate memory")
        if len(tries) == 3:
            stop.count = 1
        return child("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    noted: list[Plan | None] = []
    keep_to(Schedule("* * * * *"), start, stop, Clock(timedelta(seconds=20)), noted.append)
    told = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert len(tries) == 3
    assert told[:2] == [
        "the retraining could not be started: Cannot allocate memory",
        "a retraining needs somebody to look at it: killed by SIGKILL",
    ]
    waits, works = noted[:-1:2], noted[1:-1:2]
    assert noted[-1] is None
    not_started = "it could not be started: Cannot allocate memory"
    assert [plan.broke for plan in waits] == ["", not_started, "killed by SIGKILL"]
    assert [plan.since for plan in works] == [plan.due for plan in waits]
    assert all(plan.due > plan.since for plan in works)


def test_a_run_whose_report_says_what_is_wrong_did_not_break(stop: StopRequests) -> None:
    noted: list[Plan | None] = []

    def start() -> Child:
        stop.count = int(len(noted) > 2)
        return child("raise SystemExit(1)")

    keep_to(Schedule("* * * * *"), start, stop, Clock(timedelta(seconds=20)), noted.append)
    assert [plan.broke for plan in noted[:-1]] == [""] * 4


def test_a_note_that_cannot_be_written_passes_no_run_over(stop: StopRequests, caplog: pytest.LogCaptureFixture) -> None:
    def full(_plan: Plan | None) -> None:
        raise OSError(28, "No space left on device")

    def start() -> Child:
        stop.count = 1
        return child("pass")

    keep_to(Schedule("* * * * *"), start, stop, Clock(timedelta(seconds=20)), full)
    assert "what is due could not be noted: No space left on device" in caplog.text
    assert stop.count == 1


def test_a_stop_ends_the_run_that_is_at_work_as_ctrl_c_does(stop: StopRequests, tmp_path: Path) -> None:
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    code = (
        "import pathlib, time\ntry:\n"
        f"    pathlib.Path({str(begun)!r}).touch(); time.sleep(60)\n"
        f"except KeyboardInterrupt:\n    pathlib.Path({str(tidied)!r}).touch()"
    )

    def start() -> Child:
        found = child(code)
        while not begun.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        return found

    keep_to(Schedule("* * * * *"), start, stop, Clock(timedelta(seconds=20)))
    assert tidied.exists()


def test_a_stop_ends_the_wait(stop: StopRequests) -> None:
    stop.count = 1
    keep_to(Schedule("0 0 1 1 *"), lambda: pytest.fail("nothing is due"), stop)
    assert stop.count == 1
