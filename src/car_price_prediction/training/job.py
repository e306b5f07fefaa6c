"""A training run from files to a published version: load, train, publish, make the first one current, track."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Protocol

from car_price_prediction.domain.errors import NoModelError, PackageError, TrackingError
from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote
from car_price_prediction.listings.load import load_listings, save_data
from car_price_prediction.listings.loaded import Loaded, LoadOptions
from car_price_prediction.listings.sample import SAMPLE_MARKET_NAME
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer

from .choices import DEFAULT, Choices
from .compare import Stages
from .pipeline import Trained, Trainer, TrainOptions
from .track import RunRecord, Tracked, track

NOT_TRACKED = "not logged: MLFLOW_TRACKING_URI is not set"


class JobSettings(Protocol):
    """The settings that a training run needs."""

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training run came to.

    Attributes
    ----------
    manifest : Manifest
    package, data : Path
        Where the model package, and its listings and rejected rows, lie.
    tracked : Tracked or None
        None where the run could not be logged, for `untracked`.
    untracked : str
    notes : tuple of str
        What was noticed in the files, for people.
    first : bool
        Whether no usable version answered before: this one does now. Otherwise it is the challenger.
    """

    manifest: Manifest
    package: Path
    data: Path
    tracked: Tracked | None
    untracked: str
    notes: tuple[str, ...]
    first: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values."""
        manifest = self.manifest
        return {
            "version": manifest.version,
            "candidate": manifest.served.candidate,
            "currency": manifest.market.currency,
            "sample_market": manifest.market.sample,
            "coverage": manifest.coverage,
            "rows_read": manifest.data.rows_read,
            "rows_used": manifest.data.rows_used,
            "rows_rejected": manifest.data.rows_rejected,
            "metrics": manifest.metrics,
            "package": str(self.package),
            "data": str(self.data),
            "tracking": {"url": self.tracked.url if self.tracked else None, "problem": self.untracked or None},
            "notes": list(self.notes),
            "answers": self.first,
        }


class TrainingJob:
    """Runs trainings into one artifacts folder.

    Parameters
    ----------
    settings : JobSettings
    stages : Stages
        Told what runs now.
    """

    def __init__(self, settings: JobSettings, stages: Stages) -> None:
        self._settings, self._stages = settings, stages

    def run(self, files: Sequence[str], options: LoadOptions, choices: Choices = DEFAULT) -> Outcome:
        """Train on files; where no version answers yet, the new one does from then on.

        Raises
        ------
        ListingsError
            Where the files cannot be read, understood or learnt from.
        """
        self._stages.stage("reading listings")
        loaded = load_listings(files, options, self._stages.update)
        data = save_data(loaded, self._settings.artifacts)
        store = ModelStore(self._settings.artifacts)
        trained = Trainer(store, self._stages).train(loaded, TrainOptions(_market(loaded), loaded.sample, choices))
        manifest = trained.package.manifest
        # A package that cannot price a typical car must not answer.
        valuer = Valuer(read_contents(trained.package))
        quote = valuer.probe()
        first = not _answers(store)
        if first:
            store.set_current(manifest.version, why=f"trained on {', '.join(s.name for s in manifest.data.sources)}")
        tracked, untracked = self._track(_record(trained, choices.seed, valuer.typical, quote))
        return Outcome(manifest, trained.package.folder, data, tracked, untracked, loaded.notes, first)

    def _track(self, record: RunRecord) -> tuple[Tracked | None, str]:
        settings = self._settings
        if settings.mlflow_tracking_uri is None:
            return None, NOT_TRACKED
        self._stages.stage("logging to MLflow")
        try:
            tracked = track(
                record,
                tracking_uri=settings.mlflow_tracking_uri,
                experiment=settings.mlflow_experiment,
                registered_model=settings.mlflow_model,
            )
        except TrackingError as error:
            return None, f"not logged: {error.message}"
        return tracked, ""


def _answers(store: ModelStore) -> bool:
    try:
        store.load(store.current_version())
    except (NoModelError, PackageError):
        return False
    return True


def _market(loaded: Loaded) -> str:
    return SAMPLE_MARKET_NAME if loaded.sample else " + ".join(PurePath(s.name).name for s in loaded.sources[:3])


def _record(trained: Trained, seed: int, listing: Listing, quote: Quote) -> RunRecord:
    manifest = trained.package.manifest
    return RunRecord(
        version=manifest.version,
        package=trained.package.folder,
        params=_params(manifest, seed),
        metrics=manifest.metrics,
        tags={
            "data_fingerprint": manifest.data.fingerprint,
            "sample_market": str(manifest.market.sample).lower(),
            "currency": manifest.market.currency or "",
            "market": manifest.market.name,
        },
        candidates=[{"name": row.name, "not_served": row.not_served, **row.metrics} for row in trained.compared.table],
        input_example=dict(listing),
        output_example=quote.as_dict(),
    )


def _params(manifest: Manifest, seed: int) -> Mapping[str, str | int | float]:
    return {
        "candidate": manifest.served.candidate,
        "trees": manifest.served.trees,
        "members": json.dumps(manifest.served.members),
        "monotone": str(manifest.served.monotone).lower(),
        "budget": manifest.served.budget,
        "features": ",".join(manifest.served.features),
        "coverage": manifest.coverage,
        "seed": seed,
        "rows_used": manifest.data.rows_used,
        "rows_rejected": manifest.data.rows_rejected,
    }
