"""A short way for the one call that makes up nearly all of the load: an ordinary car in, its price out.

Flask takes longer to find out which view a request is for than that view takes to price a car. What is ordinary goes
past it; whatever is not, problems included, is left to the application, which answers it from the beginning. So the
application alone says what the API is, and nobody can tell which way an answer took.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import orjson

from .access import Write, write_answered
from .current import Desk
from .environ import OWN_KEYS
from .headers import KEY_NAME, note_request
from .json_body import JSON
from .keys import Keyring, token_in
from .scopes import opens

PATH = "/predict/price"
ORDINARY = OWN_KEYS | {
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_CACHE_CONTROL",
    "HTTP_CONNECTION",
    "HTTP_FORWARDED",
    "HTTP_HOST",
    "HTTP_PRAGMA",
    "HTTP_USER_AGENT",
    "HTTP_VIA",
    "HTTP_X_API_KEY",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SCHEME",
    "HTTP_X_ORIGINAL_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
    "HTTP_X_SCHEME",
}
"""What says nothing that would change an answer, or is heeded here; browsers and their scripts send more."""
HOST = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*(:[0-9]{1,5})?")


class Shortcut:
    """A WSGI application for `PATH` that may decline: it returns None then, and has done nothing.

    Parameters
    ----------
    desk : Desk
    keyring : Keyring or None
        As `scopes.Access` has it.
    headers : sequence of (str, str)
        Of every answer, besides those that are told here.
    depth : int
        See `json_body.read_json`.
    write : callable or None
        See `access.log_requests`.
    """

    def __init__(
        self, desk: Desk, keyring: Keyring | None, headers: list[tuple[str, str]], *, depth: int, write: Write | None
    ) -> None:
        self._desk, self._keyring, self._headers, self._depth, self._write = desk, keyring, headers, depth, write

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes] | None:
        """Answer a request for a price without a query, or decline."""
        sent = environ["wsgi.input"]
        if (
            environ["PATH_INFO"] != PATH
            or environ.get("CONTENT_TYPE") != JSON
            or type(sent) is not BytesIO  # a large one
            or not environ.keys() <= ORDINARY
            or not HOST.fullmatch(environ.get("HTTP_HOST", ""))
            or not self._let_in(environ)
        ):
            return None
        body = sent.getvalue()
        if body.count(b"[") + body.count(b"{") > self._depth:
            return None
        request_id = note_request(environ)
        try:
            current = self._desk.latest()
            quote = current.price(orjson.loads(body))
            answer = orjson.dumps(quote)
        except Exception:  # noqa: BLE001 - the application fails in its own way, and tells
            return None
        self._desk.observer.quoted("price", quote)
        if self._write is not None:
            write_answered(self._write, environ, "POST", PATH, 200, quote["model_version"])
        headers = [("Content-Type", JSON), ("Content-Length", str(len(answer))), *self._headers]
        start_response("200 OK", [*headers, ("X-Request-ID", request_id), ("Cache-Control", "no-cache")])
        return [answer]

    def _let_in(self, environ: dict[str, Any]) -> bool:
        if self._keyring is None or not self._keyring.asks():
            return True
        token = token_in(environ)
        key = self._keyring.holder_of(token) if token is not None else None
        if key is None or not opens(key, "price"):
            return False
        environ[KEY_NAME] = key.name
        return True
