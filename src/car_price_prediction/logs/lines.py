"""JSON lines, and where they go."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from .shared_file import SharedFile

LOG_FILE = "running_logs.log"
LOGGER = "car_price_prediction"


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


class LinesHandler(logging.Handler):
    """Writes records, and lines of plain values, to standard output and to a file.

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

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            self._write(self.format(record).encode(errors="backslashreplace") + b"\n")
        except Exception:  # noqa: BLE001 - a record that cannot be written must not fail what it is about
            self.handleError(record)

    def write(self, level: int, logger: str, message: str, values: Mapping[str, Any]) -> None:
        """Write a line as a record would be, in about half the time."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"time": now, "level": logging.getLevelName(level), "logger": logger, "message": message, **values}
        self._write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def _write(self, line: bytes) -> None:
        if self._file is not None:
            self._file.write(line)
        if self._to_output:
            with suppress(OSError, ValueError):
                os.write(sys.stdout.fileno(), line)


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


def _is_output(path: Path) -> bool:
    """Whether standard output goes into this very file, as where `car-price run` started this process."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), path.stat())
    except (OSError, ValueError):
        return False
