"""One child process with all of its descendants: started in a group of its own, stopped as a group."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

POLL_S = 0.05
LARGE_LOG_BYTES = 10_000_000


class Child:
    """A running child process.

    Parameters
    ----------
    name : str
        For people.
    command : sequence of str
        Program and arguments.
    environ : mapping of str to str
        Its whole environment.
    log : Path, optional
        Gets its output, appended. Without one it writes to this process's terminal.
    stop_signal : signal.Signals
        Asks it to stop: SIGTERM for a server, SIGINT for a command that tidies up after Ctrl-C.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        log: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._stop_signal = stop_signal
        output = _open_log(log) if log else None
        try:
            # A session of its own: Ctrl-C at the terminal reaches this program alone, which then stops all in order.
            self._process = subprocess.Popen(
                list(command),
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                start_new_session=True,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - this program has one thread
            )
        finally:
            if output is not None:
                os.close(output)

    @property
    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def is_stopped(self) -> bool:
        """Whether a signal stopped it, or a process that it started: it runs no further (told on Linux alone)."""
        return any(map(is_stopped, (self._process.pid, *_children_of(self._process.pid))))

    def stop(self, *, grace_s: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Stop it and every descendant: ask, wait, ask the group, then kill what is left.

        Parameters
        ----------
        grace_s : float
            How long it may take to finish what it does.
        hurry : callable
            Ends the wait early where it returns true.
        """
        if self.exit_code is None:
            self._process.send_signal(self._stop_signal)
            _wait(lambda: self.exit_code is not None, grace_s, hurry)
        if self._signal_group(signal.SIGTERM):
            _wait(lambda: self.exit_code is not None and not self._signal_group(0), min(grace_s, 3.0), hurry)
            self._signal_group(signal.SIGKILL)
        self._process.wait()

    def last_line(self) -> str:
        """Return the last line of its log, or ``""``."""
        if self.log is None:
            return ""
        with suppress(OSError):
            lines = self.log.read_bytes()[-4_000:].decode(errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""

    def _signal_group(self, number: int) -> bool:
        """Send a signal to the group; return whether anyone was there."""
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS says "not permitted" of a group of zombies
            return False
        return True


def is_stopped(pid: int) -> bool:
    """Whether somebody stopped a process with a signal (told on Linux alone)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "T"


def _children_of(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in found.split()]


def describe_exit(code: int) -> str:
    """Return an exit code in words.

    Examples
    --------
    >>> describe_exit(3)
    'exit code 3'
    >>> describe_exit(-9)
    'killed by SIGKILL'
    """
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"


def _wait(done: Callable[[], bool], seconds: float, hurry: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not done() and not hurry() and time.monotonic() < deadline:
        time.sleep(POLL_S)


def _open_log(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGE_LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)


def _die_with_parent() -> Callable[[], object] | None:
    """Return what makes a child end should this program be killed outright, where the system can (Linux)."""
    if sys.platform != "linux":
        return None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_parent_death_signal, signal.SIGTERM)
