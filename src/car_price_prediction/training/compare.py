"""The candidates on the same folds, and out-of-fold predictions of the one that will be served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import polars as pl

from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import encode_frame

from .candidates import Candidate, Fitted, Task
from .evaluate import Vector, price_metrics
from .features import fit_encoder
from .folds import Fold
from .parallel import run_all

FURTHEST = 5.0
"""No candidate's log price goes further than this beyond those it learnt from: a linear one would, to infinity."""
COMPARED = 2
"""Every candidate is fitted on so many folds; only the one that is served goes through all of them."""


class Stages(Protocol):
    """What training tells of its progress."""

    def stage(self, name: str, *, total: int | None = None) -> None:
        """Begin a stage."""

    def advance(self, steps: int = 1) -> None:
        """Do one step of it."""

    def update(self, name: str, done: int, total: int) -> None:
        """Be so far with the named stage, which begins with this where it has not."""

    def note(self, text: str) -> None:
        """Say something."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One candidate's errors on the folds that all candidates share."""

    name: str
    metrics: dict[str, float]
    not_served: str


@dataclass(frozen=True, slots=True)
class FoldModel:
    """A candidate, fitted without one fold.

    Attributes
    ----------
    fold : Fold
    encoder : Encoder
        Of the fold's training part.
    model : Fitted or None
        None where the candidate is not served.
    log_predicted : ndarray
        Of the fold's test part.
    """

    fold: Fold
    encoder: Encoder
    model: Fitted | None
    log_predicted: Vector


@dataclass(frozen=True, slots=True)
class Compared:
    """What the comparison found.

    Attributes
    ----------
    table : tuple of Comparison
        The best first.
    chosen : Candidate
        The best that can be served.
    folds : tuple of FoldModel
        Of the chosen candidate, one a fold.
    whole : FoldModel
        The chosen candidate on every listing.
    """

    table: tuple[Comparison, ...]
    chosen: Candidate
    folds: tuple[FoldModel, ...]
    whole: FoldModel

    def out_of_fold(self, rows: int) -> Vector:
        """Return the log price of each listing by the model that did not see it."""
        out = np.empty(rows)
        for part in self.folds:
            out[part.fold.test] = part.log_predicted
        return out


class Comparer:
    """Fits candidates on folds.

    Parameters
    ----------
    listings : DataFrame
    fields : sequence of str
    folds : sequence of Fold
    seed : int
    stages : Stages
    """

    def __init__(
        self, listings: pl.DataFrame, fields: Sequence[str], folds: Sequence[Fold], seed: int, stages: Stages
    ) -> None:
        self._listings, self._fields, self._folds = listings, fields, folds
        self._seed, self._stages = seed, stages
        self._price = listings["price"].to_numpy()

    def compare(self, candidates: Sequence[Candidate]) -> Compared:
        """Fit every candidate on the shared folds, then the best that can be served on the others and on all listings.

        Parameters
        ----------
        candidates : sequence of Candidate
            At least one that can be served.
        """
        shared, others = self._folds[:COMPARED], self._folds[COMPARED:]
        self._stages.stage("comparing candidates", total=len(candidates) * len(shared) + len(others) + 1)
        # The most costly last in the list, and first to start.
        pairs = [(candidate, fold) for candidate in reversed(candidates) for fold in shared]
        fitted = run_all([partial(self._fit, *pair) for pair in pairs], self._stages.advance)
        parts = {c.name: [f for (of, _), f in zip(pairs, fitted, strict=True) if of is c] for c in candidates}
        table = [Comparison(c.name, self._metrics(parts[c.name]), c.not_served) for c in candidates]
        table.sort(key=lambda row: row.metrics["mdape"])
        order = [row.name for row in table]
        chosen = min((c for c in candidates if not c.not_served), key=lambda c: order.index(c.name))
        for row in table:
            self._stages.note(_line(row))
        everything = Fold(-1, np.arange(self._listings.height), shared[0].test[:0])
        jobs = [partial(self._fit, chosen, fold) for fold in (everything, *others)]
        whole, *more = run_all(jobs, self._stages.advance)
        return Compared(tuple(table), chosen, (*parts[chosen.name], *more), whole)

    def fit_on(self, candidate: Candidate, fold: Fold) -> FoldModel:
        """Fit one candidate on one more split of the listings."""
        return self._fit(candidate, fold)

    def _fit(self, candidate: Candidate, fold: Fold) -> FoldModel:
        encoder = fit_encoder(self._listings[fold.train], self._fields)
        task = Task(
            encode_frame(encoder, self._listings[fold.train]),
            np.log(self._price[fold.train]),
            encoder.categorical,
            self._seed,
        )
        model = candidate.fit(task)
        predicted = np.empty(0)
        if len(fold.test):
            predicted = model.predict(encode_frame(encoder, self._listings[fold.test]))
            predicted = np.clip(predicted, task.log_price.min() - FURTHEST, task.log_price.max() + FURTHEST)
        # A forest of a million listings takes gigabytes: what is not served is not kept.
        return FoldModel(fold, encoder, None if candidate.not_served else model, predicted)

    def _metrics(self, parts: Sequence[FoldModel]) -> dict[str, float]:
        price = np.concatenate([self._price[part.fold.test] for part in parts])
        return price_metrics(price, np.exp(np.concatenate([part.log_predicted for part in parts])))


def _line(row: Comparison) -> str:
    metrics = row.metrics
    served = f" (not served: {row.not_served})" if row.not_served else ""
    return f"{row.name}: MdAPE {metrics['mdape']:.1%}, R2 of log {metrics['r2_log']:.3f}{served}"
