"""What the boosted trees are compared with: a line, a forest, and another library's trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder

from car_price_prediction.package.booster import Matrix

from .candidates import Candidate, Fitted, Task
from .evaluate import Vector
from .folds import MANY_LISTINGS
from .parallel import threads

LARGEST_NUMBER = 1e30
"""LightGBM reads any number; the others compute in single precision or with squares, and refuse what overflows."""


def baselines() -> tuple[Candidate, ...]:
    """Return the candidates that are compared but never served, the cheapest first.

    Examples
    --------
    >>> [candidate.name for candidate in baselines()]
    ['linear', 'random_forest', 'xgboost']
    """
    return (
        Candidate("linear", fit_linear, "scikit-learn stores it as a pickle only"),
        Candidate("random_forest", fit_random_forest, "scikit-learn stores it as a pickle only"),
        Candidate("xgboost", fit_xgboost, "the serving image holds one tree engine, LightGBM's"),
    )


def fit_linear(task: Task) -> Fitted:
    """Fit a ridge regression on one-hot categories and scaled numbers."""
    numbers = [i for i in range(task.matrix.shape[1]) if i not in task.categorical]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=5), task.categorical),
    )
    return _fitted(make_pipeline(columns, Ridge(alpha=1.0)), task)


def fit_random_forest(task: Task) -> Fitted:
    """Fit a random forest on target-encoded categories."""
    columns = make_column_transformer(
        (TargetEncoder(cv=KFold(5, shuffle=True, random_state=task.seed)), task.categorical), remainder="passthrough"
    )
    forest = RandomForestRegressor(
        n_estimators=50, max_features=0.5, max_samples=0.4, min_samples_leaf=2, n_jobs=threads(), random_state=task.seed
    )
    return _fitted(make_pipeline(columns, forest), task)


def fit_xgboost(task: Task) -> Fitted:
    """Fit XGBoost's histogram method with its own handling of categories."""
    kinds = ["c" if i in task.categorical else "q" for i in range(task.matrix.shape[1])]

    def data(matrix: Matrix, label: Vector | None = None) -> Any:
        return xgboost.DMatrix(_bounded(matrix), label, feature_types=kinds, enable_categorical=True)

    task = _some(task)
    settings = {"learning_rate": 0.1, "max_depth": 8, "subsample": 0.9, "colsample_bytree": 0.6, "seed": task.seed}
    settings |= {"max_cat_to_onehot": 1, "nthread": threads()}
    model = xgboost.train(settings, data(task.matrix, task.log_price), 200)
    return _Predictor(lambda matrix: np.asarray(model.predict(data(matrix)), dtype=np.float64))


@dataclass(frozen=True, slots=True)
class _Predictor:
    function: Callable[[Matrix], Vector]

    def predict(self, matrix: Matrix) -> Vector:
        return self.function(matrix)


def _some(task: Task) -> Task:
    """Return at most `MANY_LISTINGS` of the listings: a yardstick need not cost more than what it measures."""
    rows = len(task.log_price)
    if rows <= MANY_LISTINGS:
        return task
    some = np.sort(np.random.default_rng(task.seed).choice(rows, MANY_LISTINGS, replace=False))
    return replace(task, matrix=task.matrix[some], log_price=task.log_price[some])


def _fitted(pipeline: Any, task: Task) -> Fitted:
    task = _some(task)
    pipeline.fit(_bounded(task.matrix), task.log_price)
    return _Predictor(lambda matrix: np.asarray(pipeline.predict(_bounded(matrix)), dtype=np.float64))


def _bounded(matrix: Matrix) -> Matrix:
    return np.clip(matrix, -LARGEST_NUMBER, LARGEST_NUMBER)
