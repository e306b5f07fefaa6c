"""A server that is watched from outside of itself, and ended when it does not answer, for others to start it anew.

A restart policy acts on a process that exits; a server that hangs, is stopped or is locked up does not. This one does
not try to restart it in place: whoever started this program (Docker, systemd) does, with everything fresh, and counts.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from car_price_prediction.domain.errors import LocalRunError

from .child import is_stopped
from .children import Children, StopRequested
from .ports import reachable_host
from .probe import ask
from .signals import StopRequests

log = logging.getLogger(__name__)

FAILURES = 3
TIMEOUT_S = 5.0
PROBES_PER_WORKER = 4
"""Workers share one port: so many questions reach each that takes them almost surely, within a few checks. One that was
stopped takes none, and is seen by its state."""
STARTING_S = 1.0
HUNG_GRACE_S = 1.0
"""What did not answer three times is not waited for."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is asked, and how often.

    Attributes
    ----------
    host, port : str and int
        As the server listens.
    workers : int
        How many processes answer there.
    interval_s : float
        Between the starts of two checks.
    start_s : float
        A server that has never answered may fail for so long after its start.
    """

    host: str
    port: int
    workers: int
    interval_s: float
    start_s: float

    def problem(self) -> str:
        """Ask the server for its state, and return what is wrong with it, or ``""``.

        That there is no model is nothing that a restart could mend, so nothing wrong here.
        """
        host, timeout_s = reachable_host(self.host), min(TIMEOUT_S, self.interval_s)
        for _ in range(PROBES_PER_WORKER * self.workers if self.workers > 1 else 1):
            state = ask(host, self.port, "/info/status", timeout_s=timeout_s)
            if not state.works:
                return state.reason or (f"it answers {state.code}" if state.code else "it does not answer")
        return ""


def supervise(
    command: Sequence[str],
    environ: Mapping[str, str],
    watch: Watch,
    beside: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Run a server until somebody asks to stop.

    Parameters
    ----------
    command : sequence of str
        Of the server.
    environ : mapping of str to str
        Its environment.
    watch : Watch
    beside : mapping of str to sequence of str, optional
        What runs beside the server, by its name for people.

    Raises
    ------
    LocalRunError
        Where the server or what runs beside it ended by itself, or the server failed three checks in a row; by then
        nothing of them is left.
    """
    with StopRequests() as requests:
        try:
            with Children(requests, environ) as children:
                for name, other in beside.items():
                    children.start(name, other)
                children.start("the API", command)
                _watch(children, watch)
        except StopRequested:
            log.info("stopped as asked")
        except LocalRunError as error:
            log.error("ending, to be started anew: %s", error.message)  # noqa: TRY400 - the message says it all
            raise


def wake_supervisors(processes: Path = Path("/proc")) -> list[int]:
    """Let supervisors go on that somebody stopped, for nobody else watches the server, and return their ids.

    A container's health check calls it; that is started from outside of the container.
    """
    found = [int(entry.name) for entry in processes.glob("[0-9]*") if _is_supervisor(entry / "cmdline")]
    stopped = [pid for pid in found if is_stopped(pid)]
    for pid in stopped:
        with suppress(OSError):
            os.kill(pid, signal.SIGCONT)
    return stopped


def _is_supervisor(command_line: Path) -> bool:
    try:
        words = command_line.read_bytes().split(b"\0")
    except OSError:
        return False
    # Each word ends in a zero byte, the last one too.
    words = [word for word in words[:-1] if not word.startswith(b"--")]
    return len(words) > 1 and words[-1] == b"supervise" and words[-2].endswith(b"/car-price")


def _watch(children: Children, watch: Watch) -> None:
    started = due = time.monotonic()
    answered, failures = False, 0
    while failures < FAILURES:
        # Often at first: until it has answered, a server that hangs cannot be told from one that starts slowly.
        due = max(due + (watch.interval_s if answered else min(STARTING_S, watch.interval_s)), time.monotonic())
        children.wait(lambda due=due: time.monotonic() >= due)  # type: ignore[misc]
        problem = watch.problem() or ("its main process is stopped" if children.stopped() else "")
        if not problem:
            answered, failures = True, 0
        elif answered or time.monotonic() - started > watch.start_s:
            failures += 1
            log.warning("check %d of %d failed: %s", failures, FAILURES, problem)
    children.grace_s = HUNG_GRACE_S
    raise LocalRunError(f"the API failed {FAILURES} checks in a row: {problem}", hint="the log says what it did before")
