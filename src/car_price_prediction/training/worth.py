"""What differences between cars are worth: how far the model's price moves where one field alone is exchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.frames import KeyColumns, encode_frame

from .evaluate import Vector

SAMPLED = 1_000
"""So many pairs of cars tell a field's worth to a few percent of it."""
PAIRED = 500_000
"""The pairs are sought among so many listings at most."""
FEWEST = 30
"""Where fewer pairs of one model differ in a field, cars of the whole market are paired."""
TOGETHER = {"model": ("model", "trim"), "make": ("make", "model", "trim")}
"""Nobody built a Golf of Toyota's: what belongs to a model is exchanged with it."""
WITHIN = {"model": ("make",), "make": ()}
"""Two cars are paired that agree in these fields, in make and model where nothing is said."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a field's differences are worth.

    Attributes
    ----------
    each : float
        How far the logarithm of the price moves: for one unit of a number, or for another word.
    gap : float
        By how much two listings differ that differ: the mean for a number, 1 for a word.
    """

    each: float
    gap: float


def field_worths(
    listings: pl.DataFrame,
    fields: Sequence[str],
    encoder: Encoder,
    predict: Callable[[Matrix], Vector],
    seed: int,
) -> dict[str, Worth]:
    """Return what each field's differences are worth to a model.

    Parameters
    ----------
    listings : DataFrame
    fields : sequence of str
    encoder : Encoder
    predict : callable
        From encoded cars to the logarithm of their prices.
    seed : int
    """
    known = [name for name in ("make", "model") if name in fields]
    drawn = listings.sample(n=min(listings.height, PAIRED), shuffle=True, seed=seed)
    keys = KeyColumns(drawn)
    shuffled = drawn.with_columns(keys.of([n]).alias(f"_{n}_key") for n in known)
    pairs = _Pairs(shuffled, fields, encoder, predict)
    found = {name: pairs.worth(name) for name in fields}
    if {"make", "model"} <= found.keys():
        # A car of another make is of another model too: the two add up to the worth of both.
        both, model = found["make"], found["model"]
        found["make"] = Worth(max(both.each - model.each, 0.0), 1.0)
    return found


class _Pairs:
    """Pairs each listing with the next of its kind, in shuffled listings."""

    def __init__(
        self, shuffled: pl.DataFrame, fields: Sequence[str], encoder: Encoder, predict: Callable[[Matrix], Vector]
    ) -> None:
        self._shuffled, self._fields = shuffled, fields
        self._encoder, self._predict = encoder, predict

    def worth(self, name: str) -> Worth:
        """Return the worth of one field's differences."""
        pairs = pl.DataFrame()
        for within in self._kinds(name):
            pairs = self._pairs(name, within)
            if pairs.height >= FEWEST:
                break
        number = self._shuffled[name].dtype.is_numeric()
        if not pairs.height:
            return Worth(0.0, 0.0 if number else 1.0)
        exchanged = [n for n in TOGETHER.get(name, (name,)) if n in self._fields]
        other = pairs.with_columns(pl.col(f"_other_{n}").alias(n) for n in exchanged)
        logs = (self._predict(encode_frame(self._encoder, frame)) for frame in (pairs, other))
        moved = float(np.abs(np.subtract(*logs)).mean())
        if not number:
            return Worth(moved, 1.0)
        gap = float((pairs[name] - pairs[f"_other_{name}"]).abs().mean() or 0.0)  # type: ignore[arg-type]
        return Worth(moved / gap, gap)

    def _kinds(self, name: str) -> Iterator[list[str]]:
        within = [f"_{n}_key" for n in WITHIN.get(name, ("make", "model"))]
        yield [key for key in within if key in self._shuffled.columns]
        yield []

    def _pairs(self, name: str, within: list[str]) -> pl.DataFrame:
        exchanged = [n for n in TOGETHER.get(name, (name,)) if n in self._fields]
        others = [pl.col(n).shift(1).alias(f"_other_{n}") for n in exchanged]
        if within:
            others = [other.over(within) for other in others]
        paired = self._shuffled.with_columns(others)
        # A comparison with null is null: only pairs that both know the field are kept.
        return paired.filter(pl.col(name) != pl.col(f"_other_{name}")).head(SAMPLED)
