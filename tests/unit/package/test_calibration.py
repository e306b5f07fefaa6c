import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from car_price_prediction.package.calibration import LEVELS, Calibration

SCORES = tuple(np.quantile(np.random.default_rng(5).standard_t(3, 2_000), LEVELS, method="weibull").tolist())
LOG_PRICE = math.log(12_000)


def calibration(levels: tuple[float, ...] = LEVELS, scores: tuple[float, ...] = SCORES) -> Calibration:
    return Calibration(coverage=0.9, smallest_spread=0.01, quantiles={}, levels=levels, grid={"known": scores})


def test_the_levels_are_many_increasing_and_the_same_on_both_sides() -> None:
    assert 41 <= len(LEVELS) <= 99
    assert all(a < b for a, b in pairwise(LEVELS))
    assert [round(1 - level, 3) for level in reversed(LEVELS)] == list(LEVELS)


@pytest.mark.parametrize("spread", [0.001, 0.08, 1.3])
def test_level_and_price_are_each_other_s_inverse(spread: float) -> None:
    found = calibration()
    for level in (*LEVELS, 0.033, 0.5123):
        asking = math.exp(found.log_price_at(level, LOG_PRICE, spread, "known"))
        assert found.level_of(asking, LOG_PRICE, spread, "known") == pytest.approx(level, abs=1e-9)


def test_the_price_at_a_level_of_the_grid_is_the_quantile_itself() -> None:
    for level, score in zip(LEVELS, SCORES, strict=True):
        assert calibration().log_price_at(level, 0.0, 1.0, "known") == pytest.approx(score)


@given(st.floats(1, 1e9), st.floats(1, 1e9), st.floats(0, 3))
def test_a_dearer_car_never_has_a_lower_level(one: float, other: float, spread: float) -> None:
    low, high = (calibration().level_of(asking, LOG_PRICE, spread, "known") for asking in sorted((one, other)))
    assert LEVELS[0] <= low <= high <= LEVELS[-1]


def test_quantiles_that_are_alike_are_no_problem() -> None:
    found = calibration((0.1, 0.5, 0.9), (0.0, 0.0, 1.0))
    assert found.level_of(1.0, 0.0, 1.0, "known") == 0.5


@pytest.mark.parametrize(
    ("levels", "scores"), [((0.5, 0.1), (0.0, 1.0)), ((0.1, 0.9), (1.0, 0.0)), ((0.1, 0.9), (0.0, 1.0, 2.0))]
)
def test_a_grid_that_is_none_is_refused(levels: tuple[float, ...], scores: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match=r"increase|quantile for each level"):
        calibration(levels, scores)
