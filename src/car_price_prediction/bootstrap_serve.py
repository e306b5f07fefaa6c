"""Runs the servers of the web application: its workers, and the process that watches them."""

from __future__ import annotations

import logging
from functools import partial

from .bootstrap import champion_sync, environment_with, log_target
from .bootstrap_behind import answers_written
from .bootstrap_web import guarded_application, numbers_folder
from .logs.lines import configure_logs
from .settings import Settings
from .web.numbers_folder import prepare_folder, remove_folder

log = logging.getLogger(__name__)


def serve_web(settings: Settings) -> None:
    """Serve the API and the page until SIGTERM or SIGINT."""
    numbers = numbers_folder(settings)
    if settings.metrics != "off":
        prepare_folder(numbers)
    from .web.app import create_app  # noqa: F401, PLC0415 - imported before the fork, the workers start at once
    from .web.rendering import compile_templates  # noqa: PLC0415
    from .web.server import ServerOptions, run_server  # noqa: PLC0415

    compile_templates()
    target = log_target(settings)
    configure_logs(settings.log_level, target)
    address = f"http://{settings.host}:{settings.port}/"
    options = ServerOptions(settings.host, settings.port, settings.workers, settings.stop_wait_s)
    try:
        with answers_written(settings):
            run_server(
                partial(guarded_application, settings),
                options,
                handler=target.handler,
                on_start=lambda: log.info(
                    "listening on %s", address, extra={"data": {"artifacts": str(settings.artifacts)}}
                ),
            )
    finally:
        if settings.metrics != "off":
            remove_folder(numbers)


def supervise_web(settings: Settings, *, follow: bool = False) -> None:
    """Keep a server of the API in a process of its own until SIGTERM or SIGINT, or until it must be restarted.

    Parameters
    ----------
    settings : Settings
    follow : bool
        Follow MLflow's champion beside it, in another process.

    Raises
    ------
    LocalRunError
        Where it ended, or did not answer three times in a row: whoever started this starts it again.
    RegistryError
        Where there is no server to follow.
    """
    from .local.plan import OURS  # noqa: PLC0415 - only here
    from .local.supervise import Watch, supervise  # noqa: PLC0415

    configure_logs(settings.log_level, log_target(settings))
    watch = Watch(settings.host, settings.port, settings.workers, settings.health_interval_s, settings.health_start_s)
    if follow:
        champion_sync(settings)  # refused at once, rather than by a process that ends again and again
    beside = {"what follows the champion": (*OURS, "models", "sync", "--follow")} if follow else {}
    supervise((*OURS, "serve"), environment_with(settings), watch, beside)
