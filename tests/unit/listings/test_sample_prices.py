from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from car_price_prediction.listings.sample_cars import Cars, draw_cars
from car_price_prediction.listings.sample_facts import load_facts
from car_price_prediction.listings.sample_prices import draw_prices, expected_prices, noise_spread, round_like_people
from car_price_prediction.listings.sample_random import Draws

DRAWS = Draws(seed=2, start=0, stop=20_000)


@pytest.fixture(scope="module")
def cars() -> Cars:
    return draw_cars(DRAWS)


def test_mileage_lowers_the_price_of_every_car(cars: Cars) -> None:
    driven = replace(cars, mileage_km=cars.mileage_km + 50_000)
    assert (expected_prices(driven) < expected_prices(cars)).all()


def test_age_lowers_the_price_of_ordinary_cars(cars: Cars) -> None:
    young = replace(cars, age_years=np.full(20_000, 3.0))
    old = replace(cars, age_years=np.full(20_000, 10.0))
    facts = load_facts()
    ordinary = np.array([float(model["holds"]) > 0 for model in facts.models])[cars.model]
    assert (expected_prices(old) < expected_prices(young))[ordinary].all()


def test_the_first_year_costs_most(cars: Cars) -> None:
    at = [np.log(expected_prices(replace(cars, age_years=np.full(20_000, float(age))))) for age in (0, 1, 2)]
    assert np.median(at[0] - at[1]) > 1.4 * np.median(at[1] - at[2])


def test_classics_gain_with_age(cars: Cars) -> None:
    at = [np.median(expected_prices(replace(cars, age_years=np.full(20_000, age)))) for age in (26.0, 38.0)]
    assert at[1] > at[0]


def test_damage_lowers_the_price(cars: Cars) -> None:
    words = load_facts().words["condition"].values
    good, damaged = (
        expected_prices(replace(cars, condition=np.full(20_000, words.index(word)))) for word in ("good", "damaged")
    )
    assert (damaged < good).all()


def test_noise_grows_with_age(cars: Cars) -> None:
    assert (np.diff(noise_spread(np.arange(0.0, 20.0))) > 0).all()
    error = np.abs(np.log(draw_prices(DRAWS, cars) / expected_prices(cars)))
    young, old = cars.age_years < 3, cars.age_years > 12
    assert np.median(error[old]) > 1.4 * np.median(error[young])


def test_rounding_stays_near_and_looks_human() -> None:
    exact = np.exp(np.linspace(np.log(700), np.log(150_000), 20_000))
    rounded = round_like_people(exact, Draws(1, 0, 20_000).uniform("mood"))
    assert np.quantile(np.abs(rounded / exact - 1), 0.99) < 0.06
    assert np.isin(rounded % 100, [0, 50]).mean() > 0.6
    assert (rounded % 100 == 99).mean() > 0.05
