"""The machine or the container: its clock, the limits in force, what is installed."""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from car_price_prediction.domain.errors import CarPriceError

from .context import Context
from .finding import Finding, failed, ok, skipped, warning

CLOCK_OFF = timedelta(seconds=30)
NEARLY_FULL = 0.9
UNLIMITED_BYTES = 1 << 60
"""Control groups of the first version write "no limit" as a number near 2**63."""
TRAINING = ("sklearn", "xgboost", "matplotlib", "mlflow")


def clock(context: Context) -> Finding:
    """Look whether this clock agrees with the servers' clocks, and is not before the current version's training."""
    for name, answer in (("the API", context.status), ("MLflow", context.mlflow_health)):
        if answer.at is not None and abs(answer.at - context.now) > CLOCK_OFF:
            off = (answer.at - context.now).total_seconds()
            return failed(f"the clock of {name} is {off:+.0f} s off this one", "set both by NTP")
    current = context.store.current_or_none()
    try:
        made = context.store.manifest(current).created_at if current else None
    except CarPriceError:
        made = None
    if made is not None and made > context.now + CLOCK_OFF:
        return failed(f"the current version was trained in the future, at {made:%Y-%m-%d %H:%M} UTC", "set it by NTP")
    told = [answer.at for answer in (context.status, context.mlflow_health) if answer.at is not None]
    if not told and made is None:
        return skipped("there is nothing to compare it with")
    return ok(f"{context.now:%Y-%m-%d %H:%M:%S} UTC")


def memory(context: Context) -> Finding:
    """Look which memory limit is in force, and how much of it is used."""
    limit = _number(context.cgroup / "memory.max", context.cgroup / "memory" / "memory.limit_in_bytes")
    used = _number(context.cgroup / "memory.current", context.cgroup / "memory" / "memory.usage_in_bytes")
    if limit is None or limit > UNLIMITED_BYTES:
        return _unlimited(context, "memory", "mem_limit")
    message = f"{limit / 1e9:.1f} GB are allowed" + (f", {used / 1e9:.1f} GB used" if used is not None else "")
    if used is not None and used > NEARLY_FULL * limit:
        return warning(message, "allow more, or run fewer workers")
    return ok(message)


def cpu(context: Context) -> Finding:
    """Look which CPU limit is in force."""
    words = _text(context.cgroup / "cpu.max").split()
    quota, period = (words[0], words[1]) if len(words) == 2 else ("", "")
    if not words:
        quota = _text(context.cgroup / "cpu" / "cpu.cfs_quota_us")
        period = _text(context.cgroup / "cpu" / "cpu.cfs_period_us")
    if not (quota.isdigit() and period.isdigit() and int(period)):
        return _unlimited(context, "CPU", "cpus")
    return ok(f"{int(quota) / int(period):.1f} CPUs are allowed")


def training_extra(_context: Context) -> Finding:
    """Look whether what training needs is installed; serving does not need it."""
    absent = [name for name in TRAINING if find_spec(name) is None]
    if absent:
        return skipped(f"this installation serves and does not train: {', '.join(absent)} not installed")
    return ok("what training needs is installed")


def _unlimited(context: Context, what: str, key: str) -> Finding:
    if context.container:
        return warning(f"no {what} limit is in force", f"set {key} for this container")
    return skipped("not in a container")


def _number(*paths: Path) -> int | None:
    return next((int(text) for path in paths if (text := _text(path)).isdigit()), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
