import math

import numpy as np
import pytest

from car_price_prediction.training import candidates as module
from car_price_prediction.training.candidates import Task, candidates


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIGHTGBM_ROUNDS", 60)
    monkeypatch.setattr(module, "threads", lambda: 1)


def task(*, seed: int = 0) -> Task:
    rng = np.random.default_rng(5)
    code, age = rng.integers(0, 4, 400).astype(float), rng.uniform(0, 20, 400)
    price = 10 + 0.2 * code - 0.1 * age
    code[::23], age[::17] = math.nan, math.nan
    return Task(np.column_stack([code, age, np.full(400, 7.0)]), price, [0], seed)


@pytest.mark.parametrize("candidate", candidates(), ids=lambda c: c.name)
def test_every_candidate_learns_from_words_numbers_and_gaps(candidate: module.Candidate) -> None:
    given = task()
    predicted = candidate.fit(given).predict(given.matrix)
    assert predicted.dtype == np.float64
    assert np.corrcoef(predicted, given.log_price)[0, 1] > 0.9


@pytest.mark.parametrize("candidate", candidates(), ids=lambda c: c.name)
def test_a_seed_repeats_a_fit(candidate: module.Candidate) -> None:
    given = task(seed=3)
    first, second = (candidate.fit(task(seed=3)).predict(given.matrix) for _ in range(2))
    np.testing.assert_allclose(first, second, rtol=1e-12)  # the trees of a forest are summed in any order


@pytest.mark.parametrize("huge", [1e39, 1e200, math.inf])
@pytest.mark.parametrize("candidate", candidates(), ids=lambda c: c.name)
def test_one_absurd_number_fails_no_candidate(candidate: module.Candidate, huge: float) -> None:
    given = task()
    given.matrix[5, 1] = huge
    assert np.isfinite(candidate.fit(given).predict(given.matrix)).all()


def test_only_what_is_packaged_without_a_pickle_is_served() -> None:
    assert [candidate.name for candidate in candidates() if not candidate.not_served] == ["lightgbm"]
