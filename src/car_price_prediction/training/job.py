"""A training run from files to a published version: load, train, publish, make the first one current, track."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from car_price_prediction.domain.errors import NoModelError, PackageError, TrackingError
from car_price_prediction.listings.load import load_listings, save_data
from car_price_prediction.listings.loaded import Loaded, LoadOptions
from car_price_prediction.listings.sample import SAMPLE_MARKET_NAME
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.pricing.valuer import Valuer

from .choices import DEFAULT, Choices
from .compare import Stages
from .engine import Engine
from .pipeline import Trainer, TrainOptions
from .runlog import LATER, RunLog, RunLogSettings
from .track import Tracked

NOT_TRACKED = "not logged: MLFLOW_TRACKING_URI is not set"


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
        What was noticed in the files and their listings, for people.
    first : bool
        Whether no usable version answered before: this one does now. Otherwise it is the challenger.
    late : tuple of str
        Earlier versions that were logged only now: MLflow was away when they were trained.
    """

    manifest: Manifest
    package: Path
    data: Path
    tracked: Tracked | None
    untracked: str
    notes: tuple[str, ...]
    first: bool
    late: tuple[str, ...] = ()

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
    settings : RunLogSettings
    stages : Stages
        Told what runs now.
    engine : Engine, optional
        Where the fits run: in threads of this process where not given.
    """

    def __init__(self, settings: RunLogSettings, stages: Stages, engine: Engine | None = None) -> None:
        self._settings, self._stages, self._engine = settings, stages, engine

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
        trainer = Trainer(store, self._stages, engine=self._engine)
        trained = trainer.train(loaded, TrainOptions(_market(loaded), loaded.sample, choices))
        manifest = trained.package.manifest
        # A package that cannot price a typical car must not answer.
        valuer = Valuer(read_contents(trained.package))
        valuer.probe()
        first = not _answers(store)
        if first:
            store.set_current(manifest.version, why=f"trained on {', '.join(s.name for s in manifest.data.sources)}")
        tracked, untracked = self._track(trained.package, valuer)
        late = tuple(self._track_late()) if tracked else ()
        logged = (f"{version} is logged now: MLflow was away when it was trained" for version in late)
        notes = (*loaded.notes, *trained.notes, *logged)
        return Outcome(manifest, trained.package.folder, data, tracked, untracked, notes, first, late)

    def _track(self, package: Package, valuer: Valuer) -> tuple[Tracked | None, str]:
        if self._settings.mlflow_tracking_uri is None:
            return None, NOT_TRACKED
        self._stages.stage("logging to MLflow")
        try:
            return RunLog(self._settings).log(package, valuer), ""
        except TrackingError as error:
            return None, f"not logged: {error.message}; {LATER}"

    def _track_late(self) -> Iterator[str]:
        """Log what earlier trainings could not; what cannot be logged now either goes on waiting."""
        runs = RunLog(self._settings)
        for version, found in runs.log_all(runs.waiting()):
            if isinstance(found, Tracked):
                yield version


def _answers(store: ModelStore) -> bool:
    try:
        store.load(store.current_version())
    except (NoModelError, PackageError):
        return False
    return True


def _market(loaded: Loaded) -> str:
    return SAMPLE_MARKET_NAME if loaded.sample else " + ".join(PurePath(s.name).name for s in loaded.sources[:3])
