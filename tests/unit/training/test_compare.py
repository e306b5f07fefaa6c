from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from car_price_prediction.training.candidates import Candidate, Fitted, Task
from car_price_prediction.training.compare import COMPARED, Compared, Comparer
from car_price_prediction.training.evaluate import Vector
from car_price_prediction.training.folds import group_folds
from support.market import loaded_market
from support.model import SilentStages

FOLDS = 4


class Constant:
    """Predicts one log price for every car, and counts the cars."""

    def __init__(self, log_price: float) -> None:
        self.log_price = log_price

    def predict(self, matrix: np.ndarray) -> Vector:
        return np.full(len(matrix), self.log_price)


def constant(name: str, away: float = 0.0, not_served: str = "") -> Candidate:
    return Candidate(name, lambda task: Constant(float(np.median(task.log_price)) + away), not_served)


def compare(*candidates: Candidate, stages: SilentStages | None = None) -> Compared:
    listings = loaded_market(cars=120).listings
    folds = group_folds(listings["_group"], FOLDS, seed=0)
    return Comparer(listings, ["make", "year"], folds, 0, stages or SilentStages()).compare(candidates)


def test_the_best_comes_first_and_the_best_that_can_be_served_is_chosen() -> None:
    stages = SilentStages()
    found = compare(constant("far", 2.0), constant("near", 0.5), constant("best", 0.0, "a pickle"), stages=stages)
    assert [row.name for row in found.table] == ["best", "near", "far"]
    assert found.chosen.name == "near"
    assert "best" in stages.notes[0]
    assert "not served: a pickle" in stages.notes[0]


def test_every_listing_is_predicted_by_a_model_that_did_not_see_it() -> None:
    seen: list[int] = []

    def fit(task: Task) -> Fitted:
        seen.append(len(task.log_price))
        return Constant(float(len(seen)))

    found = compare(Candidate("counting", fit))
    assert len(seen) == len(found.folds) == FOLDS
    listings = loaded_market(cars=120).listings
    assert all(rows + len(part.fold.test) == listings.height for rows, part in zip(seen, found.folds, strict=True))
    out = found.out_of_fold(listings.height)
    assert all((out[part.fold.test] == part.log_predicted).all() for part in found.folds)


def test_models_that_are_not_served_are_let_go() -> None:
    kept: list[weakref.ref] = []

    def fit(task: Task) -> Fitted:
        gc.collect()
        assert [one for one in kept[:-1] if one()] == []
        kept.append(weakref.ref(model := Constant(9.0)))
        return model

    compare(Candidate("a", fit, "a pickle"), constant("served"))
    gc.collect()
    assert len(kept) == COMPARED
    assert not any(one() for one in kept)


@pytest.mark.parametrize("wild", [1e6, -1e6, np.inf])
def test_a_candidate_that_flies_off_still_has_finite_errors(wild: float) -> None:
    found = compare(constant("served"), constant("wild", wild, "a pickle"))
    assert all(np.isfinite(list(row.metrics.values())).all() for row in found.table)
