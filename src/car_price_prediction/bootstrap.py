"""The composition root: the only place that reads the environment and builds things out of settings."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .domain.errors import RegistryError, SettingsError
from .logs.lines import LinesHandler, LogTarget, configure_logs
from .package.contents import read_contents
from .package.store import ModelStore
from .pricing.valuer import Valuer
from .settings import Settings, read_settings, written_settings

if TYPE_CHECKING:
    import threading

    from flask import Flask

    from .doctor.context import Context
    from .registry.model_registry import ModelRegistry
    from .registry.promotion import LifeCycle
    from .registry.sync import Sync
    from .web.guard import Guard

log = logging.getLogger(__name__)

REQUESTS = "car_price_prediction.requests"
"""Names the log lines that requests leave."""


def settings_from_environment() -> Settings:
    """Read the settings from this process's environment.

    Raises
    ------
    SettingsError
        Where a variable is unknown or cannot be used.
    """
    return read_settings(os.environ)


def environment_with(settings: Settings) -> dict[str, str]:
    """Return this process's environment with exactly these settings in it, for a child process to read."""
    return written_settings(settings, os.environ)


def current_valuer(artifacts: Path, version: str | None = None) -> Valuer:
    """Return the valuer of the current model of an artifacts folder, or of the version that is named.

    Raises
    ------
    NoModelError
        Where there is none yet.
    PackageError
        Where it is damaged, or there is no such version.
    """
    store = ModelStore(artifacts)
    return Valuer(read_contents(store.load(version or store.current_version())))


def model_registry(settings: Settings) -> ModelRegistry | None:
    """Return the registry of the MLflow server that the settings name; None where they name no server.

    Raises
    ------
    RegistryError
        Where the server's address cannot be one.
    """
    from .registry.mlflow_registry import MlflowRegistry  # noqa: PLC0415 - `car-price price` does not wait for it

    uri = settings.mlflow_tracking_uri
    return MlflowRegistry(uri, settings.mlflow_model) if uri and uri.startswith(("http://", "https://")) else None


def life_cycle(settings: Settings) -> LifeCycle:
    """Return the life cycle of the versions in the artifacts folder."""
    from .registry.promotion import LifeCycle  # noqa: PLC0415

    return LifeCycle(ModelStore(settings.artifacts), model_registry(settings), keep=settings.keep_models)


def follow_champion(settings: Settings, interval_s: float, stop: threading.Event) -> None:
    """Follow the champion of MLflow's registry until the event is set.

    Raises
    ------
    RegistryError
        Where no server is set.
    """
    from .registry.sync import Follower  # noqa: PLC0415

    configure_logs(settings.log_level, log_target(settings))
    Follower(champion_sync(settings), interval_s, settings.heartbeat, stop).run()


def champion_sync(settings: Settings) -> Sync:
    """Return what brings the artifacts folder in step with MLflow's registry.

    Raises
    ------
    RegistryError
        Where no server is set.
    """
    from .registry.sync import Sync  # noqa: PLC0415

    registry = model_registry(settings)
    if registry is None:
        raise RegistryError(
            "there is no MLflow server to follow", hint="set MLFLOW_TRACKING_URI to its http:// or https:// address"
        )
    return Sync(ModelStore(settings.artifacts), registry, keep=settings.keep_models)


def doctor_context(url: str | None) -> Context:
    """Return what `car-price doctor` looks at: this installation, its settings readable or not."""
    from .doctor.context import Context  # noqa: PLC0415

    try:
        settings = settings_from_environment()
        return Context(settings, url=url, registry=model_registry(settings))
    except (SettingsError, RegistryError) as error:
        return Context(read_settings({}), settings_problem=error.message, url=url)


def web_application(settings: Settings, stopping: Callable[[], bool] = lambda: False) -> Flask:
    """Return the web application, with a model holder of its own that follows the artifacts folder.

    Called in each worker process: nothing of a model is loaded before.
    """
    from .pricing.holder import ModelHolder  # noqa: PLC0415 - `car-price price` does not wait for Flask
    from .web.app import create_app  # noqa: PLC0415
    from .web.rates import Rates  # noqa: PLC0415

    lines = configure_logs(settings.log_level, log_target(settings))
    holder = ModelHolder(ModelStore(settings.artifacts), settings.reload_s)
    holder.start()
    return create_app(
        holder,
        max_body_bytes=settings.max_body_bytes,
        max_batch=settings.max_batch,
        log=partial(_write_request, lines, logging.getLevelNamesMapping()[settings.log_level]),
        stopping=stopping,
        rates=Rates(settings.rate_limit, settings.rate_storage),
        trusted_proxies=settings.trusted_proxies,
    )


def guarded_application(settings: Settings, stopping: Callable[[], bool]) -> Guard:
    """Return the web application behind what bounds the work that it takes on, for one worker process."""
    from .web.guard import Guard, Limits  # noqa: PLC0415

    limits = Limits(settings.max_waiting, settings.body_timeout_s, settings.max_body_bytes)
    return Guard(web_application(settings, stopping), limits, threads=settings.threads, stopping=stopping)


def _write_request(lines: LinesHandler, least: int, level: int, message: str, values: Mapping[str, Any]) -> None:
    if level >= least:
        lines.write(level, REQUESTS, message, values)


def log_target(settings: Settings) -> LogTarget:
    """Return where the settings want log lines to go."""
    return LogTarget(settings.logs, settings.log_max_bytes, settings.log_keep)


def serve_web(settings: Settings) -> None:
    """Serve the API and the page until SIGTERM or SIGINT."""
    from .web.app import create_app  # noqa: F401, PLC0415 - imported before the fork, the workers start at once
    from .web.server import ServerOptions, run_server  # noqa: PLC0415

    target = log_target(settings)
    configure_logs(settings.log_level, target)
    address = f"http://{settings.host}:{settings.port}/"
    options = ServerOptions(settings.host, settings.port, settings.workers, settings.stop_wait_s)
    run_server(
        partial(guarded_application, settings),
        options,
        handler=target.handler,
        on_start=lambda: log.info("listening on %s", address, extra={"data": {"artifacts": str(settings.artifacts)}}),
    )


def supervise_web(settings: Settings) -> None:
    """Keep a server of the API in a process of its own until SIGTERM or SIGINT, or until it must be restarted.

    Raises
    ------
    LocalRunError
        Where it ended, or did not answer three times in a row: whoever started this starts it again.
    """
    from .local.plan import OURS  # noqa: PLC0415 - only here
    from .local.supervise import Watch, supervise  # noqa: PLC0415

    configure_logs(settings.log_level, log_target(settings))
    watch = Watch(settings.host, settings.port, settings.workers, settings.health_interval_s, settings.health_start_s)
    supervise((*OURS, "serve"), environment_with(settings), watch)
