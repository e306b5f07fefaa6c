"""Versions told to MLflow: at once where it answers, else later, by the note that each leaves until it is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from car_price_prediction.domain.errors import CarPriceError, TrackingError
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.package.unlogged import Unlogged
from car_price_prediction.pricing.valuer import Valuer

from .record import record_of
from .track import Tracked, track

LATER = "`car-price models register` logs it once MLflow answers, as does the next training"
UNDER_WAY = "it is being logged, or was when its process ended"


class RunLogSettings(Protocol):
    """The settings that logging needs."""

    @property
    def artifacts(self) -> Path:
        """The folder of the packages."""

    @property
    def mlflow_tracking_uri(self) -> str | None:
        """The MLflow server."""

    @property
    def mlflow_experiment(self) -> str:
        """The experiment to log to."""

    @property
    def mlflow_model(self) -> str:
        """The name of the registered model."""


class RunLog:
    """Logs and registers the versions of an artifacts folder, each once.

    Parameters
    ----------
    settings : RunLogSettings

    Raises
    ------
    TrackingError
        Where they name no server.
    """

    def __init__(self, settings: RunLogSettings) -> None:
        if settings.mlflow_tracking_uri is None:
            raise TrackingError("there is no MLflow server to log to", hint="set MLFLOW_TRACKING_URI to its address")
        self._uri = settings.mlflow_tracking_uri
        self._settings, self._store = settings, ModelStore(settings.artifacts)
        self._unlogged = Unlogged(self._store)

    def log(self, package: Package, valuer: Valuer | None = None) -> Tracked:
        """Log one version; one that is registered already stays as it is.

        Until MLflow has all of it, a note says that it is still to be logged, also where this process is killed.

        Raises
        ------
        TrackingError
            Where MLflow does not answer or refuses.
        PackageError
            Where the package is damaged.
        """
        record, settings = record_of(package, valuer), self._settings
        self._unlogged.add(record.version, UNDER_WAY)
        try:
            # Whoever logs the same version meanwhile waits, and then finds it registered.
            with self._unlogged.lock():
                tracked = track(
                    record,
                    tracking_uri=self._uri,
                    experiment=settings.mlflow_experiment,
                    registered_model=settings.mlflow_model,
                )
        except TrackingError as error:
            self._unlogged.add(record.version, error.message)
            raise
        self._unlogged.drop(record.version)
        return tracked

    def waiting(self) -> list[str]:
        """Return the versions that were not logged, or not wholly, when they were trained, oldest first."""
        return self._unlogged.versions()

    def log_all(self, versions: list[str]) -> Iterator[tuple[str, Tracked | CarPriceError]]:
        """Log versions, and yield what came of each."""
        for version in versions:
            try:
                yield version, self.log(self._store.load(version))
            except CarPriceError as error:
                yield version, error
