"""The process that writes valuations into the database, beside a server's workers."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

log = logging.getLogger(__name__)

PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
LONG_S = 60.0
"""After a process that lived for so long, the next one is started soon."""


class Beside:
    """Keeps it running; it ends when its standard input does, which is when this process has ended, too.

    Parameters
    ----------
    command : sequence of str
    environ : mapping of str to str
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._command, self._environ = list(command), dict(environ)
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="writer", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process, where there is one."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self) -> None:
        """Begin."""
        self._begin()
        self._thread.start()

    def stop(self, wait_s: float) -> None:
        """Let it end by itself, which it does once everything is written; after so long, end it."""
        self._stopping.set()
        with self._lock:
            process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            log.warning("what writes valuations is ended, for it does not end: the rest stays in its files")
            process.kill()
            process.wait()

    def _begin(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            self._process = subprocess.Popen(self._command, env=self._environ, stdin=subprocess.PIPE)

    def _watch(self) -> None:
        pause_s = PAUSE_S
        while not self._stopping.is_set():
            begun = time.monotonic()
            code = self._wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - begun > LONG_S:
                pause_s = PAUSE_S
            log.warning("what writes valuations ended with %s; it is started again in %.0f s", code, pause_s)
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            try:
                self._begin()
            except OSError:
                log.exception("what writes valuations cannot be started")

    def _wait(self) -> int | None:
        process = self._process
        if process is None or process.stdin is None:
            return None
        code = process.wait()
        with suppress(OSError):
            process.stdin.close()
        return code
