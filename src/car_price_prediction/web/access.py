"""One line in the log for each request: what was asked, how it was answered, how long that took, and by which model.

Nothing that could be about a person: no address, no query, no body; the route in place of the path.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request

from .headers import KEY_NAME, NO_ROUTE, REQUEST_ID, ROUTE, STARTED
from .trace_context import SPAN_ID, TRACE_ID

Write = Callable[[int, str, Mapping[str, Any]], None]
"""Takes a line's level, message and values."""


def log_requests(app: Flask, write: Write) -> None:
    """Write a line for each request of an application; a failure of ours is a warning.

    Parameters
    ----------
    app : Flask
        Behind `headers.CommonHeaders`, which names requests and notes when they arrive.
    write : callable
    """

    @app.after_request
    def log(response: Response) -> Response:
        asked = request._get_current_object()  # type: ignore[attr-defined]
        route = asked.url_rule.rule if asked.url_rule is not None else NO_ROUTE
        write_answered(write, asked.environ, asked.method, route, response.status_code, g.get("model_version"))
        return response


def write_answered(
    write: Write, environ: dict[str, Any], method: str, route: str, status: int, model_version: str | None
) -> None:
    """Write the line of one request that `headers.note_request` has seen, and note its route."""
    environ[ROUTE] = route
    values = {
        "request_id": environ[REQUEST_ID],
        "method": method,
        "route": route,
        "status": status,
        "ms": round((time.perf_counter() - environ[STARTED]) * 1000, 3),
        "model_version": model_version,
    }
    if TRACE_ID in environ:
        values["trace_id"], values["span_id"] = environ[TRACE_ID], environ[SPAN_ID]
    if KEY_NAME in environ:
        values["key"] = environ[KEY_NAME]
    failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    write(logging.WARNING if failed else logging.INFO, f"{method} {route} {status}", values)
