"""Retraining, where there is any: its last run went well, and the next one comes."""

from __future__ import annotations

from car_price_prediction.domain.errors import RetrainingError
from car_price_prediction.package.retrained import LastRun, Plan, last_run, plan_of

from .context import Context
from .finding import Finding, failed, ok, skipped, warning

RUNBOOK = "docs/runbook.md, Retraining needs somebody"


def last(context: Context) -> Finding:
    """Look how the last retraining ended."""
    try:
        found, plan = last_run(context.settings.artifacts), plan_of(context.settings.artifacts)
    except RetrainingError as error:
        return failed(error.message, error.hint)
    if plan is not None and plan.broke:
        return failed(f"the last run left no report: {plan.broke}", f"{RUNBOOK}; memory, most often")
    if found is None:
        return skipped("nothing was retrained here")
    return _told(found)


def due(context: Context) -> Finding:
    """Look whether whoever keeps to the schedule of retraining still does."""
    try:
        plan = plan_of(context.settings.artifacts)
    except RetrainingError as error:
        return failed(error.message, error.hint)
    if plan is None:
        return skipped("no `car-price retrain --schedule` was started here")
    if plan.overdue(context.now):
        return _overdue(plan)
    if plan.since:
        return ok(f"a run is at work since {plan.since:%Y-%m-%d %H:%M} UTC")
    return ok(f"the next run is due {plan.due:%Y-%m-%d %H:%M} UTC")


def _told(found: LastRun) -> Finding:
    when = f"{found.at:%Y-%m-%d %H:%M} UTC"
    if not found.problems:
        return ok(f"{when}: {found.state.replace('_', ' ')}")
    more = f"; {len(found.problems) - 1} more" if len(found.problems) > 1 else ""
    message = f"{when}: {found.problems[0]}{more}"
    # Refused by a limit or the gate: the champion answers on, as it is meant to.
    return failed(message, RUNBOOK) if found.state == "failed" else warning(message, RUNBOOK)


def _overdue(plan: Plan) -> Finding:
    hint = "is `car-price retrain --schedule` still running? docker compose --profile retrain up -d"
    if plan.since:
        return failed(f"a run is at work since {plan.since:%Y-%m-%d %H:%M} UTC: it hangs, or was killed", hint)
    return failed(f"a run was due {plan.due:%Y-%m-%d %H:%M} UTC, and none began", hint)
