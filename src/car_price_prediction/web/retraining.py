"""How retraining goes, as metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric

from car_price_prediction.domain.errors import RetrainingError
from car_price_prediction.package.retrained import last_run, plan_of


def retraining_metrics(artifacts: Path) -> Iterator[Metric]:
    """Give what the last run and the schedule left; nothing where nothing was ever retrained here."""
    with suppress(RetrainingError):
        run, plan = last_run(artifacts), plan_of(artifacts)
        if run is not None:
            at = "When the last retraining began, in seconds since 1970."
            yield GaugeMetricFamily("car_price_retraining_timestamp_seconds", at, run.at.timestamp())
            yield GaugeMetricFamily("car_price_retraining_duration_seconds", "How long it took.", run.seconds)
            state = GaugeMetricFamily("car_price_retraining_state", "1 for what it came to.", labels=["state"])
            state.add_metric([run.state], 1)
            yield state
        if run is not None or plan is not None:
            broke = plan is not None and bool(plan.broke)
            yield GaugeMetricFamily(
                "car_price_retraining_problems",
                "What of the last retraining somebody must look at: the report's problems, and 1 where it left none.",
                len(run.problems if run else ()) + broke,
            )
        if plan is not None:
            text = "When the next retraining is due, in seconds since 1970."
            yield GaugeMetricFamily("car_price_retraining_due_timestamp_seconds", text, plan.due.timestamp())
            late = "1 where one was due an hour ago and none began, or one is at work for a day."
            overdue = float(plan.overdue(datetime.now(UTC)))
            yield GaugeMetricFamily("car_price_retraining_overdue", late, overdue)
