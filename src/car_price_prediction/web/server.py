"""The production server: worker processes that each build the application for themselves."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from .guard import Guard
from .workers import Workers

PARENT_POLL_S = 0.5
STOP_S = 8
"""Requests under way may take so long after the server stopped listening; then their worker is killed."""
CONNECTIONS = 16_384
"""Connections of one worker; beyond, new ones wait until others are closed. Each takes a few kilobytes."""
HEADERS_S = 30
"""A request's line and headers must arrive within so many seconds; a connection without a request is kept as long."""
HEADER_BYTES = 65_536

Load = Callable[[Callable[[], bool]], Guard]
"""Makes the application, of a function that tells whether the server is about to stop."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server listens and stops.

    Attributes
    ----------
    host, port : str and int
        What to listen on.
    workers : int
        Processes.
    stop_wait_s : float
        How long to go on after SIGTERM, no longer ready, until whoever sends requests here has noticed.
    """

    host: str
    port: int
    workers: int
    stop_wait_s: float


def run_server(
    load: Load, options: ServerOptions, *, handler: Callable[[], logging.Handler], on_start: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT.

    Parameters
    ----------
    load : callable
        Called once in each worker process, never in this one: a booster does not survive a fork. It must be picklable
        where processes are spawned instead of forked.
    options : ServerOptions
    handler : callable
        Called in each process, for what writes the server's own records.
    on_start : callable
        Called when the port is open.

    Raises
    ------
    SystemExit
        Where a worker cannot start, or dies again and again.
    """
    server = Workers(
        "the application",
        address=options.host,
        port=options.port,
        interface=Interfaces.RSGI,
        workers=options.workers,
        backpressure=CONNECTIONS,
        # HTTP/2 without TLS is a second way around a proxy, and no client of ours speaks it.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_S * 1_000, max_buffer_size=HEADER_BYTES),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_logs(handler),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
    )
    stopping = multiprocessing.RawValue("b", 0)
    server.on_startup(on_start)
    server.on_startup(partial(_wait_before_stop, stopping, options.stop_wait_s))
    loader: Callable[..., Any] = partial(_load_in_worker, load, stopping, os.getpid())
    # What is here now lives as long as the server. A collector that looked at it in a worker would write to its pages,
    # which workers share until one of them does.
    gc.freeze()
    server.serve(target_loader=loader, wrap_loader=False)


def _wait_before_stop(stopping: Any, wait_s: float) -> None:
    """Let SIGTERM say that this server is not ready, and stop it after a while; a second one, or SIGINT, at once."""
    stop = signal.getsignal(signal.SIGTERM)
    assert callable(stop), "the server handles its signals by now"

    def wait(number: int, frame: Any) -> None:
        if stopping.value or not wait_s:
            stop(number, frame)
        stopping.value = 1
        later = threading.Timer(wait_s, stop, (number, None))
        later.daemon = True
        later.start()

    signal.signal(signal.SIGTERM, wait)


def _logs(handler: Callable[[], logging.Handler]) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"lines": {"()": handler}},
        "loggers": {"_granian": {"handlers": ["lines"], "propagate": False}},
    }


def _load_in_worker(load: Load, stopping: Any, parent: int) -> Guard:
    threading.Thread(target=_stop_with, args=(parent,), name="parent-watch", daemon=True).start()
    return load(lambda: bool(stopping.value))


def _stop_with(parent: int) -> None:
    """Stop this worker when its parent was killed outright: it would hold the port against the next start."""
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_S)
    while True:  # one that begins just now does not listen to the first
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PARENT_POLL_S)
