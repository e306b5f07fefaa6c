"""Whether the last retraining went well and the next one comes, as what it left tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from car_price_prediction.doctor import retraining
from car_price_prediction.doctor.context import Context
from car_price_prediction.doctor.finding import Finding
from car_price_prediction.package.retrained import FOLDER, LAST, PLAN, Plan, note_plan
from car_price_prediction.retraining.report import Report, save_report
from car_price_prediction.settings import Settings

NOW = datetime(2030, 1, 2, 12, 0, tzinfo=UTC)


def looked(artifacts: Path) -> tuple[Finding, Finding]:
    context = Context(Settings(artifacts=artifacts), now=NOW)
    return retraining.last(context), retraining.due(context)


def test_where_nothing_is_retrained_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert [found.status for found in looked(tmp_path)] == ["skipped", "skipped"]


@pytest.mark.parametrize(
    ("state", "problems", "status"),
    [
        ("nothing_new", (), "ok"),
        ("promoted", (), "ok"),
        ("challenger", ("the gate does not let 1 through: accuracy",), "warning"),
        ("failed", ("no space left on device",), "failed"),
    ],
)
def test_the_last_report_is_told(tmp_path: Path, state: str, problems: tuple[str, ...], status: str) -> None:
    save_report(tmp_path / FOLDER, Report(at=NOW, state=state, problems=problems))
    found = looked(tmp_path)[0]
    assert found.status == status
    assert all(problem in found.message for problem in problems)
    assert bool(found.hint) is bool(problems)


def test_a_run_that_was_killed_left_no_report(tmp_path: Path) -> None:
    save_report(tmp_path / FOLDER, Report(at=NOW, state="promoted"))
    note_plan(tmp_path, Plan(due=NOW + timedelta(hours=1), broke="killed by SIGKILL"))
    found = looked(tmp_path)[0]
    assert (found.status, "killed by SIGKILL" in found.message) == ("failed", True)


@pytest.mark.parametrize(
    ("due_h", "since_h", "status"),
    [(1, None, "ok"), (-0.5, None, "ok"), (-2, None, "failed"), (-2, -5, "ok"), (20, -30, "failed")],
)
def test_a_schedule_that_nobody_keeps_to_is_told(
    tmp_path: Path, due_h: float, since_h: float | None, status: str
) -> None:
    since = None if since_h is None else NOW + timedelta(hours=since_h)
    note_plan(tmp_path, Plan(due=NOW + timedelta(hours=due_h), since=since))
    found = looked(tmp_path)[1]
    assert found.status == status
    assert bool(found.hint) is (status == "failed")


def test_a_schedule_that_was_ended_is_none(tmp_path: Path) -> None:
    note_plan(tmp_path, Plan(due=NOW))
    note_plan(tmp_path, None)
    note_plan(tmp_path, None)
    assert looked(tmp_path)[1].status == "skipped"


@pytest.mark.parametrize(("name", "which"), [(LAST, 0), (PLAN, 1)])
def test_what_cannot_be_read_is_a_failure(tmp_path: Path, name: str, which: int) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / name).write_text("{")
    found = looked(tmp_path)[which]
    assert found.status == "failed"
    assert name in found.message
