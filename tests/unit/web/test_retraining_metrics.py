"""What `/metrics` tells of retraining."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from car_price_prediction.package.retrained import FOLDER, LAST, Plan, note_plan
from car_price_prediction.retraining.report import Report, save_report
from car_price_prediction.web.retraining import retraining_metrics

NOW = datetime.now(UTC)


def told(artifacts: Path) -> dict[str, float]:
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for metric in retraining_metrics(artifacts)
        for sample in metric.samples
    }


def test_where_nothing_was_retrained_nothing_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) == {}


def test_the_last_run_and_what_is_due_are_told(tmp_path: Path) -> None:
    at, due = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
    save_report(tmp_path / FOLDER, Report(at=at, seconds=42.5, state="refused", problems=("one", "two")))
    note_plan(tmp_path, Plan(due=due))
    assert told(tmp_path) == {
        "car_price_retraining_timestamp_seconds": at.timestamp(),
        "car_price_retraining_duration_seconds": 42.5,
        "car_price_retraining_staterefused": 1,
        "car_price_retraining_problems": 2,
        "car_price_retraining_due_timestamp_seconds": due.timestamp(),
        "car_price_retraining_overdue": 1,
    }


def test_a_run_without_a_report_is_a_problem(tmp_path: Path) -> None:
    note_plan(tmp_path, Plan(due=NOW + timedelta(hours=1), broke="killed by SIGKILL"))
    assert told(tmp_path)["car_price_retraining_problems"] == 1
    assert told(tmp_path)["car_price_retraining_overdue"] == 0


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / LAST).write_text("{")
    assert told(tmp_path) == {}
