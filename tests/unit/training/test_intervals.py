import numpy as np
import pytest

from car_price_prediction.training.intervals import conformal_quantiles


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.99])
def test_new_scores_fall_between_the_quantiles_as_often_as_promised(coverage: float) -> None:
    rng = np.random.default_rng(7)
    held = []
    for _ in range(200):
        low, high = conformal_quantiles(rng.standard_t(3, 500) + 0.2, coverage)
        new = rng.standard_t(3, 500) + 0.2
        held.append(((new >= low) & (new <= high)).mean())
    assert coverage - 0.002 <= np.mean(held) <= coverage + 0.02


def test_few_scores_give_the_widest_range_they_can() -> None:
    assert conformal_quantiles(np.array([-1.0, 2.0]), 0.9) == (-1.0, 2.0)


def test_the_range_holds_its_own_price_even_where_all_scores_are_on_one_side() -> None:
    low, high = conformal_quantiles(np.linspace(1, 2, 100), 0.9)
    assert low <= 0 <= high
