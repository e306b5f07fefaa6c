"""Asking a server on this machine for its state."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from car_price_prediction.domain.errors import NoModelError

TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class State:
    """What a server said.

    Attributes
    ----------
    code : int
        Its HTTP status, 0 where nobody answers.
    reason : str
        Why, in the server's words, or ``""``.
    problem : str
        The stable code of its problem, or ``""``.
    """

    code: int
    reason: str = ""
    problem: str = ""

    @property
    def works(self) -> bool:
        """Whether the server does what it can: it is well, or says that nobody gave it a model yet."""
        return self.code == 200 or self.problem == NoModelError.code


def ask(host: str, port: int, path: str, *, timeout_s: float = TIMEOUT_S) -> State:
    """Return a server's answer; no proxy is used, for the server is on this machine."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return _state(answer.status, answer.read())
    except (OSError, http.client.HTTPException):
        return State(0)
    finally:
        connection.close()


def _state(code: int, body: bytes) -> State:
    try:
        found: Any = json.loads(body)
    except ValueError:
        return State(code)
    if not isinstance(found, dict):
        return State(code)
    reason = found.get("detail") or found.get("title") or found.get("reason") or ""
    return State(code, str(reason), str(found.get("code") or ""))
