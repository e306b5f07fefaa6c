"""The members of the served blend: LightGBM's trees, each kind with a loss and a way to split of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import lightgbm
import numpy as np

from car_price_prediction.package.booster import Booster, Matrix

from .candidates import Candidate, Task
from .choices import Budget
from .evaluate import Vector
from .folds import MANY_LISTINGS
from .parallel import threads

COMMON: dict[str, Any] = {
    "num_leaves": 127,
    "min_data_in_leaf": 5,
    "feature_fraction": 0.8,
    "feature_fraction_bynode": 0.5,
    "bagging_fraction": 0.9,
    "bagging_freq": 1,
    "lambda_l2": 3.0,
    "cat_smooth": 30,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
# Huber's loss on the log price: squared below 0.2 (about 20% of the price), absolute above, so that
# the many ordinary cars decide and the few absurd prices do not. The figures are in docs/decisions.
HUBER = COMMON | {"objective": "huber", "alpha": 0.2, "learning_rate": 0.06}
ABSOLUTE = COMMON | {"objective": "l1", "learning_rate": 0.06}
# Thresholds are drawn at random: what a word is worth need not be held back as much as where each is searched for.
EXTRA = HUBER | {
    "extra_trees": True,
    "feature_fraction_bynode": 1.0,
    "lambda_l2": 1.0,
    "cat_smooth": 10,
    "learning_rate": 0.05,
}
SLENDER = HUBER | {"num_leaves": 22, "min_data_in_leaf": 3, "cat_smooth": 10, "learning_rate": 0.05}
NARROW = {"objective": "huber", "alpha": 0.05}
"""LightGBM cannot hold absolute error monotone; this comes nearest, with steps that are clipped and so shorter."""
WIDE = HUBER | {"num_leaves": 255, "learning_rate": 0.1, "feature_fraction": 0.6, "feature_fraction_bynode": 1.0}
FEW_TRIAL, MANY_TRIAL = SLENDER | {"learning_rate": 0.1}, HUBER | {"learning_rate": 0.15}
VERY_MANY_LISTINGS = 80_000
"""From here on members take fewer, larger steps, and a third one costs more time than it is worth."""
MANY_ROWS = 50_000
"""The package's own lines price so many in half the time, to the last bit as LightGBM does, once they are laid out."""


def members(budget: Budget, rows: int) -> tuple[Candidate, ...]:
    """Return the members that may enter the blend.

    Parameters
    ----------
    budget : {"quick", "standard", "thorough"}
    rows : int
        Listings to learn from.

    Examples
    --------
    >>> [member.name for member in members("standard", 8_000)]
    ['huber', 'absolute', 'extra', 'slender']
    >>> [member.name for member in members("standard", 60_000)]
    ['huber', 'wide', 'absolute']
    """
    if budget == "quick":
        return (member("huber", HUBER | {"learning_rate": 0.1}, 400),)
    if budget == "thorough":
        return (
            member("huber", HUBER | {"learning_rate": 0.03}, 1300),
            member("absolute", ABSOLUTE | {"learning_rate": 0.03}, 1600),
            member("extra", EXTRA | {"learning_rate": 0.03}, 1800),
            member("slender", SLENDER | {"learning_rate": 0.03}, 1700),
            member("wide", WIDE | {"learning_rate": 0.05}, 800),
        )
    if rows > MANY_LISTINGS:
        return _of_many(rows)
    return (
        member("huber", HUBER, 550),
        member("absolute", ABSOLUTE, 650),
        member("extra", EXTRA, 1000),
        member("slender", SLENDER, 1000),
    )


def _of_many(rows: int) -> tuple[Candidate, ...]:
    # Here larger trees find more, and splits at random lose more: see docs/decisions.
    huber, wide = HUBER | {"cat_smooth": 10}, WIDE | {"cat_smooth": 10}
    if rows > VERY_MANY_LISTINGS:
        return (
            member("huber", huber | {"learning_rate": 0.08}, 480),
            member("wide", wide | {"learning_rate": 0.115}, 350),
        )
    return (
        member("huber", huber | {"learning_rate": 0.07}, 550),
        member("wide", wide, 400),
        member("absolute", wide | {"objective": "l1"}, 400),
    )


def trial(rows: int) -> Candidate:
    """Return a member that is fitted fast, to see what a way to fit costs all of them.

    Parameters
    ----------
    rows : int
        Listings to learn from.
    """
    # Large trees of few listings fit so much noise that whatever restrains them costs them nothing.
    return member("trial", MANY_TRIAL, 150) if rows > MANY_LISTINGS else member("trial", FEW_TRIAL, 400)


def member(name: str, settings: dict[str, Any], rounds: int) -> Candidate:
    """Return a candidate of LightGBM's trees.

    Parameters
    ----------
    name : str
    settings : dict
        As `lightgbm.train` takes them.
    rounds : int
        How many trees.
    """
    return Candidate(name, partial(_fit, settings=settings, rounds=rounds))


def train_lightgbm(task: Task, settings: dict[str, Any], rounds: int) -> Any:
    """Return a LightGBM booster."""
    settings = settings | {"seed": task.seed, "num_threads": threads(len(task.log_price))}
    if any(task.monotone):
        # LightGBM falls back to its basic method where features are drawn for each node.
        settings |= {"monotone_constraints": list(task.monotone), "monotone_constraints_method": "intermediate"}
        if settings["objective"] == "l1":
            settings |= NARROW | {"learning_rate": 2 * settings["learning_rate"]}
    if task.boost:
        return task.boost(settings | {"categorical_feature": task.categorical}, rounds)
    # The categories' order means nothing to LightGBM; NaN codes go where missing values go.
    data = lightgbm.Dataset(task.matrix, task.log_price, categorical_feature=task.categorical, free_raw_data=True)
    return lightgbm.train(settings, data, rounds)


@dataclass(frozen=True, slots=True)
class LightGBMModel:
    """A fitted LightGBM booster."""

    booster: Any

    def predict(self, matrix: Matrix) -> Vector:
        """Return the log price of each row."""
        if len(matrix) >= MANY_ROWS:
            return Booster(self.text().encode()).predict(matrix, threads=threads())
        return np.asarray(self.booster.predict(matrix, num_threads=threads()), dtype=np.float64)

    def text(self) -> str:
        """Return it in LightGBM's text format."""
        # Not LightGBM's own `save_model`: a full disk is an OSError there, and an error of LightGBM's kind here.
        text: str = self.booster.model_to_string(num_iteration=-1)
        return text

    def gains(self) -> Vector:
        """Return each feature's total gain."""
        return np.asarray(self.booster.feature_importance("gain"), dtype=np.float64)

    @property
    def trees(self) -> int:
        """How many trees it has."""
        return int(self.booster.num_trees())


def _fit(task: Task, settings: dict[str, Any], rounds: int) -> LightGBMModel:
    return LightGBMModel(train_lightgbm(task, settings, rounds))
