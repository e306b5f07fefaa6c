"""Retraining: look, tell what is new, hold it against the champion, train, ask the gate, report."""

from __future__ import annotations

import logging
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from car_price_prediction.domain.errors import CarPriceError
from car_price_prediction.package.retrained import FOLDER
from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry.promotion import LifeCycle
from car_price_prediction.training.compare import Stages
from car_price_prediction.training.job import TrainingJob
from car_price_prediction.training.runlog import RunLogSettings

from .report import Report, save_report
from .run import Parts, Run
from .state import StateFile
from .wanted import Wanted
from .watch import Watch

log = logging.getLogger(__name__)

FETCHED = "fetched"


class Retraining:
    """Retrains into one artifacts folder.

    Parameters
    ----------
    settings : RunLogSettings
    life : LifeCycle
    wanted : Wanted
    stages : Stages
        Told what runs now.
    """

    def __init__(self, settings: RunLogSettings, life: LifeCycle, wanted: Wanted, stages: Stages) -> None:
        self._life, self._wanted, self._stages = life, wanted, stages
        self._job = TrainingJob(settings, stages)
        self._store = ModelStore(settings.artifacts)
        self._folder = settings.artifacts / FOLDER
        self._state = StateFile(self._folder)

    def run(self, *, dry_run: bool = False) -> Report:
        """Retrain once; what goes wrong is in the report.

        Parameters
        ----------
        dry_run : bool
            Only say what would be done: nothing is written, nothing trained.

        Raises
        ------
        RetrainingError
            Where another retraining is at work, or the state cannot be read.
        """
        with ExitStack() as stack:
            if dry_run:
                fetched = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="car-price-")))
            else:
                stack.enter_context(self._state.alone())
                fetched = self._folder / FETCHED
            report = self._reported(fetched, dry_run=dry_run)
            if not dry_run:
                save_report(self._folder, report)
            return report

    def _reported(self, fetched: Path, *, dry_run: bool) -> Report:
        since = time.monotonic()
        begun = Report(at=datetime.now(UTC), dry_run=dry_run, champion=self._store.current_or_none())
        watch = Watch(self._wanted.places, fetched, self._wanted.settle_s)
        run = Run(begun, self._wanted, Parts(self._state, self._store, self._life, self._job, self._stages))
        problem = ""
        try:
            run.go(watch)
        except (CarPriceError, OSError, MemoryError) as error:
            problem = _said(error)
        except Exception as error:
            log.exception("the retraining failed")
            problem = f"{type(error).__name__}: {error}"
        return run.ended(problem, time.monotonic() - since)


def _said(error: CarPriceError | OSError | MemoryError) -> str:
    if isinstance(error, CarPriceError):
        return f"{error.message}; {error.hint}" if error.hint else error.message
    if isinstance(error, MemoryError):
        return "not enough memory: use fewer files (--newest), or a machine with more memory"
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{(error.strerror or str(error)).lower()}"
