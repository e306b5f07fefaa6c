"""MLflow, where it is set: it answers, to this host's name, and its champion is what answers here."""

from __future__ import annotations

from urllib.parse import urlsplit

from car_price_prediction.domain.errors import RegistryError
from car_price_prediction.package.unlogged import Unlogged
from car_price_prediction.registry.promotion import PENDING_FILE
from car_price_prediction.registry.sync import read_heartbeat

from .context import Context
from .finding import Finding, failed, ok, skipped, warning

NOT_SET = "MLFLOW_TRACKING_URI names no server"
INVALID_HOST = "invalid host"
"""How MLflow refuses a name that it was not started for."""


def reachable(context: Context) -> Finding:
    """Look whether MLflow answers."""
    if context.registry is None:
        return skipped(NOT_SET)
    code, name = context.mlflow_health.code, context.registry.name
    if code == 200:
        return ok(f"{name} answers")
    if code:
        return failed(f"{name}/health answers {code}", "is it MLflow that listens there?")
    return failed(f"{name} does not answer", "start it; prices go on without it, runs are not logged")


def host(context: Context) -> Finding:
    """Look whether MLflow accepts requests to the name under which it is known here."""
    if context.registry is None:
        return skipped(NOT_SET)
    if not context.mlflow_health.code:
        return skipped("MLflow does not answer")
    champion = context.champion
    if not isinstance(champion, RegistryError):
        return ok("its API accepts this host's name for it")
    if INVALID_HOST in champion.message.lower():
        place = urlsplit(context.registry.name).netloc
        return failed(f"it refuses requests to {place}", f"start it with --allowed-hosts {place}")
    return failed(champion.message, "see MLflow's log")


def champion(context: Context) -> Finding:
    """Look whether the version with the alias is the one that is current here."""
    if context.registry is None:
        return skipped(NOT_SET)
    found, current = context.champion, context.store.current_or_none()
    if isinstance(found, RegistryError):
        return skipped(found.message)
    if found is None:
        return warning("no version has the alias champion", "`car-price models promote` gives it to one")
    if found.package_version != current:
        return failed(
            f"version {found.number}, {found.package_version}, is the champion, {current or 'none'} is current here",
            "`car-price models sync` makes the champion answer; with --follow it goes on doing so",
        )
    return ok(f"version {found.number} is the champion and current here")


def pending(context: Context) -> Finding:
    """Look whether MLflow knows of every promotion and rollback."""
    if context.registry is None:
        return skipped(NOT_SET)
    if (context.settings.artifacts / PENDING_FILE).exists():
        return warning("MLflow does not know of the last promotion or rollback yet", "`car-price models sync` tells it")
    return ok("it knows of every promotion and rollback")


def unlogged(context: Context) -> Finding:
    """Look whether MLflow knows of every version that was to be logged there."""
    if context.registry is None:
        return skipped(NOT_SET)
    versions = Unlogged(context.store).versions()
    if versions:
        hint = "`car-price models register`, where training is installed, or the next training does it"
        return warning(f"not logged, for MLflow was down when they were trained: {', '.join(versions)}", hint)
    return ok("no version waits to be logged")


def follower(context: Context) -> Finding:
    """Look whether the follower of the champion lives, where there is one."""
    path = context.settings.heartbeat
    if not path.exists():
        return skipped("no follower (`car-price models sync --follow`) was started here")
    try:
        beat = read_heartbeat(path)
    except RegistryError as error:
        return failed(error.message, error.hint)
    if beat.problem:
        return warning(f"it lives, but: {beat.state}", "it goes on trying")
    return ok(beat.state)
