"""One fit over several machines: listings are encoded in blocks where there is room, and no machine holds them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl

from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import encode_frame

from .candidates import Block, Candidate, Fitted, Task
from .engine import Boosting, Engine, Job, Kept
from .evaluate import Vector
from .features import Features, fit_features, monotone_of
from .fits import FoldModel, Lesson, Wanted, Way, within
from .folds import Fold


@dataclass(frozen=True, slots=True)
class Spread:
    """What a fold learns from, in blocks.

    Attributes
    ----------
    encoder : Encoder
    blocks : tuple of Kept
    """

    encoder: Encoder
    blocks: tuple[Kept[Block], ...]


class SpreadFits:
    """Each fit is spread over machines, one fit after another.

    Parameters
    ----------
    engine : Engine
    boosting : Boosting
    lesson : Lesson
    """

    def __init__(self, engine: Engine, boosting: Boosting, lesson: Lesson) -> None:
        self._engine, self._boosting, self._lesson = engine, boosting, lesson
        self._prepared: dict[tuple[int, bool], Spread] = {}

    def prepare(self, ways: Sequence[Way]) -> None:
        """Fit features, and encode in blocks."""
        new = [(fold, held) for fold, held in ways if (fold.number, held) not in self._prepared]
        self._prepared |= {(fold.number, held): self._spread(fold, held) for fold, held in new}

    def forget(self) -> None:
        """Let go of the blocks."""
        self._prepared.clear()

    def fit(self, wanted: Sequence[Wanted], done: Callable[[], None]) -> list[FoldModel]:
        """Fit candidates, one after another."""
        found = []
        for one in wanted:
            found.append(self._fit(*one))
            done()
        return found

    def _spread(self, fold: Fold, held: bool) -> Spread:
        lesson, rows = self._lesson, self._boosting.block_rows
        # Files are often sorted: each machine divides the features that it is given by what its own rows say of them.
        mixed = replace(fold, train=np.random.default_rng(lesson.seed).permutation(fold.train))
        listings, log_price = lesson.listings[mixed.train], lesson.log_price(mixed)
        features = fit_features(listings, lesson.fields, lesson.seed, reading=lesson.reading, monotone=held)
        jobs = [
            Job(encode_block, (features.part(at, rows), listings.slice(at, rows), log_price[at : at + rows]))
            for at in range(0, listings.height, rows)
        ]
        return Spread(features.encoder, tuple(self._engine.run_kept(jobs)))

    def _fit(self, candidate: Candidate, fold: Fold, held: bool) -> FoldModel:
        spread = self._prepared.get((fold.number, held)) or self._spread(fold, held)
        encoder = spread.encoder
        constraints = monotone_of(encoder) if held else ()
        nothing = np.empty((0, len(encoder.features)))
        boost = partial(self._boosting, spread.blocks)
        model = candidate.fit(
            Task(nothing, nothing[:, 0], encoder.categorical, self._lesson.seed, constraints, boost)
        )  # fmt: skip
        return FoldModel(fold, encoder, model, self._predict(model, encoder, fold))

    def _predict(self, model: Fitted, encoder: Encoder, fold: Fold) -> Vector:
        rows, kept = self._boosting.block_rows, self._engine.keep((model, encoder))
        parts = [fold.test[at : at + rows] for at in range(0, len(fold.test), rows)]
        if not parts:
            return np.empty(0)
        found = self._engine.run_all([Job(predict_block, (kept, self._lesson.listings[part])) for part in parts])
        return within(self._lesson.log_price(fold), np.concatenate(found))


def encode_block(features: Features, listings: pl.DataFrame, log_price: Vector) -> Block:
    """Encode some listings to learn from."""
    return features.matrix(listings), log_price


def predict_block(model: tuple[Fitted, Encoder], listings: pl.DataFrame) -> Vector:
    """Price some listings."""
    fitted, encoder = model
    return fitted.predict(encode_frame(encoder, listings))
