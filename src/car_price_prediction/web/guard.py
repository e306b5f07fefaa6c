"""Stands before the application: answers at once when there is too much to do, and lets nobody wait for slow clients.

Granian calls it through its RSGI interface, on one thread of a worker. It reads bodies beside each other, calls the
application itself for what takes less than a millisecond, and leaves everything else to a few threads.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import orjson

from car_price_prediction.pricing.turns import short_turns

from .bare_page import bare_page, wants_html
from .bodies import Arriving, BodyReader, BrokenBodyError, SlowBodyError
from .environ import File, Scope, environ_of
from .headers import COMMON, NO_ROUTE, ROUTE, WSGI, request_id_of
from .observer import Observer, Reason
from .problems import PROBLEM_JSON, is_for_people, problem_body
from .scheduling import Turns, turns_of_threads

log = logging.getLogger(__name__)

AT_ONCE = {("POST", "/predict/price"), ("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/info/status")}
"""Calls that take less time than to hand them over to a thread, where no query asks for more."""
ALWAYS = ("/health/live", "/health/ready", "/info/status", "/metrics")
"""Answered however much there is to do."""
RETRY_AFTER_S = "1"
CLOSE = ("connection", "close")
MOST_SLOW = 1_024
"""Bodies that are waited for at once."""
TOLD_EVERY_S = 1.0
STREAMED_BYTES = 1_000_000
"""An answer of so much, or of a length that nobody tells, is sent piece by piece."""


class Answering(Arriving, Protocol):
    """RSGI's protocol of one request."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer with bytes."""

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        """Answer with a file."""

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Any:
        """Answer piece by piece."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker takes on.

    Attributes
    ----------
    waiting : int
        Requests that wait or are being answered at once.
    body_s : float
        Seconds for a body to arrive.
    body_bytes : int
        The largest body.
    larger : mapping of str to int
        Beginning of a path -> the largest body there, where it is another.
    folder : Path or None
        Where large bodies wait, see `bodies.BodyReader`.
    """

    waiting: int = 64
    body_s: float = 15.0
    body_bytes: int = 1_048_576
    larger: Mapping[str, int] = field(default_factory=dict)
    folder: Path | None = None

    def body_limit(self, path: str) -> int:
        """Return the largest body at a path."""
        return next((limit for start, limit in self.larger.items() if path.startswith(start)), self.body_bytes)


class Guard:
    """An RSGI application around a WSGI application.

    Parameters
    ----------
    app : WSGI application
    limits : Limits
    threads : int
        That answer what takes longer.
    shortcut : callable, optional
        A WSGI application that is asked first for what takes no time, and that may decline by returning None.
    stopping : callable
        Whether this server is about to stop: connections are closed with their next answer then.
    observer : Observer, optional
        Hears of every answer and refusal.
    at_end : callable, optional
        Called when all is answered and the process ends.
    """

    def __init__(
        self,
        app: WSGI,
        limits: Limits,
        *,
        threads: int,
        stopping: Callable[[], bool],
        shortcut: Callable[..., list[bytes] | None] | None = None,
        observer: Observer | None = None,
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._app, self._shortcut, self._limits, self._stopping = app, shortcut, limits, stopping
        self._observer, self._at_end = observer or Observer(), at_end
        self._bodies = BodyReader(limits.body_s, limits.folder)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._active, self._refused, self._told_at = 0, 0, 0.0
        self._turns = Turns(turns_of_threads())
        self._behind: list[asyncio.Task[None]] = []

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, in a worker whose loop does not run yet."""
        self._behind = [loop.create_task(self._bodies.sweep()), loop.create_task(self._turns.follow())]

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End, when the loop has run."""
        self._pool.shutdown(wait=True)
        self._at_end()

    @property
    def active(self) -> int:
        """How many requests wait or are being answered, those whose bodies are slow included."""
        return self._active

    @property
    def slow(self) -> int:
        """How many of them wait for their clients."""
        return self._bodies.slow

    async def __rsgi__(self, scope: Scope, proto: Answering) -> None:
        """Answer one request."""
        path, others = scope.path, self._active - self._bodies.slow
        if (others >= self._limits.waiting or self._bodies.slow >= MOST_SLOW) and path not in ALWAYS:
            self._overloaded(scope, proto)
            return
        self._turns.arrived(others > 0)
        self._active += 1
        try:
            await self._answer(scope, proto, path)
        except SlowBodyError:
            detail = f"the body did not arrive within {self._limits.body_s:g} seconds"
            self._refuse(scope, proto, 408, "body_too_slow", detail, CLOSE)
        except BrokenBodyError:
            self._refuse(scope, proto, 400, "body_incomplete", "the body ended before it was complete", CLOSE)
        except Exception:
            log.exception("a request could not be answered")
            detail = "the request could not be answered; the log says why"
            self._refuse(scope, proto, 500, "internal_error", detail, CLOSE)
        finally:
            self._active -= 1

    async def _answer(self, scope: Scope, proto: Answering, path: str) -> None:
        environ = environ_of(scope)
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            length = environ.get("CONTENT_LENGTH", "")
            size = int(length) if length.isdecimal() else None
            environ["wsgi.input"] = await self._bodies.read(proto, size, self._limits.body_limit(path))
        started, begun = _Started(), time.perf_counter()
        if (scope.method, path) in AT_ONCE and not environ["QUERY_STRING"]:
            short = self._shortcut(environ, started) if self._shortcut else None
            body = _called(self._app, environ, started) if short is None else short
        else:
            body = await self._in_pool(_called_in_turns, self._app, environ, started)
        seconds = time.perf_counter() - begun
        self._observer.answered(environ.get(ROUTE, NO_ROUTE), scope.method, started.status, seconds)
        if self._stopping():
            started.headers.append(CLOSE)
        if isinstance(body, File) and body.path is not None:
            proto.response_file(started.status, started.headers, str(body.path))
            body.close()
        elif isinstance(body, list):
            proto.response_bytes(started.status, started.headers, b"".join(body))
        else:
            await self._stream(proto, started, body)

    async def _stream(self, proto: Answering, started: _Started, body: Iterable[bytes]) -> None:
        transport, pieces = proto.response_stream(started.status, started.headers), iter(body)
        try:
            while (piece := await self._in_pool(next, pieces, None)) is not None:
                await transport.send_bytes(piece)
        finally:
            if hasattr(body, "close"):
                body.close()

    async def _in_pool(self, call: Callable[..., Any], *given: Any) -> Any:
        with self._turns.long_work():
            return await asyncio.get_running_loop().run_in_executor(self._pool, call, *given)

    def _refuse(
        self, scope: Scope, proto: Answering, status: int, code: Reason, detail: str, header: tuple[str, str]
    ) -> None:
        _problem(scope, proto, status, code, detail, header)
        self._observer.refused(scope.path, scope.method, status, code)

    def _overloaded(self, scope: Scope, proto: Answering) -> None:
        wait = ("retry-after", RETRY_AFTER_S)
        self._refuse(scope, proto, 503, "overloaded", "too much is being asked at once", wait)
        self._refused += 1
        now = time.monotonic()
        if now - self._told_at > TOLD_EVERY_S:
            # A line for each would take longer than the answer.
            log.warning("too much to do: %d requests refused", self._refused)
            self._refused, self._told_at = 0, now


class _Started:
    """What a WSGI application says before its body."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status, self.headers = 500, list[tuple[str, str]]()

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status, self.headers = int(status[:3]), headers


def _called(app: WSGI, environ: dict[str, Any], started: _Started) -> Iterable[bytes]:
    """Call the application; what it answers as short pieces is put together here, beside other answers."""
    body = app(environ, started)
    if (
        isinstance(body, (list, File))
        or int(dict(started.headers).get("Content-Length", STREAMED_BYTES)) >= STREAMED_BYTES
    ):
        return body
    try:
        return [b"".join(body)]
    finally:
        if hasattr(body, "close"):
            body.close()


def _called_in_turns(app: WSGI, environ: dict[str, Any], started: _Started) -> Iterable[bytes]:
    with short_turns():
        return _called(app, environ, started)


def _problem(scope: Scope, proto: Answering, status: int, code: str, detail: str, header: tuple[str, str]) -> None:
    """Answer with a problem, without the application."""
    body, kind = _problem_json(status, code, detail), PROBLEM_JSON
    if is_for_people(scope.path) and wants_html(sent := dict(scope.headers.items())):
        body, kind = bare_page(problem_body(status, code, detail), sent).encode(), "text/html; charset=utf-8"
    request_id = request_id_of(scope.headers.get("x-request-id"))
    proto.response_bytes(status, [("content-type", kind), ("x-request-id", request_id), header, *COMMON], body)


@cache
def _problem_json(status: int, code: str, detail: str) -> bytes:
    """Return a problem as it is sent; there are few, and whoever refuses has no time to make each anew."""
    return orjson.dumps(problem_body(status, code, detail))
