"""JSON lines, and where they go."""

from __future__ import annotations

import json
import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakSet

import orjson

from .shared_file import SharedFile

LOG_FILE = "running_logs.log"
LOGGER = "car_price_prediction"
WAIT_S, MOST_WAITING = 0.05, 256
"""So long, and so many lines, wait at most."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and whatever the call gave as ``extra={"data": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


_handlers: WeakSet[LinesHandler] = WeakSet()


Line: TypeAlias = tuple[float, int, str, str, Mapping[str, Any]]
"""What `LinesHandler.write` takes, after when that was; put into words when it is written, beside others."""


class _Seconds(dict[int, str]):
    """A second since 1970 in words; the last one alone is remembered."""

    def __missing__(self, second: int) -> str:
        words = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        self.clear()
        self[second] = words
        return words


_seconds = _Seconds()


def _bytes_of(line: bytes | Line) -> bytes:
    if isinstance(line, bytes):
        return line
    at, level, logger, message, values = line
    second = int(at)
    time_told = f"{_seconds[second]}.{int((at - second) * 1000):03}+00:00"
    told = {"time": time_told, "level": logging.getLevelName(level), "logger": logger, "message": message, **values}
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE, default=str)


class LinesHandler(logging.Handler):
    """Writes records, and lines of plain values, to standard output and to a file.

    Records are written at once, with what waits before them. Lines wait for `WAIT_S` at most, and go together: to write
    each by itself takes as long as half a price, for what a system call drives out of the processor's caches too. A
    process that is killed outright takes those of its last moments with it, and the requests that it was answering.

    Parameters
    ----------
    file : SharedFile or None
    to_output : bool
        Whether standard output gets them too.
    """

    def __init__(self, file: SharedFile | None, *, to_output: bool) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self._file, self._to_output = file, to_output
        self._renew()
        _handlers.add(self)

    def _renew(self) -> None:
        """Begin, or begin again in a child process: its parent writes what waits, and may hold the lock for ever."""
        self._waiting: deque[bytes | Line] = deque()
        self._flushing, self._ended = threading.Lock(), threading.Event()
        self._flusher: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            self._waiting.append(self.format(record).encode(errors="backslashreplace") + b"\n")
            self.flush()
        except Exception:  # noqa: BLE001 - a record that cannot be written must not fail what it is about
            self.handleError(record)

    def write(self, level: int, logger: str, message: str, values: Mapping[str, Any]) -> None:
        """Write a line as a record would be, in much less time; soon, or from a warning on at once.

        Parameters
        ----------
        level : int
        logger, message : str
        values : mapping of str to object
            Not changed afterwards.
        """
        self._waiting.append((time.time(), level, logger, message, values))
        if level >= logging.WARNING or len(self._waiting) >= MOST_WAITING or self._ended.is_set():
            self.flush()
        elif self._flusher is None:
            self._begin_to_flush()

    def flush(self) -> None:
        """Write what waits."""
        with self._flushing:
            lines = [_bytes_of(self._waiting.popleft()) for _ in range(len(self._waiting))]
            if not lines:
                return
            if self._file is not None:
                for block in _blocks(lines, self._file.max_bytes):
                    self._file.write(block)
            # A pipe that other processes write to keeps so much together.
            for block in _blocks(lines, select.PIPE_BUF) if self._to_output else ():
                with suppress(OSError, ValueError):
                    os.write(sys.stdout.fileno(), block)

    def close(self) -> None:
        """Write what waits, and end the thread that does; what is written later is written by itself."""
        self._ended.set()
        self.flush()
        super().close()

    def _begin_to_flush(self) -> None:
        with self._flushing:
            if self._flusher is not None:
                return
            flusher = threading.Thread(target=self._flush_on, args=(self._ended,), name="log", daemon=True)
            try:
                flusher.start()
            except RuntimeError:  # no thread is to be had now
                pass
            else:
                self._flusher = flusher
                return
        self.flush()

    def _flush_on(self, ended: threading.Event) -> None:
        while not ended.wait(WAIT_S):
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001 - whatever it was, later lines are not to wait for ever
                sys.stderr.write(f"lines of the log are lost: {error!r}\n")


def _blocks(lines: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Put lines together to blocks of at most so many bytes; a longer line is a block of its own."""
    block: list[bytes] = []
    size = 0
    for line in lines:
        if block and size + len(line) > most:
            yield b"".join(block)
            block, size = [], 0
        block.append(line)
        size += len(line)
    yield b"".join(block)


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Where lines go: standard output, and ``running_logs.log`` in a folder.

    Attributes
    ----------
    folder : Path
    max_bytes, keep : int
        As `SharedFile` takes them.
    """

    folder: Path
    max_bytes: int
    keep: int

    def handler(self) -> LinesHandler:
        """Return a new handler, for one process; where the folder cannot be written, for standard output alone."""
        path = self.folder / LOG_FILE
        try:
            file = SharedFile(path, max_bytes=self.max_bytes, keep=self.keep)
        except OSError as error:
            handler = LinesHandler(None, to_output=True)
            reason = (error.strerror or str(error)).lower()
            handler.write(logging.WARNING, LOGGER, f"no log is written to {path}: {reason}", {})
            return handler
        return LinesHandler(file, to_output=not _is_output(path))


def configure_logs(level: str, target: LogTarget) -> LinesHandler:
    """Send this program's records to a target from now on, and return the handler that does."""
    handler = target.handler()
    logger = logging.getLogger(LOGGER)
    for old in logger.handlers:
        old.close()
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False
    return handler


def flush_logs() -> None:
    """Write what waits in this process; called where it ends without telling `logging`, as worker processes do."""
    for handler in logging.getLogger(LOGGER).handlers:
        handler.flush()


def _renew_all() -> None:
    for handler in _handlers:
        handler._renew()


os.register_at_fork(after_in_child=_renew_all)


def _is_output(path: Path) -> bool:
    """Whether standard output goes into this very file, as where `car-price run` started this process."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), path.stat())
    except (OSError, ValueError):
        return False
