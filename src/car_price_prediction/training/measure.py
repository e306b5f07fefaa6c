"""What a training measures on listings that the predicting model did not see, put into a report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from car_price_prediction.evaluation.evaluation import evaluate
from car_price_prediction.evaluation.measured import Evaluation, Level
from car_price_prediction.evaluation.metrics import range_metrics
from car_price_prediction.evaluation.report import CandidateLine, Report, Split
from car_price_prediction.listings.loaded import Loaded
from car_price_prediction.package.manifest import Manifest

from .bytime import ByTime, OutOfFold, measure_by_time
from .compare import Compared, Comparer
from .intervals import Calibrator
from .level import as_asked, of_their_days

LEVELS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99)
"""The promises of the calibration curve."""
TIME_METRICS = ("mdape", "mae", "bias", "coverage")


@dataclass(frozen=True, slots=True)
class Measured:
    """The served candidate's errors, out of fold and by time.

    Attributes
    ----------
    folds : Evaluation
    by_time : ByTime
    out_of_fold : OutOfFold
        At the level of the newest listings.
    """

    folds: Evaluation
    by_time: ByTime
    out_of_fold: OutOfFold

    def metrics(self) -> dict[str, float]:
        """Return the figures that the manifest and MLflow keep; those of the split by time begin with ``time_``."""
        found = self.folds.overall.model_dump(exclude={"count"})
        if self.by_time.evaluation is not None:
            later = self.by_time.evaluation.overall.model_dump(include=set(TIME_METRICS))
            found |= {f"time_{name}": later[name] for name in TIME_METRICS}
        return found


def measure(
    loaded: Loaded, comparer: Comparer, compared: Compared, calibrator: Calibrator, promised: float
) -> Measured:
    """Measure the chosen candidate.

    Parameters
    ----------
    loaded : Loaded
    comparer : Comparer
        Asked for one more fit where listings can be split by time.
    compared : Compared
    calibrator : Calibrator
    promised : float
        The share of asking prices that the ranges are to hold.
    """
    listings, asked = loaded.listings, as_asked(loaded.listings)
    price, predicted = listings["price"].to_numpy(), np.exp(compared.out_of_fold(listings.height))
    ranges = calibrator.ranges((promised, *LEVELS))
    low, high = next(ranges)
    curve = [Level(level=level, **range_metrics(price, *ends)) for level, ends in zip(LEVELS, ranges, strict=True)]
    out_of_fold = OutOfFold(predicted, low, high)
    then, prices = partial(of_their_days, listings), asked["price"].to_numpy()
    return Measured(
        folds=evaluate(prices, then(predicted), then(low), then(high), asked, promised=promised, curve=curve),
        by_time=measure_by_time(
            listings,
            out_of_fold,
            promised,
            lambda fold: comparer.fit_on(compared.chosen, fold, monotone=compared.monotone).log_predicted,
        ),
        out_of_fold=out_of_fold,
    )


def training_report(loaded: Loaded, manifest: Manifest, compared: Compared, measured: Measured) -> Report:
    """Return the report that is kept in the package."""
    by_time = measured.by_time
    splits: dict[Split, Evaluation] = {"folds": measured.folds}
    if by_time.evaluation is not None:
        splits["time"] = by_time.evaluation
    return Report(
        version=manifest.version,
        made_at=manifest.created_at,
        market=manifest.market.name,
        sample=manifest.market.sample,
        currency=manifest.market.currency,
        promised=manifest.coverage,
        files=tuple(source.name for source in manifest.data.sources),
        rows_read=loaded.rows_read,
        set_aside=loaded.set_aside(),
        splits=splits,
        time_split=by_time.split,
        no_time_split=by_time.why_not,
        candidates=_candidates(compared),
    )


def _candidates(compared: Compared) -> tuple[CandidateLine, ...]:
    return tuple(
        CandidateLine(
            name=row.name,
            served=row.name == compared.chosen.name,
            not_served=row.not_served,
            mdape=row.metrics["mdape"],
            mae=row.metrics["mae"],
            r2_log=row.metrics["r2_log"],
        )
        for row in compared.table
    )
