"""All checks in their order."""

from __future__ import annotations

from . import api, folders, keys, mlflow, model, retraining, system, valuations
from .context import Context
from .finding import Check, Finding, failed, ok, skipped


def settings(context: Context) -> Finding:
    """Look whether the settings can be read, and none of them is a placeholder."""
    if context.settings_problem:
        return failed(context.settings_problem, "docs/settings.md lists every setting")
    return ok("they can be read, and none is a placeholder")


CHECKS = (
    Check("settings", settings),
    Check("artifacts.writable", folders.artifacts_writable),
    Check("logs.writable", folders.logs_writable),
    Check("disk.space", folders.disk_space),
    Check("model.current", model.current),
    Check("model.files", model.files),
    Check("model.libraries", model.libraries),
    Check("model.price", model.price),
    Check("api.reachable", api.reachable),
    Check("api.healthy", api.healthy),
    Check("api.version", api.version),
    Check("api.restarts", api.restarts),
    Check("api.keys", keys.usable),
    Check("valuations.database", valuations.database),
    Check("api.metrics", api.metrics),
    Check("retraining.last", retraining.last),
    Check("retraining.due", retraining.due),
    Check("mlflow.reachable", mlflow.reachable),
    Check("mlflow.host", mlflow.host),
    Check("mlflow.champion", mlflow.champion),
    Check("mlflow.pending", mlflow.pending),
    Check("mlflow.unlogged", mlflow.unlogged),
    Check("mlflow.follower", mlflow.follower),
    Check("clock", system.clock),
    Check("limits.memory", system.memory),
    Check("limits.cpu", system.cpu),
    Check("extras.train", system.training_extra),
)


def examine(context: Context) -> dict[str, Finding]:
    """Return what each check found, by its id; one that breaks is a finding, too."""
    return {check.id: _look(check, context) for check in CHECKS}


def _look(check: Check, context: Context) -> Finding:
    if context.settings_problem and check.id != "settings":
        return skipped("the settings cannot be read")
    try:
        return check.look(context)
    except Exception as error:  # noqa: BLE001 - whatever is broken here must not hide what the other checks find
        return failed(f"the check broke: {type(error).__name__}: {error}", "report this")
