"""The API, where it runs: it answers, is healthy, serves the current version, and does not restart again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from .context import Context
from .finding import Finding, failed, ok, skipped

LOG = "running_logs.log"
LOG_BYTES = 2_000_000
"""So much of the log's end is looked at."""
STARTED = "listening on "
WITHIN = timedelta(minutes=10)
MOST_STARTS = 3
NOT_RUNNING = "no API answers at {}"


def reachable(context: Context) -> Finding:
    """Look whether the API answers at all."""
    if context.status.code:
        return ok(f"{context.api_url} answers")
    message = NOT_RUNNING.format(context.api_url)
    if context.url is None:
        return skipped(f"{message}; --url says where it runs")
    return failed(message, "start it, and read its log")


def healthy(context: Context) -> Finding:
    """Look whether the API can price."""
    status = context.status
    if not status.code:
        return skipped(NOT_RUNNING.format(context.api_url))
    if status.code == 200:
        return ok("GET /info/status answers 200")
    reason = status.body.get("detail", "") if isinstance(status.body, dict) else ""
    return failed(f"GET /info/status answers {status.code}: {reason}", f"{context.settings.logs / LOG} says more")


def version(context: Context) -> Finding:
    """Look whether the API serves the version that is current here."""
    status, current = context.status, context.store.current_or_none()
    if status.code != 200 or not isinstance(status.body, dict):
        return skipped("the API is not healthy")
    if current is None:
        return skipped("no version is current here")
    served = status.body.get("model_version")
    if served != current:
        notice = status.body.get("notice") or "it reads another folder, or took no new version up"
        return failed(f"it serves {served}, {current} is current here: {notice}", "compare its CAR_PRICE_ARTIFACTS")
    return ok(f"it serves {served}")


def metrics(context: Context) -> Finding:
    """Look whether the API tells Prometheus what it counts."""
    if context.settings.metrics == "off":
        return skipped("CAR_PRICE_METRICS is off")
    if not context.status.code:
        return skipped(NOT_RUNNING.format(context.api_url))
    code = context.metrics.code
    if code == 200:
        return ok("GET /metrics answers everyone who reaches it")
    if code in (401, 403):
        return ok("GET /metrics answers those who have a key")
    return failed(f"GET /metrics answers {code}", f"{context.settings.logs / LOG} says more")


def restarts(context: Context) -> Finding:
    """Look whether the API was started again and again lately."""
    path = context.settings.logs / LOG
    try:
        starts = list(_starts(path))
    except OSError as error:
        return skipped(f"{path} cannot be read ({(error.strerror or str(error)).lower()})")
    if not starts:
        return skipped(f"{path} tells of no start")
    lately = [at for at in starts if context.now - at < WITHIN]
    minutes = WITHIN.seconds // 60
    if len(lately) > MOST_STARTS:
        return failed(
            f"{len(lately)} starts within {minutes} minutes, the last at {lately[-1]:%H:%M:%S} UTC",
            f"{path} says why it ends; `docker compose ps` shows containers that restart",
        )
    return ok(f"{len(lately)} starts within {minutes} minutes, the last on {starts[-1]:%Y-%m-%d %H:%M} UTC")


def _starts(path: Path) -> Iterator[datetime]:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - LOG_BYTES, 0))
        lines = file.read().splitlines()
    for line in lines:
        if STARTED.encode() not in line:
            continue
        try:
            found = json.loads(line)
            if str(found["message"]).startswith(STARTED):
                yield datetime.fromisoformat(found["time"])
        except (ValueError, KeyError, TypeError):
            continue
