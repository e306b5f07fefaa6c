"""The composition root: the only place that reads the environment and builds things out of settings."""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .domain.errors import RegistryError, SettingsError, ValuationsError
from .logs.lines import LogTarget, configure_logs
from .package.contents import read_contents
from .package.store import ModelStore, Package
from .pricing.valuer import Valuer
from .settings import Settings
from .variables import read_settings, written_settings

if TYPE_CHECKING:
    import threading

    from .backtest.faced import Faced
    from .doctor.context import Context
    from .registry.live import Live
    from .registry.model_registry import ModelRegistry
    from .registry.promotion import LifeCycle
    from .registry.sync import Sync
    from .valuations.database import Database

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


def log_target(settings: Settings) -> LogTarget:
    """Return where the settings want log lines to go."""
    return LogTarget(settings.logs, settings.log_max_bytes, settings.log_keep)


def start_logs(settings: Settings) -> None:
    """Send log lines where the settings want them from now on."""
    configure_logs(settings.log_level, log_target(settings))


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

    store, registry = ModelStore(settings.artifacts), model_registry(settings)
    return LifeCycle(store, registry, keep=settings.keep_models, live=partial(_live, settings))


def _live(settings: Settings, challenger: str, champion: str) -> Live:
    """Return what is known of two versions beside each other, by live requests and by sales."""
    from .registry.live import Live  # noqa: PLC0415
    from .shadow.kept import read_tally  # noqa: PLC0415

    return Live(read_tally(settings.artifacts, challenger, champion), _faced(settings, challenger, champion))


def _faced(settings: Settings, challenger: str, champion: str) -> Faced | None:
    """Return who was nearer to sales; None where none are told, or the database does not answer: the rest counts."""
    database = valuations_database(settings)
    if database is None:
        return None
    from .backtest.pairs import pairs_of  # noqa: PLC0415
    from .backtest.score import score  # noqa: PLC0415
    from .valuations.matching import WITHIN_DAYS  # noqa: PLC0415
    from .valuations.outcomes import Outcomes  # noqa: PLC0415

    try:
        found = score(pairs_of(Outcomes(database), WITHIN_DAYS)).faced
    except ValuationsError as error:
        log.warning("what cars sold for is left out: %s", error.message)
        return None
    finally:
        database.close()
    return next((two for two in found if (two.challenger, two.champion) == (challenger, champion)), None)


def follow_champion(settings: Settings, interval_s: float, stop: threading.Event) -> None:
    """Follow the champion of MLflow's registry until the event is set.

    Raises
    ------
    RegistryError
        Where no server is set.
    """
    from .registry.sync import Follower  # noqa: PLC0415

    start_logs(settings)
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
    store, shadow = ModelStore(settings.artifacts), settings.shadow_share > 0
    return Sync(store, registry, keep=settings.keep_models, challenger=shadow)


def valuations_database(settings: Settings, *, writes: bool = False) -> Database | None:
    """Return the database of the kept valuations; None where none is set.

    Parameters
    ----------
    settings : Settings
    writes : bool
        See `valuations.database.Database`.

    Raises
    ------
    SettingsError
        Where its address cannot be one.
    """
    if settings.valuations_url is None:
        return None
    from .valuations.database import Database  # noqa: PLC0415 - SQLAlchemy takes a while

    return Database(settings.valuations_url, settings.artifacts, writes=writes)


def doctor_context(url: str | None) -> Context:
    """Return what `car-price doctor` looks at: this installation, its settings readable or not."""
    from .doctor.context import Context  # noqa: PLC0415

    try:
        settings = settings_from_environment()
        return Context(settings, url=url, registry=model_registry(settings))
    except (SettingsError, RegistryError) as error:
        return Context(read_settings({}), settings_problem=error.message, url=url)
