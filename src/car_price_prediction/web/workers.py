"""Worker processes behind one listening socket, which outlives each of them."""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections import defaultdict, deque
from typing import Any

from granian.net import SocketSpec  # type: ignore[attr-defined]
from granian.server.mp import MPServer

log = logging.getLogger(__name__)

MOST_KILLED, KILLED_WITHIN_S = 20, 10.0
MOST_FAILED, FAILED_WITHIN_S = 3, 60.0
"""A worker that was killed, or failed by itself, so often within so many seconds is not replaced once more: the server
ends."""
KILLED = (-signal.SIGKILL, -signal.SIGTERM)
"""The ends that somebody else made."""


class Workers(MPServer):
    """Granian's processes, which take connections from one queue.

    On Linux, Granian opens a socket in each worker, and the system deals connections out between them as they come. One
    that was dealt to a worker is reset when that is killed before it took it, and where all were killed nobody listens
    until others have started. Here the parent holds the one socket, as Granian does it on other systems and for sockets
    of files: a connection waits until a worker is there, and goes to one that has time.

    And a worker may be killed soon after it took the place of another; Granian takes that for a crash loop and ends.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._killed: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_KILLED))
        self._failed: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_FAILED))

    def _init_shared_socket(self) -> None:
        holder = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        held = socket.socket(fileno=holder.get_fd())
        held.set_inheritable(True)
        self.__dict__.update(_shd=holder, _sfd=held.fileno(), _ssp=None, _sso=held)

    def _respawn_workers(self, workers: list[int], *args: Any, **options: Any) -> None:
        if any(self._too_often(worker) for worker in workers):
            self.interrupt_children.extend(workers)  # ends with an error
            self.interrupt_signal = True
            self.main_loop_interrupt.set()
            return
        super()._respawn_workers(workers, *args, **options)
        self.respawned_wrks.clear()
        if self.interrupt_children:  # died while Granian forgot those that it replaces
            self.main_loop_interrupt.set()

    def _too_often(self, worker: int) -> bool:
        code, now = self.wrks[worker].inner.exitcode, time.monotonic()
        if code is None:  # it lives, and is renewed as somebody asked
            return False
        ends, within_s = (self._killed, KILLED_WITHIN_S) if code in KILLED else (self._failed, FAILED_WITHIN_S)
        ended = ends[worker]
        ended.append(now)
        if len(ended) < (ended.maxlen or 0) or now - ended[0] > within_s:
            return False
        message = "the server ends: worker %d died %d times within %.0f s, at last with exit code %d"
        log.error(message, worker + 1, len(ended), now - ended[0], code)
        return True
