"""The production server: worker processes that each build the application for themselves."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from .headers import WSGI

PARENT_POLL_S = 0.5
STOP_S = 8
"""Requests under way may take so long after SIGTERM; then their worker is killed."""


def run_server(
    load: Callable[[], WSGI],
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    handler: Callable[[], logging.Handler],
    on_start: Callable[[], None],
) -> None:
    """Serve until SIGTERM or SIGINT.

    Parameters
    ----------
    load : callable
        Called once in each worker process, never in this one: a booster does not survive a fork. It must be picklable
        where processes are spawned instead of forked.
    host, port : str and int
        What to listen on.
    workers, threads : int
        Processes, and threads that answer requests in each.
    handler : callable
        Called in each process, for what writes the server's own records.
    on_start : callable
        Called when the port is open.

    Raises
    ------
    SystemExit
        Where a worker cannot start, or dies again and again.
    """
    server = Granian(
        "the application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # HTTP/2 without TLS is a second way around a proxy, and no client of ours speaks it.
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        log_dictconfig=_logs(handler),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
    )
    server.on_startup(on_start)
    server.serve(target_loader=partial(_load_in_worker, load, os.getpid()), wrap_loader=False)


def _logs(handler: Callable[[], logging.Handler]) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"lines": {"()": handler}},
        "loggers": {"_granian": {"handlers": ["lines"], "propagate": False}},
    }


def _load_in_worker(load: Callable[[], WSGI], parent: int) -> WSGI:
    threading.Thread(target=_stop_with, args=(parent,), name="parent-watch", daemon=True).start()
    return load()


def _stop_with(parent: int) -> None:
    """Stop this worker when its parent was killed outright: it would hold the port against the next start."""
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)
