"""Asking a server on this machine for its state."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

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
    """

    code: int
    reason: str = ""


def ask(host: str, port: int, path: str, *, timeout_s: float = TIMEOUT_S) -> State:
    """Return a server's answer; no proxy is used, for the server is on this machine."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return State(answer.status, _reason(answer.read()))
    except (OSError, http.client.HTTPException):
        return State(0)
    finally:
        connection.close()


def _reason(body: bytes) -> str:
    try:
        found: Any = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    return str(found.get("detail") or found.get("title") or found.get("reason") or "")
