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
EXTRA = ABSOLUTE | {"extra_trees": True, "feature_fraction_bynode": 1.0, "lambda_l2": 1.0, "learning_rate": 0.05}
NARROW = {"objective": "huber", "alpha": 0.05}
"""LightGBM cannot hold absolute error monotone; this comes nearest, with steps that are clipped and so shorter."""
WIDE = HUBER | {"num_leaves": 255, "learning_rate": 0.1, "feature_fraction": 0.6, "feature_fraction_bynode": 1.0}
MANY_ROWS = 50_000
"""The package's own lines price so many in half the time, to the last bit as LightGBM does, once they are laid out."""
TRIAL = HUBER | {"learning_rate": 0.15}


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
    ['huber', 'absolute', 'extra']
    >>> [member.name for member in members("standard", 80_000)]
    ['huber', 'wide']
    """
    if budget == "quick":
        return (member("huber", HUBER | {"learning_rate": 0.1}, 400),)
    if budget == "thorough":
        return (
            member("huber", HUBER | {"learning_rate": 0.03}, 1300),
            member("absolute", ABSOLUTE | {"learning_rate": 0.03}, 1600),
            member("extra", EXTRA | {"learning_rate": 0.03}, 1800),
            member("wide", WIDE | {"learning_rate": 0.05}, 800),
        )
    if rows > MANY_LISTINGS:
        # Here larger trees find more, and splits at random lose more: see docs/decisions.
        many = {"cat_smooth": 10}
        # Larger steps and fewer of them than below: more trees took time and gained nothing.
        huber, wide = {"learning_rate": 0.08}, {"learning_rate": 0.115}
        return (member("huber", HUBER | many | huber, 480), member("wide", WIDE | many | wide, 350))
    return (member("huber", HUBER, 550), member("absolute", ABSOLUTE, 650), member("extra", EXTRA, 1000))


def trial() -> Candidate:
    """Return a member that is fitted fast, to see what a way to fit costs all of them."""
    return member("trial", TRIAL, 150)


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
