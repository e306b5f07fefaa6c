"""The candidates on the same folds, and out-of-fold predictions of the blend that will be served."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import polars as pl

from .blend import Blend, blend_error, blend_weights
from .candidates import Candidate, Fitted, Packaged, Task
from .choices import Monotone
from .engine import Engine
from .evaluate import Vector, price_metrics
from .features import reading_of
from .fits import Fits, FoldModel, Lesson, WholeFits
from .folds import Fold, smaller
from .parallel import Threads, nothing
from .spread import SpreadFits

COMPARED = 2
"""Every candidate is fitted on so many folds; only what is served goes through all of them."""
BLEND = "blend"
SMALLEST_ERROR = 1e-12
TRIED = 250_000
"""So many listings a fold tell what it costs to hold prices monotone: to about a thousandth of the error."""
MONOTONE_COSTS = 0.003
"""Prices that never rise with mileage or age are worth an error larger by this share, and no more."""


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
class Compared:
    """What the comparison found.

    Attributes
    ----------
    table : tuple of Comparison
        The best first.
    chosen : Candidate
        What is served: a member, or the blend of several.
    weights : mapping of str to float
        The members of what is served, the heaviest first.
    monotone : bool
        Whether its prices never rise with mileage, nor with age below 25 years.
    folds : tuple of FoldModel
        Of what is served, one a fold.
    whole : FoldModel
        What is served, fitted on every listing.
    """

    table: tuple[Comparison, ...]
    chosen: Candidate
    weights: Mapping[str, float]
    monotone: bool
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
    engine : Engine, optional
        Where the fits run: in threads of this process where not given.
    """

    def __init__(
        self,
        listings: pl.DataFrame,
        fields: Sequence[str],
        folds: Sequence[Fold],
        seed: int,
        stages: Stages,
        engine: Engine | None = None,
    ) -> None:
        self._listings, self._folds, self._stages = listings, folds, stages
        self._price = listings["price"].to_numpy()
        self._shared, self._seed = folds[:COMPARED], seed
        lesson = Lesson(listings, tuple(fields), reading_of(listings, fields), seed)
        self._fits = _fits(engine or Threads(), lesson)

    def compare(
        self,
        members: Sequence[Candidate],
        baselines: Sequence[Candidate] = (),
        monotone: Monotone = "off",
        trial: Candidate | None = None,
    ) -> Compared:
        """Fit all on the shared folds, and what is to be served on the other folds and on all listings.

        Parameters
        ----------
        members : sequence of Candidate
            At least one; all can be served.
        baselines : sequence of Candidate
            Compared, never served.
        monotone : {"auto", "on", "off"}
            Whether prices may rise with mileage or age; ``"auto"`` forbids it where that costs no accuracy.
        trial : Candidate, optional
            Fitted both ways to see what it costs; the first member where not given.
        """
        tried = (False, True) if monotone == "auto" else ()
        steps = (len(members) + len(baselines) + len(tried)) * len(self._shared) + len(self._folds[COMPARED:]) + 1
        self._stages.stage("comparing candidates", total=steps)
        held = self._settle(trial or members[0]) if tried else monotone == "on"
        self._fits.prepare([(fold, way) for way in {held, held and not baselines} for fold in self._shared])
        # The most costly first.
        wanted = [(candidate, held) for candidate in members] + [
            (candidate, False) for candidate in reversed(baselines)
        ]
        names = [candidate.name for candidate, _ in wanted]
        parts = dict(zip(names, self._fit_all(wanted), strict=True))
        return self._served(members, baselines, parts, held)

    def _served(
        self,
        members: Sequence[Candidate],
        baselines: Sequence[Candidate],
        parts: Mapping[str, list[FoldModel]],
        held: bool,
    ) -> Compared:
        table = [Comparison(c.name, self._metrics(parts[c.name]), c.not_served) for c in (*baselines, *members)]
        weights = self._weights({c.name: parts[c.name] for c in members})
        blended = [_blended(weights, [parts[name][i] for name in weights]) for i in range(len(self._shared))]
        chosen = _candidate(weights, members)
        if len(weights) > 1:
            table.append(Comparison(BLEND, self._honest({c.name: parts[c.name] for c in members}), ""))
        table.sort(key=lambda row: row.metrics["mdape"])
        for row in table:
            self._stages.note(_line(row))
        self._fits.forget()
        everything = Fold(-1, np.arange(self._listings.height), self._shared[0].test[:0])
        wanted = [(chosen, fold, held) for fold in (everything, *self._folds[COMPARED:])]
        whole, *more = self._fits.fit(wanted, self._stages.advance)
        return Compared(tuple(table), chosen, weights, held, (*blended, *more), whole)

    def _settle(self, trial: Candidate) -> bool:
        """Return whether prices are held monotone, from one candidate fitted both ways."""
        folds = [smaller(fold, TRIED, self._seed) for fold in self._shared]
        self._fits.prepare([(fold, way) for way in (True, False) for fold in folds])
        free, held = self._fit_all([(trial, False), (trial, True)], folds)
        if any(small is not fold for small, fold in zip(folds, self._shared, strict=True)):
            self._fits.forget()
        # The square root, for the error is a product of two.
        costs = math.sqrt(self._error(held) / max(self._error(free), SMALLEST_ERROR)) - 1
        keeps = costs <= MONOTONE_COSTS
        said = "required" if keeps else "not required"
        self._stages.note(f"prices that never rise with mileage or age cost {costs:+.1%} of the error: {said}")
        return keeps

    def errors_of(self, candidates: Sequence[Candidate], done: Callable[[], None] = nothing) -> list[float]:
        """Return candidates' errors on the first fold, as the blend counts them; prices may rise and fall as they like.

        Every candidate that is asked about shares the features of the fold.
        """
        fold = self._shared[0]
        self._fits.prepare([(fold, False)])
        found = self._fits.fit([(candidate, fold, False) for candidate in candidates], done)
        return [self._error([part]) for part in found]

    def fit_on(self, candidate: Candidate, fold: Fold, *, monotone: bool) -> FoldModel:
        """Fit one candidate on one more split of the listings."""
        return self._fits.fit([(candidate, fold, monotone)], nothing)[0]

    def _fit_all(
        self, wanted: Sequence[tuple[Candidate, bool]], folds: Sequence[Fold] | None = None
    ) -> list[list[FoldModel]]:
        """Return for each candidate its models of some folds, the shared ones where not given."""
        folds = self._shared if folds is None else folds
        each = [(candidate, fold, held) for candidate, held in wanted for fold in folds]
        fitted, size = self._fits.fit(each, self._stages.advance), len(folds)
        return [fitted[i : i + size] for i in range(0, len(fitted), size)]

    def _weights(self, parts: Mapping[str, Sequence[FoldModel]]) -> dict[str, float]:
        log_price = np.concatenate([np.log(self._price[part.fold.test]) for part in next(iter(parts.values()))])
        return blend_weights(log_price, {name: _predicted(found) for name, found in parts.items()})

    def _honest(self, parts: Mapping[str, Sequence[FoldModel]]) -> dict[str, float]:
        """Return the blend's errors on each shared fold with the weights that the other shared folds give."""
        found = []
        for i in range(len(self._shared)):
            others = {name: [part for j, part in enumerate(of) if j != i] or of for name, of in parts.items()}
            weights = self._weights(others)
            found.append(_blended(weights, [parts[name][i] for name in weights]))
        return self._metrics(found)

    def _metrics(self, parts: Sequence[FoldModel]) -> dict[str, float]:
        price = np.concatenate([self._price[part.fold.test] for part in parts])
        return price_metrics(price, np.exp(_predicted(parts)))

    def _error(self, parts: Sequence[FoldModel]) -> float:
        log_price = np.concatenate([np.log(self._price[part.fold.test]) for part in parts])
        return blend_error(log_price, _predicted(parts))


def _fits(engine: Engine, lesson: Lesson) -> Fits:
    boosting = engine.boosting(lesson.listings.height)
    return WholeFits(engine, lesson) if boosting is None else SpreadFits(engine, boosting, lesson)


def _predicted(parts: Sequence[FoldModel]) -> Vector:
    return np.concatenate([part.log_predicted for part in parts])


def _blended(weights: Mapping[str, float], parts: Sequence[FoldModel]) -> FoldModel:
    """Return members that were fitted without the same fold as the one model that they are together."""
    if len(parts) == 1:
        return parts[0]
    pairs = list(zip(weights.values(), parts, strict=True))
    model = Blend(tuple((weight, cast("Packaged", part.model)) for weight, part in pairs))
    predicted: Vector = np.sum([weight * part.log_predicted for weight, part in pairs], axis=0)
    return FoldModel(parts[0].fold, parts[0].encoder, model, predicted)


def _candidate(weights: Mapping[str, float], members: Sequence[Candidate]) -> Candidate:
    by_name = {member.name: member for member in members}
    if len(weights) == 1:
        return by_name[next(iter(weights))]

    def fit(task: Task) -> Fitted:
        return Blend(tuple((weight, cast("Packaged", by_name[name].fit(task))) for name, weight in weights.items()))

    return Candidate(BLEND, fit)


def _line(row: Comparison) -> str:
    metrics = row.metrics
    served = f" (not served: {row.not_served})" if row.not_served else ""
    return f"{row.name}: MdAPE {metrics['mdape']:.1%}, R2 of log {metrics['r2_log']:.3f}{served}"
