"""HTTP with connections that are kept, timeouts, and retries that back off."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import ssl
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from .errors import NoAnswerError, ProblemError, problem_of

RETRIED = frozenset({429, 502, 503, 504})
NOT_TAKEN = frozenset({429, 503})
"""The service did nothing: what must not be done twice may be sent again."""
PIECE_BYTES = 1 << 18

Body = bytes | Path | None


@dataclass(frozen=True, slots=True)
class Retries:
    """How a request is tried again: after ``first_s``, then twice as long and so on, less a random part.

    Attributes
    ----------
    times : int
        0 never tries again.
    first_s, longest_s : float
        ``Retry-After`` is honoured, up to ``longest_s``.
    """

    times: int = 4
    first_s: float = 0.25
    longest_s: float = 30.0

    def pause_s(self, tries: int, retry_after: str | None) -> float:
        """Return how long to wait before the next try.

        Examples
        --------
        >>> Retries().pause_s(0, "7"), Retries(longest_s=5).pause_s(0, "7"), 0.5 <= Retries().pause_s(2, None) <= 1
        (7.0, 5, True)
        """
        pause: float = self.first_s * 2**tries * random.uniform(0.5, 1)  # noqa: S311 - no secret
        asked = float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
        return min(self.longest_s, max(pause, asked))


@dataclass(slots=True)
class Transport:
    """Sends requests to one service; several threads may use it at once.

    Attributes
    ----------
    url : str
        ``http(s)://host:port``, and a path where the service is below one.
    timeout_s : float
        For each answer, and each piece of it.
    retries : Retries
    headers : dict of str to str
        Sent with each request.
    """

    url: str
    timeout_s: float
    retries: Retries
    headers: dict[str, str]
    _idle: deque[http.client.HTTPConnection] = field(default_factory=deque)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        *,
        repeatable: bool = True,
    ) -> Any:
        """Send a file, or plain values as JSON, or nothing, and return the answer's JSON as plain values."""
        is_file = isinstance(body, Path)
        data = body if is_file or body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/octet-stream" if is_file else "application/json"}
        return json.loads(self.send(method, path, data, headers, query=query, repeatable=repeatable))

    def send(
        self,
        method: str,
        path: str,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        into: Path | None = None,
        repeatable: bool = True,
    ) -> bytes:
        """Send a request, again where that may help, and return the answer's body.

        Parameters
        ----------
        method, path : str
        body : bytes or Path, optional
            A file is sent piece by piece.
        headers, query : mapping, optional
        into : Path, optional
            Gets the body of a good answer; nothing is returned then.
        repeatable : bool
            False where a request that was perhaps carried out must not be sent again.

        Raises
        ------
        NoAnswerError
        ProblemError
        """
        target = path + (f"?{urlencode(query)}" if query else "")
        for tries in range(self.retries.times + 1):
            last, after = tries == self.retries.times, None
            try:
                return self._once(method, target, body, headers or {}, into)
            except ProblemError as error:
                if last or error.status not in (RETRIED if repeatable else NOT_TAKEN):
                    raise
                after = error.retry_after
            except (OSError, http.client.HTTPException) as error:
                if last or not (repeatable or isinstance(error, ConnectionRefusedError)):
                    reason = str(error) or type(error).__name__
                    raise NoAnswerError(f"{self.url} does not answer: {reason}") from error
            self.pause(self.retries.pause_s(tries, after))
        raise AssertionError("unreachable")

    def pause(self, seconds: float) -> None:
        """Wait before the next try."""
        time.sleep(seconds)

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop().close()

    def _once(self, method: str, target: str, body: Body, headers: Mapping[str, str], into: Path | None) -> bytes:
        connection = self._idle.pop() if self._idle else _connect(self.url, self.timeout_s)
        try:
            answer = self._answer(connection, method, target, body, headers)
            data = _into(answer, into) if into is not None and answer.status < 300 else answer.read()
        except BaseException:
            connection.close()
            raise
        if answer.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        if answer.status >= 300:
            raise _problem(answer, data)
        return data

    def _answer(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        body: Body,
        headers: Mapping[str, str],
    ) -> http.client.HTTPResponse:
        path = urlsplit(self.url).path.rstrip("/") + target
        if not isinstance(body, Path):
            connection.request(method, path, body, {**self.headers, **headers})
            return connection.getresponse()
        length = {"Content-Length": str(body.stat().st_size)}
        with body.open("rb") as file:
            # A service that refuses a file need not wait for its end; its answer may be there all the same.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, file, {**self.headers, **headers, **length})
            return connection.getresponse()


def _connect(url: str, timeout_s: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)


def _into(answer: IO[bytes], path: Path) -> bytes:
    """Write a body to a file, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            while piece := answer.read(PIECE_BYTES):
                file.write(piece)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return b""


def _problem(answer: http.client.HTTPResponse, data: bytes) -> ProblemError:
    try:
        body = json.loads(data)
    except ValueError:
        body = {}
    return problem_of(answer.status, body if isinstance(body, dict) else {}, answer.headers.get("Retry-After"))
