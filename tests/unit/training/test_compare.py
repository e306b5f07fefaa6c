from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.candidates import Candidate, Fitted, Task
from car_price_prediction.training.choices import Monotone
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


def compare(*members: Candidate, baselines: tuple[Candidate, ...] = (), stages: SilentStages | None = None) -> Compared:
    listings = loaded_market(cars=120).listings
    folds = group_folds(listings["_group"], FOLDS, seed=0)
    return Comparer(listings, ["make", "year"], folds, 0, stages or SilentStages()).compare(members, baselines)


def test_the_best_comes_first_and_the_best_that_can_be_served_is_chosen() -> None:
    stages, pickled = SilentStages(), constant("best", 0.0, "a pickle")
    found = compare(constant("far", 2.0), constant("near", 0.5), baselines=(pickled,), stages=stages)
    assert [row.name for row in found.table] == ["best", "near", "far"]
    assert found.chosen.name == "near"
    assert found.weights == {"near": 1.0}
    assert "best" in stages.notes[0]
    assert "not served: a pickle" in stages.notes[0]


def test_every_listing_is_predicted_by_a_model_that_did_not_see_it() -> None:
    def fit(task: Task) -> Fitted:
        return Constant(float(len(task.log_price)))

    found = compare(Candidate("counting", fit))
    listings = loaded_market(cars=120).listings
    assert len(found.folds) == FOLDS
    assert [len(part.fold.train) + len(part.fold.test) for part in found.folds] == [listings.height] * FOLDS
    assert sorted(np.concatenate([part.fold.test for part in found.folds])) == list(range(listings.height))
    out = found.out_of_fold(listings.height)
    assert all((out[part.fold.test] == part.log_predicted).all() for part in found.folds)


def test_the_chosen_candidate_is_fitted_on_every_listing_as_well() -> None:
    found = compare(constant("served"))
    assert len(found.whole.fold.train) == 120
    assert found.whole.model is not None


def test_models_that_are_not_served_are_let_go() -> None:
    kept: list[weakref.ref] = []

    def fit(task: Task) -> Fitted:
        kept.append(weakref.ref(model := Constant(9.0)))
        return model

    compare(constant("served"), baselines=(Candidate("a", fit, "a pickle"),))
    gc.collect()
    assert len(kept) == COMPARED
    assert not any(one() for one in kept)


def test_members_that_miss_on_either_side_are_served_together() -> None:
    found = compare(constant("over", 0.3), constant("under", -0.3))
    assert set(found.weights) == {"over", "under"}
    assert found.chosen.name == "blend"
    assert {row.name for row in found.table} == {"over", "under", "blend"}
    alone = {part.fold.number: part.log_predicted for part in compare(constant("right")).folds}
    off = 0.3 * found.weights["over"] - 0.3 * found.weights["under"]
    for part in found.folds:
        np.testing.assert_allclose(part.log_predicted, alone[part.fold.number] + off, atol=1e-9)


def test_prices_are_held_monotone_where_that_costs_nothing() -> None:
    listings = loaded_market(cars=300).listings
    folds = group_folds(listings["_group"], FOLDS, seed=0)
    small = member("small", HUBER | {"num_leaves": 7}, 40)

    def found(way: Monotone) -> Compared:
        fields = ["make", "model", "year", "mileage_km"]
        return Comparer(listings, fields, folds, 0, SilentStages()).compare((small,), (), way)

    assert found("on").monotone
    assert not found("off").monotone
    assert found("auto").monotone  # cars of this market lose with every kilometre and every year


def test_what_monotone_prices_cost_is_seen_on_part_of_many_listings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("car_price_prediction.training.compare.TRIED", 40)
    listings, learnt = loaded_market(cars=300).listings, []

    def fit(task: Task) -> Fitted:
        learnt.append((len(task.log_price), any(task.monotone)))
        return Constant(float(np.median(task.log_price)))

    folds = group_folds(listings["_group"], FOLDS, seed=0)
    comparer = Comparer(listings, ["make", "year"], folds, 0, SilentStages())
    found = comparer.compare((constant("served"),), (), "auto", Candidate("trial", fit))
    assert sorted(learnt) == [(40, False)] * COMPARED + [(40, True)] * COMPARED
    assert found.monotone
    assert [len(part.fold.train) + len(part.fold.test) for part in found.folds] == [listings.height] * FOLDS


def test_folds_and_whole_read_the_same_features(monkeypatch: pytest.MonkeyPatch) -> None:
    listings = loaded_market(cars=200).listings
    # More listings than that in all, and fewer in what a fold learns from.
    monkeypatch.setattr("car_price_prediction.training.features.HEDONIC_ROWS", 180)
    folds = group_folds(listings["_group"], FOLDS, seed=0)
    comparer = Comparer(listings, ["make", "model", "year"], folds, 0, SilentStages())
    found = comparer.compare((member("small", HUBER | {"num_leaves": 7}, 5),))
    names = {tuple(feature.name for feature in part.encoder.features) for part in (*found.folds, found.whole)}
    assert len(names) == 1
    assert "hedonic" not in names.pop()
