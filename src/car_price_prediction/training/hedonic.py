"""Fits the hedonic regression that the boosted trees read as a feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import Ridge

from car_price_prediction.package.columns import map_distinct
from car_price_prediction.package.frames import hedonic_column, part_column
from car_price_prediction.package.hedonic import Curve, Hedonic, words_of

from .evaluate import Vector
from .folds import group_folds

FEWEST_WORDS = 3
"""A word that fewer listings hold than that teaches nothing that holds elsewhere."""
RIDGE = 4.0
OUTERMOST = 0.01
"""Numbers count as the quantile beyond which only so many lie: one odometer of two million is no trend."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class HedonicFit:
    """A regression on all listings, and what regressions that did not see a listing say of it.

    Attributes
    ----------
    hedonic : Hedonic
    out_of_fold : ndarray of shape (n,)
        Log prices. The trees learn from these how far the regression can be believed.
    """

    hedonic: Hedonic
    out_of_fold: Vector


def fit_hedonic(
    listings: pl.DataFrame, fields: Sequence[str], seed: int, monotone: Mapping[str, int] | None = None
) -> HedonicFit:
    """Fit the regression by ridge on words and parabolas.

    Parameters
    ----------
    listings : DataFrame
        With ``price`` and ``_group``, whose re-posted copies stay on one side.
    fields : sequence of str
        The fields that it may read.
    seed : int
    monotone : mapping of str to int, optional
        Number field -> 1 where it may only raise the price, -1 where it may only lower it.
    """
    signs = monotone or {}
    out = np.empty(listings.height)
    for fold in group_folds(listings["_group"], FOLDS, seed):
        if len(fold.train):
            out[fold.test] = hedonic_column(regression(listings[fold.train], fields, signs), listings[fold.test])
        else:
            out[fold.test] = np.log(listings["price"].to_numpy()).mean()
    whole = regression(listings, fields, signs)
    spread = {name: float(part_column(part, listings[name]).std()) for name, part in whole.parts().items()}
    total = sum(spread.values()) or 1.0
    shares = {name: value / total for name, value in spread.items()}
    return HedonicFit(whole.model_copy(update={"shares": shares}), out)


def regression(listings: pl.DataFrame, fields: Sequence[str], signs: Mapping[str, int]) -> Hedonic:
    """Fit one regression on all listings; see `fit_hedonic`."""
    curves = {name: curve for name in fields if (curve := _unfitted(listings[name])) is not None}
    words = {name: _Words(listings[name]) for name in fields if listings[name].dtype == pl.String}
    blocks = [_powers(curve, listings[name], straight=name in signs) for name, curve in curves.items()]
    blocks += [found.matrix for found in words.values()]
    log_price = np.log(listings["price"].to_numpy())
    if not sum(block.shape[1] for block in blocks):
        return Hedonic(intercept=float(log_price.mean()), curves={}, words={})
    model = Ridge(alpha=RIDGE, solver="lsqr", tol=1e-5).fit(hstack(blocks).tocsr(), log_price)
    weights = iter(model.coef_.tolist())
    return Hedonic(
        intercept=float(model.intercept_),
        curves={
            name: _weighted(curve, next(weights), next(weights), signs.get(name, 0)) for name, curve in curves.items()
        },
        words={name: {word: next(weights) for word in found.known} for name, found in words.items()},
    )


def _unfitted(column: pl.Series) -> Curve | None:
    """Return the shape of a number's curve, its weights still at 1, or None where it has none."""
    if not column.dtype.is_numeric():
        return None
    low, centre, high = (column.quantile(q, "nearest") for q in (OUTERMOST, 0.5, 1 - OUTERMOST))
    if low is None or centre is None or high is None or not high > low:
        return None
    return Curve(low=low, high=high, centre=centre, scale=(high - low) / 4, linear=1.0, squared=1.0)


def _weighted(curve: Curve, linear: float, squared: float, sign: int) -> Curve:
    # A trend against what is required is no trend at all.
    return curve.model_copy(update={"linear": linear if linear * sign >= 0 else 0.0, "squared": squared})


def _powers(curve: Curve, column: pl.Series, *, straight: bool) -> Any:
    scaled = (column.cast(pl.Float64).clip(curve.low, curve.high) - curve.centre) / curve.scale
    value = scaled.fill_null(0.0).to_numpy()
    return csr_matrix(np.column_stack([value, np.zeros_like(value) if straight else value**2]))


class _Words:
    """Which listing holds which word of a column."""

    def __init__(self, column: pl.Series) -> None:
        counts = column.drop_nulls().rename("text").value_counts(name="n")
        held = [words_of(text) for text in counts["text"].to_list()]
        total: Counter[str] = Counter()
        for words, count in zip(held, counts["n"].to_list(), strict=True):
            for word in words:
                total[word] += count
        self.known = sorted(word for word, count in total.items() if count >= FEWEST_WORDS)
        position = {word: i for i, word in enumerate(self.known)}
        pairs = [(row, position[word]) for row, words in enumerate(held) for word in words if word in position]
        at = tuple(np.array(pairs, dtype=np.int64).reshape(-1, 2).T)
        # The last row is that of a cell without text.
        of_text = csr_matrix((np.ones(len(pairs)), at), shape=(len(held) + 1, len(self.known)))
        row_of = {text: row for row, text in enumerate(counts["text"].to_list())}
        self.matrix = of_text[map_distinct(column, lambda text: row_of.get(text, len(held)), pl.Int64).to_numpy()]
