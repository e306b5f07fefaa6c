from __future__ import annotations

import numpy as np
import pytest

from car_price_prediction.package.calibration import Calibration, Steps
from car_price_prediction.training.conformal import conformal_quantiles
from car_price_prediction.training.steps import fit_steps

RNG = np.random.default_rng(5)


def test_every_tenth_of_the_prices_keeps_the_promise() -> None:
    price = np.sort(RNG.normal(9, 1, 10_000))
    stretched = np.interp(price, [7, 11], [0.6, 1.6])
    scores, fresh = (RNG.standard_t(4, len(price)) * stretched for _ in range(2))
    steps = fit_steps(scores, price, 0.9)
    below, above = steps.at_all(price)

    def held(by_low: np.ndarray, by_high: np.ndarray) -> list[float]:
        scaled = scores / np.where(scores > 0, by_high, by_low)
        low, high = conformal_quantiles(scaled, 0.9)
        inside = (fresh >= low * by_low) & (fresh <= high * by_high)
        return [float(part.mean()) for part in np.array_split(inside, 10)]

    one = np.ones(len(price))
    assert min(held(one, one)) < 0.86
    assert min(held(below, above)) > 0.87
    assert np.mean(held(below, above)) == pytest.approx(0.9, abs=0.01)


def test_one_and_many_prices_get_the_same_factors() -> None:
    steps = fit_steps(RNG.normal(size=3_000) * np.linspace(1, 2, 3_000), np.linspace(8, 11, 3_000), 0.8)
    asked = np.array([7.0, 8.0, 8.81, 10.2, steps.log_prices[3], 11.0, 12.0])
    below, above = steps.at_all(asked)
    np.testing.assert_allclose([steps.at(price) for price in asked.tolist()], np.column_stack([below, above]))


@pytest.mark.parametrize(
    ("scores", "price"),
    [
        (RNG.normal(size=150), RNG.normal(size=150)),
        (np.abs(RNG.normal(size=900)), RNG.normal(size=900)),
        (np.zeros(900), RNG.normal(size=900)),
    ],
    ids=["few", "one_sided", "no_error"],
)
def test_where_groups_tell_nothing_there_are_no_steps(scores: np.ndarray, price: np.ndarray) -> None:
    assert fit_steps(scores, price, 0.9) == Steps()


def test_many_listings_of_one_predicted_price_are_one_step() -> None:
    steps = fit_steps(RNG.normal(size=2_000), np.full(2_000, 9.0), 0.9)
    assert steps.log_prices == (9.0,)
    assert steps.at(8.0) == steps.at(10.0)


def test_the_level_of_an_asking_price_follows_the_steps() -> None:
    steps = Steps(log_prices=(8.0, 10.0), below=(0.5, 2.0), above=(1.0, 3.0))
    found = Calibration(
        coverage=0.9,
        smallest_spread=0.01,
        steps=steps,
        quantiles={"known": (-1.6, 1.6)},
        levels=(0.1, 0.5, 0.9),
        grid={"known": (-1.5, 0.0, 1.5)},
    )
    for level in (0.1, 0.3, 0.5, 0.7, 0.9):
        asking = float(np.exp(found.log_price_at(level, 9.2, 0.2, "known")))
        assert found.level_of(asking, 9.2, 0.2, "known") == pytest.approx(level)
    price, low, high = found.range_of(10.0, 0.1, "known")
    assert (np.log(low / price), np.log(high / price)) == pytest.approx((-0.32, 0.48))
