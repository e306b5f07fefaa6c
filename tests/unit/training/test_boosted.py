import math

import numpy as np
import pytest

from car_price_prediction.training import baselines as module
from car_price_prediction.training.baselines import baselines
from car_price_prediction.training.boosted import ABSOLUTE, EXTRA, HUBER, SLENDER, WIDE, member, members
from car_price_prediction.training.candidates import Candidate, Task

CANDIDATES = (*baselines(), *members("standard", 1_000), *members("standard", 60_000)[1:2])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "threads", lambda: 1)


def task(*, seed: int = 0) -> Task:
    rng = np.random.default_rng(5)
    code, age = rng.integers(0, 4, 400).astype(float), rng.uniform(0, 20, 400)
    price = 10 + 0.2 * code - 0.1 * age
    code[::23], age[::17] = math.nan, math.nan
    return Task(np.column_stack([code, age, np.full(400, 7.0)]), price, [0], seed)


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_every_candidate_learns_from_words_numbers_and_gaps(candidate: Candidate) -> None:
    given = task()
    predicted = candidate.fit(given).predict(given.matrix)
    assert predicted.dtype == np.float64
    assert np.corrcoef(predicted, given.log_price)[0, 1] > 0.9


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_a_seed_repeats_a_fit(candidate: Candidate) -> None:
    given = task(seed=3)
    first, second = (candidate.fit(task(seed=3)).predict(given.matrix) for _ in range(2))
    np.testing.assert_allclose(first, second, rtol=1e-12)  # the trees of a forest are summed in any order


@pytest.mark.parametrize("huge", [1e39, 1e200, math.inf])
@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_one_absurd_number_fails_no_candidate(candidate: Candidate, huge: float) -> None:
    given = task()
    given.matrix[5, 1] = huge
    assert np.isfinite(candidate.fit(given).predict(given.matrix)).all()


def test_only_what_is_packaged_without_a_pickle_is_served() -> None:
    assert all(candidate.not_served for candidate in baselines())
    assert not any(m.not_served for budget in ("quick", "standard", "thorough") for m in members(budget, 1_000))


@pytest.mark.parametrize(
    "settings", [HUBER, ABSOLUTE, EXTRA, SLENDER, WIDE], ids=["huber", "absolute", "extra", "slender", "wide"]
)
def test_a_monotone_member_never_prices_age_higher(settings: dict) -> None:
    given = task()
    noise = np.random.default_rng(1).normal(0, 0.5, len(given.log_price))
    held = Task(given.matrix, given.log_price + noise, given.categorical, 0, monotone=(0, -1, 0))
    grid = np.column_stack([np.full(200, 1.0), np.linspace(0, 20, 200), np.full(200, 7.0)])
    predicted = member("held", settings, 60).fit(held).predict(grid)
    assert (np.diff(predicted) <= 1e-12).all()
    assert predicted[0] > predicted[-1]
