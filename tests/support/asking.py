"""Clients that ask for prices at a steady rate, and what they were answered when."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from support.web import FABIA

CLIENTS = 8
HEADERS = {"Content-Type": "application/json"}


class Answer(NamedTuple):
    """One answer; seconds since 1970. Status 0: none came."""

    asked: float
    answered: float
    status: int
    version: str


class _Client(threading.Thread):
    def __init__(self, port: int, every_s: float, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port, self._every_s, self._stop_asking = port, every_s, stop
        self.answers: list[Answer] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        body, due = json.dumps(FABIA), time.monotonic()
        while not self._stop_asking.is_set():
            asked = time.time()
            status, version = self._ask(connection, body)
            self.answers.append(Answer(asked, time.time(), status, version))
            # By the clock, not by the answer: a slow answer lowers no rate.
            due += self._every_s
            self._stop_asking.wait(max(0.0, due - time.monotonic()))
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, body: str) -> tuple[int, str]:
        try:
            connection.request("POST", "/predict/price", body, HEADERS)
            answer = connection.getresponse()
            found = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            return 0, ""
        return answer.status, found.get("model_version", "")


class Asking:
    """Asks a server while its block runs; `answers` has them all afterwards.

    Parameters
    ----------
    port : int
    rate : float
        Requests a second, of all clients together.
    """

    def __init__(self, port: int, rate: float) -> None:
        self._stop = threading.Event()
        self._clients = [_Client(port, CLIENTS / rate, self._stop) for _ in range(CLIENTS)]
        self.answers: list[Answer] = []

    def __enter__(self) -> Asking:
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for client in self._clients:
            client.join(30)
            self.answers += client.answers

    @property
    def rate(self) -> float:
        """Requests a second that were made."""
        first, last = min(a.asked for a in self.answers), max(a.answered for a in self.answers)
        return len(self.answers) / (last - first)


def lag_s(answer: Answer, history: Sequence[Mapping[str, Any]]) -> float:
    """Return for how long the version of an answer was not current any more when it was asked for; 0 where it was.

    Parameters
    ----------
    answer : Answer
    history : sequence of mapping
        The lines of ``history.jsonl``: from each ``when`` on, ``to`` was current.
    """
    began = [datetime.fromisoformat(line["when"]).timestamp() for line in history]
    ended = [*began[1:], float("inf")]
    mine = [
        max(0.0, answer.asked - end)
        for line, start, end in zip(history, began, ended, strict=True)
        if line["to"] == answer.version and start <= answer.answered
    ]
    return min(mine, default=float("inf"))
