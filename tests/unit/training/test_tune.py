from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from car_price_prediction.training import tune as module
from car_price_prediction.training.candidates import Candidate
from car_price_prediction.training.tune import tuned_member


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIALS", 16)


def settings_of(candidate: Candidate) -> dict:
    return candidate.fit.keywords["settings"]


def leaves_off(candidate: Candidate) -> float:
    return abs(settings_of(candidate)["num_leaves"] - 60)


def all_leaves_off(candidates: Sequence[Candidate], done: Callable[[], None]) -> list[float]:
    return [leaves_off(candidate) for candidate in candidates]


def test_the_best_settings_are_taken_and_learnt_slowly() -> None:
    tried: list[float] = []

    def errors_of(candidates: Sequence[Candidate], done: Callable[[], None]) -> list[float]:
        tried.extend(leaves_off(candidate) for candidate in candidates)
        return tried[-len(candidates) :]

    best = tuned_member(errors_of, seed=1)
    assert leaves_off(best) == min(tried)
    assert len(tried) == 16
    assert settings_of(best)["learning_rate"] == module.SLOW["learning_rate"]
    assert best.fit.keywords["rounds"] == module.SLOW_ROUNDS


def test_the_first_trial_is_what_is_used_untuned() -> None:
    tried: list[dict] = []
    tuned_member(lambda found, done: [tried.append(settings_of(one)) or 1.0 for one in found], seed=0)
    assert any(s["num_leaves"] == 127 and s["cat_smooth"] == 30 for s in tried[: module.AT_ONCE])


def test_a_seed_repeats_a_search() -> None:
    first, second = (settings_of(tuned_member(all_leaves_off, seed=7)) for _ in range(2))
    assert first == second
    assert first != settings_of(tuned_member(all_leaves_off, seed=8))
