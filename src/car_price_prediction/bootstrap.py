"""The composition root: the only place that reads the environment and builds things out of settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .domain.errors import RegistryError, SettingsError
from .logs.lines import LogTarget, configure_logs
from .package.contents import read_contents
from .package.store import ModelStore, Package
from .pricing.valuer import Valuer
from .settings import Settings, read_settings, written_settings

if TYPE_CHECKING:
    import threading

    from .doctor.context import Context
    from .registry.model_registry import ModelRegistry
    from .registry.promotion import LifeCycle
    from .registry.sync import Sync
    from .valuations.database import Database


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


def log_target(settings: Settings) -> LogTarget:
    """Return where the settings want log lines to go."""
    return LogTarget(settings.logs, settings.log_max_bytes, settings.log_keep)


def current_valuer(artifacts: Path, version: str | None = None) -> Valuer:
    """Return the valuer of the current model of an artifacts folder, or of the version that is named.

    Raises
    ------
    NoModelError
        Where there is none yet.
    PackageError
        Where it is damaged, or there is no such version.
    """
    return Valuer(read_contents(current_package(artifacts, version)))


def current_package(artifacts: Path, version: str | None = None) -> Package:
    """Return the current model's package of an artifacts folder, or that of the version that is named.

    Raises
    ------
    NoModelError
        Where there is none yet.
    PackageError
        Where it is damaged, or there is no such version.
    """
    store = ModelStore(artifacts)
    return store.load(version or store.current_version())


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


def valuations_database(settings: Settings) -> Database | None:
    """Return the database of the kept valuations; None where none is set.

    Raises
    ------
    SettingsError
        Where its address cannot be one.
    """
    if settings.valuations_url is None:
        return None
    from .valuations.database import Database  # noqa: PLC0415 - SQLAlchemy takes a while

    return Database(settings.valuations_url, settings.artifacts)


def doctor_context(url: str | None) -> Context:
    """Return what `car-price doctor` looks at: this installation, its settings readable or not."""
    from .doctor.context import Context  # noqa: PLC0415

    try:
        settings = settings_from_environment()
        return Context(settings, url=url, registry=model_registry(settings))
    except (SettingsError, RegistryError) as error:
        return Context(read_settings({}), settings_problem=error.message, url=url)
