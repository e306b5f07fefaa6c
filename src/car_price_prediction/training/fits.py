"""Candidates fitted on folds, as jobs that any engine can run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import polars as pl

from car_price_prediction.package.encoder import Encoder

from .blocks import predicted
from .candidates import Candidate, Fitted, Task
from .engine import Engine, Job, Kept
from .evaluate import Vector
from .features import Prepared, Reading, monotone_of, prepare
from .folds import Fold

FURTHEST = 5.0
"""No candidate's log price goes further than this beyond those it learnt from: a linear one would, to infinity."""
Way: TypeAlias = tuple[Fold, bool]
"""What features are fitted to: a fold, and whether prices are held monotone."""
Wanted: TypeAlias = tuple[Candidate, Fold, bool]
"""A fit: what, on which fold, and whether its prices are held monotone."""
Found: TypeAlias = tuple[Encoder, Fitted | None, Vector]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What all fits of a training share.

    Attributes
    ----------
    listings : DataFrame
    fields : tuple of str
    reading : Reading
    seed : int
    """

    listings: pl.DataFrame
    fields: tuple[str, ...]
    reading: Reading
    seed: int

    def log_price(self, fold: Fold) -> Vector:
        """Return the log prices of the listings that a fold learns from."""
        found: Vector = np.log(self.listings["price"].to_numpy()[fold.train])
        return found


@dataclass(frozen=True, slots=True)
class FoldModel:
    """A candidate, or the blend, fitted without one fold.

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


class Fits(Protocol):
    """Fits candidates on folds of one lesson."""

    def prepare(self, ways: Sequence[Way]) -> None:
        """Fit the features that several candidates share, where they are not yet; held until they are forgotten."""

    def forget(self) -> None:
        """Let go of what was prepared."""

    def fit(self, wanted: Sequence[Wanted], done: Callable[[], None]) -> list[FoldModel]:
        """Fit candidates, and tell after each."""


class WholeFits:
    """Each fit is one job.

    Parameters
    ----------
    engine : Engine
    lesson : Lesson
    """

    def __init__(self, engine: Engine, lesson: Lesson) -> None:
        self._engine, self._lesson = engine, engine.keep(lesson)
        self._folds: dict[int, Kept[Fold]] = {}
        self._prepared: dict[tuple[int, bool], Kept[Prepared]] = {}

    def prepare(self, ways: Sequence[Way]) -> None:
        """Fit features, side by side."""
        ways = [(fold, held) for fold, held in ways if (fold.number, held) not in self._prepared]
        self._folds |= {n: self._engine.keep(fold) for n, fold in {f.number: f for f, _ in ways}.items()}
        jobs = [Job(prepare_fold, (self._lesson, self._folds[fold.number], held)) for fold, held in ways]
        found = self._engine.run_kept(jobs)
        self._prepared |= {(fold.number, held): one for (fold, held), one in zip(ways, found, strict=True)}

    def forget(self) -> None:
        """Let go of what was prepared."""
        self._folds.clear()
        self._prepared.clear()

    def fit(self, wanted: Sequence[Wanted], done: Callable[[], None]) -> list[FoldModel]:
        """Fit candidates, side by side."""
        found = self._engine.run_all([self._job(*one) for one in wanted], done)
        return [FoldModel(fold, *parts) for (_, fold, _), parts in zip(wanted, found, strict=True)]

    def _job(self, candidate: Candidate, fold: Fold, held: bool) -> Job[Found]:
        prepared, shared = self._prepared.get((fold.number, held)), self._folds.get(fold.number, fold)
        return Job(fit_fold, (self._lesson, candidate, shared, held, prepared))


def prepare_fold(lesson: Lesson, fold: Fold, held: bool) -> Prepared:
    """Fit the features to what a fold learns from, and encode it."""
    everything = len(fold.train) == lesson.listings.height
    listings = lesson.listings if everything else lesson.listings[fold.train]
    return prepare(listings, lesson.fields, lesson.seed, reading=lesson.reading, monotone=held)


def fit_fold(lesson: Lesson, candidate: Candidate, fold: Fold, held: bool, prepared: Prepared | None) -> Found:
    """Fit a candidate on a fold, and price the listings that it did not see."""
    prepared = prepared or prepare_fold(lesson, fold, held)
    encoder = prepared.encoder
    constraints = monotone_of(encoder) if held else ()
    log_price = lesson.log_price(fold)
    model = candidate.fit(Task(prepared.matrix, log_price, encoder.categorical, lesson.seed, constraints))
    unseen = np.empty(0)
    if len(fold.test):
        unseen = within(log_price, predicted(model, encoder, lesson.listings, fold.test))
    # A forest of a million listings takes gigabytes: what is not served is not kept.
    return encoder, None if candidate.not_served else model, unseen


def within(log_price: Vector, unseen: Vector) -> Vector:
    """Return predictions that go no further than `FURTHEST` beyond what was learnt from."""
    return np.clip(unseen, log_price.min() - FURTHEST, log_price.max() + FURTHEST)
