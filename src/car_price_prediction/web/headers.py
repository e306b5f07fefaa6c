"""Headers of every answer: what browsers must not do, how long to keep it, and the request's id."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from car_price_prediction.domain.ids import new_id

from .trace_context import SPAN_ID, TRACE_ID, trace_of

REQUEST_ID = "car_price.request_id"
STARTED = "car_price.started"
KEY_NAME = "car_price.key_name"
"""The keys of the request's id, of when it arrived (of `time.perf_counter`), and of the name of the API key that it
showed, in the WSGI environment."""
ROUTE, NO_ROUTE = "car_price.route", "(none)"
"""The key of its route's template, and what stands for none."""
STATIC = "/static/"
KEPT = ("200", "206", "304")

_VALID_ID = re.compile(r"[\x21-\x7e]{1,64}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
COMMON = [
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def request_id_of(sent: str | None) -> str:
    """Return a request's id: the one that its client sent, where that is short and printable, or a new one.

    Examples
    --------
    >>> request_id_of("order-17"), len(request_id_of("two words"))
    ('order-17', 24)
    """
    return sent if sent is not None and _VALID_ID.fullmatch(sent) else new_id()


CURRENT_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread answers."""


def common_headers(hsts_s: int) -> list[tuple[str, str]]:
    """Return the headers of every answer; browsers shall ask by TLS alone for so many seconds, where not 0."""
    return COMMON + [("Strict-Transport-Security", f"max-age={hsts_s}")] * bool(hsts_s)


def note_request(environ: dict[str, Any]) -> str:
    """Note in a WSGI environment that a request begins, as which, and of which trace; return its id."""
    request_id = request_id_of(environ.get("HTTP_X_REQUEST_ID"))
    environ[REQUEST_ID], environ[STARTED] = request_id, time.perf_counter()
    CURRENT_ID.set(request_id)
    if "HTTP_TRACEPARENT" in environ and TRACE_ID not in environ:
        _note_trace(environ)
    return request_id


class CommonHeaders:
    """WSGI middleware that adds them.

    A client's ``X-Request-ID`` is taken over where it is short and printable; every answer has one.

    Parameters
    ----------
    app : WSGI application
    hsts_s : int, optional
        How long browsers shall ask by TLS alone, in seconds; 0 does not tell them to.
    """

    def __init__(self, app: WSGI, hsts_s: int = 0) -> None:
        self._app = app
        self._common = common_headers(hsts_s)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        request_id = note_request(environ)
        kept = environ["PATH_INFO"].startswith(STATIC)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers += self._common
            headers.append(("X-Request-ID", request_id))
            if not (kept and status.startswith(KEPT)):
                headers.append(("Cache-Control", "no-cache"))
            return start_response(status, headers, exc_info)

        return self._app(environ, start)


def _note_trace(environ: dict[str, Any]) -> None:
    found = trace_of(environ["HTTP_TRACEPARENT"])
    if found:
        environ[TRACE_ID], environ[SPAN_ID] = found
