"""The children of one run: watched together, stopped together in the reverse of the order in which they started."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from car_price_prediction.domain.errors import LocalRunError

from .child import Child, describe_exit
from .signals import StopRequests

POLL_S = 0.1
GRACE_S = 10.0


class StopRequested(Exception):  # noqa: N818 - no error: somebody asked
    """Somebody asked to stop."""


class Children:
    """Starts children and waits without losing sight of any; leaving it stops them all, whatever happened.

    Parameters
    ----------
    requests : StopRequests
        Looked at while waiting.
    environ : mapping of str to str
        The environment of every child.
    grace_s : float
        How long each child may take to stop by itself.

    Attributes
    ----------
    grace_s : float
    """

    def __init__(self, requests: StopRequests, environ: Mapping[str, str], *, grace_s: float = GRACE_S) -> None:
        self._requests = requests
        self._environ = environ
        self.grace_s = grace_s
        self._running: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in reversed(self._running):
            child.stop(grace_s=self.grace_s, hurry=lambda: self._requests.count > 1)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start a child that is to run until the end; one that ends by itself ends the run.

        Parameters
        ----------
        name : str
            For people.
        command : sequence of str
            Program and arguments.
        log : Path, optional
            Gets its output; without one it goes where this program's goes.
        environ : mapping of str to str, optional
            Variables on top of the common ones.
        """
        self._running.append(Child(name, command, environ={**self._environ, **(environ or {})}, log=log))

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a child in the foreground until it ends well.

        Raises
        ------
        LocalRunError
            Where it, or meanwhile another child, fails.
        StopRequested
            Where somebody asked to stop.
        """
        child = Child(name, command, environ=self._environ, stop_signal=signal.SIGINT)
        try:
            self.wait(lambda: child.exit_code is not None)
        finally:
            child.stop(grace_s=self.grace_s, hurry=lambda: self._requests.count > 1)
        if child.exit_code:
            raise LocalRunError(
                f"{name} did not succeed ({describe_exit(child.exit_code)})", hint="the reason stands above"
            )

    def wait(self, done: Callable[[], bool], *, timeout_s: float = float("inf")) -> bool:
        """Wait until something is done; return False where it takes longer than `timeout_s`.

        Raises
        ------
        LocalRunError
            Where a child has ended by itself.
        StopRequested
            Where somebody asked to stop.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            self._look()
            if done():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)

    def stopped(self) -> str:
        """Return the name of a child that somebody stopped with a signal, or ``""``."""
        return next((child.name for child in self._running if child.is_stopped), "")

    def _look(self) -> None:
        if self._requests.count:
            raise StopRequested
        for child in self._running:
            code = child.exit_code
            if code is not None:
                raise LocalRunError(f"{child.name} ended by itself ({describe_exit(code)})", hint=_where_to_look(child))


def _where_to_look(child: Child) -> str:
    last = child.last_line()
    return f"its log is {child.log}" + (f", which ends: {last}" if last else "") if child.log else ""
