"""The composition root: the only place that reads the environment and builds things out of settings."""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .logs import configure_logs
from .package.contents import read_contents
from .package.store import ModelStore
from .pricing.valuer import Valuer
from .settings import Settings, read_settings, written_settings

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)


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


def web_application(settings: Settings) -> Flask:
    """Return the web application, with a model holder of its own that follows the artifacts folder.

    Called in each worker process: nothing of a model is loaded before.
    """
    from .pricing.holder import ModelHolder  # noqa: PLC0415 - `car-price price` does not wait for Flask
    from .web.app import create_app  # noqa: PLC0415

    configure_logs(settings.log_level)
    holder = ModelHolder(ModelStore(settings.artifacts), settings.reload_s)
    holder.start()
    return create_app(holder, max_body_bytes=settings.max_body_bytes, max_batch=settings.max_batch)


def serve_web(settings: Settings) -> None:
    """Serve the API and the page until SIGTERM or SIGINT."""
    from .web.app import create_app  # noqa: F401, PLC0415 - imported before the fork, the workers start at once
    from .web.server import run_server  # noqa: PLC0415

    configure_logs(settings.log_level)
    address = f"http://{settings.host}:{settings.port}/"
    run_server(
        partial(web_application, settings),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        threads=settings.threads,
        on_start=lambda: log.info("listening on %s", address, extra={"data": {"artifacts": str(settings.artifacts)}}),
    )
