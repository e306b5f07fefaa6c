"""Ranges from cross-conformal calibration: how wide for which car, so that nine in ten hold the asking price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.calibration import LEVELS, Calibration, Familiarity, Steps
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.package.usual_frames import widening

from .blocks import blocks, encoded, predicted
from .boosted import LightGBMModel, train_lightgbm
from .candidates import Fitted, Task
from .conformal import conformal_grid, conformal_quantiles, wider
from .evaluate import Vector
from .fits import FoldModel
from .folds import Indices, some_of
from .gaps import fit_gaps
from .parallel import run_all
from .steps import fit_steps

SPREAD: dict[str, Any] = {
    "objective": "l2",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
SPREAD_ROUNDS = 120
SPREAD_ROWS = 1_000_000
"""So many listings at most teach a spread: its trees have fewer than 2,000 leaves together."""
LARGEST_RESIDUAL = 0.98
"""Residuals beyond this quantile are capped before the spread is learnt: one absurd price is no spread."""
SMALLEST_SPREAD = 0.02
"""The quantile of the fitted spreads below which none is believed."""
LEAST_SPREAD = 1e-4

MOST_HIDDEN, MOST_SILENT = 5_000, 2_000
"""So many cars a fold have make or model hidden, or other fields, to see what that costs: quantiles need no more."""

UNFAMILIAR: dict[Familiarity, tuple[str, ...]] = {
    "known": (),
    "model_unseen": ("model", "trim"),
    "make_unseen": ("make", "model", "trim"),
}
"""What is hidden to see what not knowing it costs. A trim gives its model away: who does not know one knows neither."""
UNHEARD = "\x1a"
"""A word that no listing holds."""
Hidden: TypeAlias = Mapping[str, str | None]
"""Field -> what the models read in its place."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Listings as the models of a fold read them, and by what their spread is widened for what they lack."""

    matrix: Matrix
    wider: Vector


class Calibrator:
    """Learns the spread of the residuals and calibrates the ranges, all on cars that the predicting model did not see.

    Parameters
    ----------
    listings : DataFrame
    parts : sequence of FoldModel
        The served candidate on every fold.
    coverage : float
        The share of asking prices that the ranges are to hold.
    seed : int
    importance : mapping of str to float
        Each field's share of the model's gain.

    References
    ----------
    Barber, Candès, Ramdas, Tibshirani (2021), "Predictive inference with the jackknife+", section 2 (CV+), for
    calibrating on all folds; the scaling is that of `package.calibration.Calibration`.
    """

    def __init__(
        self,
        listings: pl.DataFrame,
        parts: Sequence[FoldModel],
        coverage: float,
        seed: int,
        importance: Mapping[str, float],
    ) -> None:
        self._listings, self._parts = listings, parts
        self._coverage, self._seed = coverage, seed
        self._log_price = np.log(listings["price"].to_numpy())
        self._gaps: Mapping[str, float] = {}
        self._residuals = self._out_of_fold_residuals()
        self._spreads = run_all([partial(self._fold_spread, part) for part in parts])
        self._known = run_all([partial(self._spread_seen, i) for i in range(len(parts))])
        self._smallest = max(float(np.quantile(np.concatenate(self._known), SMALLEST_SPREAD)), LEAST_SPREAD)
        self._calibrate()
        self._gaps = self._fitted_gaps(importance)
        self._calibrate()  # once more: the ranges of cars that lack something are wider now

    def calibration(self) -> Calibration:
        """Return the quantiles for known cars, and for cars whose make or model is hidden from the models."""
        scores = {name: self._all_scores(dict.fromkeys(hidden, UNHEARD)) for name, hidden in UNFAMILIAR.items()}
        ends = {name: conformal_quantiles(found, self._coverage) for name, found in scores.items()}
        return Calibration(
            coverage=self._coverage,
            smallest_spread=self._smallest,
            gaps=dict(self._gaps),
            steps=self._steps,
            quantiles={name: wider(ends["known"], found) for name, found in ends.items()},
            levels=LEVELS,
            grid={name: conformal_grid(found, LEVELS) for name, found in scores.items()},
        )

    def ranges(self, levels: Sequence[float]) -> Iterator[tuple[Vector, Vector]]:
        """Yield the low and high ends of each listing's range, each fold's calibrated on the other folds.

        Parameters
        ----------
        levels : sequence of float
            The shares of asking prices that the ranges are to hold; each gets its ranges.
        """
        folds = [self._against_others(i) for i in range(len(self._parts))]
        for level in levels:
            low, high = np.empty(self._listings.height), np.empty(self._listings.height)
            for part, (others, below_by, above_by) in zip(self._parts, folds, strict=True):
                below, above = conformal_quantiles(others, level)
                low[part.fold.test] = np.exp(part.log_predicted + below * below_by)
                high[part.fold.test] = np.exp(part.log_predicted + above * above_by)
            yield low, high

    def spread_model(self, encoder: Encoder) -> Any:
        """Return the booster that predicts the spread of any car, learnt from every fold's residuals."""
        return self._train(encoder, np.arange(self._listings.height))

    def _against_others(self, fold: int) -> tuple[Vector, Vector, Vector]:
        """Return the other folds' scores in order, and how far one of them reaches below and above in this fold."""
        rest = [j for j in range(len(self._parts)) if j != fold]
        steps = self._steps_of(rest)
        others = np.sort(np.concatenate([self._stepped(j, steps) for j in rest]))
        return others, *self._scales(self._known_spread(fold), self._parts[fold].log_predicted, steps)

    def _calibrate(self) -> None:
        folds = range(len(self._parts))
        self._wider = run_all([partial(self._widened, part) for part in self._parts])
        self._unstepped = run_all([partial(self._scores, i, {}, Steps()) for i in folds])
        self._steps = self._steps_of(folds)

    def _fitted_gaps(self, importance: Mapping[str, float]) -> dict[str, float]:
        told, known = self._parts[0].encoder.usual.fields, conformal_quantiles(self._all_scores({}), self._coverage)
        return fit_gaps(self._scores_without, told, importance, known, self._coverage)

    def _out_of_fold_residuals(self) -> Vector:
        out = np.empty(self._listings.height)
        for part in self._parts:
            out[part.fold.test] = self._log_price[part.fold.test] - part.log_predicted
        return out

    def _fold_spread(self, part: FoldModel) -> Any:
        return self._train(part.encoder, part.fold.train)

    def _train(self, encoder: Encoder, rows: Indices) -> Any:
        rows = some_of(rows, SPREAD_ROWS, self._seed)
        size = np.abs(self._residuals[rows])
        capped = np.minimum(size, np.quantile(size, LARGEST_RESIDUAL))
        task = Task(encoded(encoder, self._listings, rows), capped, encoder.categorical, self._seed)
        return train_lightgbm(task, SPREAD, SPREAD_ROUNDS)

    def _spread_seen(self, fold: int) -> Vector:
        """Return what the spread model that did not see a fold says of its listings."""
        part = self._parts[fold]
        return predicted(LightGBMModel(self._spreads[fold]), part.encoder, self._listings, part.fold.test)

    def _widened(self, part: FoldModel) -> Vector:
        if not self._gaps:
            return np.ones(len(part.fold.test))
        usual = part.encoder.usual
        told = self._listings.select("price", *(name for name in usual.fields if name in self._listings))
        return np.concatenate([widening(self._gaps, usual, block) for block in blocks(told, part.fold.test)])

    def _seen(self, part: FoldModel, rows: Indices, instead: Hidden) -> _Seen:
        listings = self._listings[rows]
        hidden = [pl.lit(word, listings.schema[name]).alias(name) for name, word in instead.items() if name in listings]
        listings, encoder = listings.with_columns(hidden), part.encoder
        return _Seen(encode_frame(encoder, listings), widening(self._gaps, encoder.usual, listings))

    def _hidden_rows(self, part: FoldModel, most: int) -> Indices:
        # Files are often sorted by make: the first rows would speak for a few makes only.
        rows = part.fold.test
        return rows if len(rows) <= most else np.random.default_rng(self._seed).choice(rows, most, False)

    def _steps_of(self, folds: Sequence[int]) -> Steps:
        scores = np.concatenate([self._unstepped[i] for i in folds])
        return fit_steps(scores, np.concatenate([self._parts[i].log_predicted for i in folds]), self._coverage)

    def _stepped(self, fold: int, steps: Steps) -> Vector:
        scores = self._unstepped[fold]
        below, above = steps.at_all(self._parts[fold].log_predicted)
        stepped: Vector = scores / np.where(scores > 0, above, below)
        return stepped

    def _known_spread(self, fold: int) -> Vector:
        """Return the spread of each listing of a fold, which tells what it tells."""
        spread: Vector = np.maximum(self._known[fold], self._smallest) * self._wider[fold]
        return spread

    def _hidden_spread(self, fold: int, seen: _Seen) -> Vector:
        spread = LightGBMModel(self._spreads[fold]).predict(seen.matrix)
        wider: Vector = np.maximum(spread, self._smallest) * seen.wider
        return wider

    @staticmethod
    def _scales(spread: Vector, log_predicted: Vector, steps: Steps) -> tuple[Vector, Vector]:
        below, above = steps.at_all(log_predicted)
        return spread * below, spread * above

    def _scores(self, fold: int, hidden: Hidden, steps: Steps, most: int = MOST_HIDDEN) -> Vector:
        part, rows = self._parts[fold], self._parts[fold].fold.test
        if hidden:
            rows = self._hidden_rows(part, most)
            seen = self._seen(part, rows, hidden)
            log_predicted, spread = _model_of(part).predict(seen.matrix), self._hidden_spread(fold, seen)
        else:
            log_predicted, spread = part.log_predicted, self._known_spread(fold)
        below, above = self._scales(spread, log_predicted, steps)
        residual = self._log_price[rows] - log_predicted
        scores: Vector = residual / np.where(residual > 0, above, below)
        return scores

    def _all_scores(self, hidden: Hidden, most: int = MOST_HIDDEN) -> Vector:
        folds = range(len(self._parts))
        return np.concatenate(run_all([partial(self._scores, i, hidden, self._steps, most) for i in folds]))

    def _scores_without(self, fields: Sequence[str]) -> Vector:
        return self._all_scores(dict.fromkeys(fields), MOST_SILENT)


def _model_of(part: FoldModel) -> Fitted:
    assert part.model is not None, "the candidate that is served keeps its models"
    return part.model
