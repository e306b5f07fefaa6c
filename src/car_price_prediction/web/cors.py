"""Scripts of other sites: none may read an answer, but for the exact origins that the operator named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .headers import WSGI

METHODS = "GET, POST, DELETE, OPTIONS"
SENT = "Authorization, Content-Type, X-API-Key, X-Request-ID"
SHOWN = "Location, Retry-After, WWW-Authenticate, X-Request-ID"
MAX_AGE_S = 600


class CrossOrigin:
    """WSGI middleware that lets scripts of some origins in (CORS), and answers what browsers ask first.

    No cookie and no password of a browser counts for another origin: a script shows a key of its own.

    Parameters
    ----------
    app : WSGI application
    origins : iterable of str
        Such as ``https://shop.example``; compared whole.
    """

    def __init__(self, app: WSGI, origins: Iterable[str]) -> None:
        self._app, self._origins = app, frozenset(origins)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        origin = environ.get("HTTP_ORIGIN")
        headers = [("Vary", "Origin")]
        if origin in self._origins:
            headers += [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", SHOWN)]
            if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
                headers += [
                    ("Access-Control-Allow-Methods", METHODS),
                    ("Access-Control-Allow-Headers", SENT),
                    ("Access-Control-Max-Age", str(MAX_AGE_S)),
                ]
                start_response("204 No Content", headers)
                return []

        def start(status: str, sent: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, sent + headers, exc_info)

        return self._app(environ, start)
