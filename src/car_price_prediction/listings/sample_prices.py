"""What the cars of the sample market are advertised at: depreciation, mileage, equipment, taste, and noise."""

from __future__ import annotations

import numpy as np

from .sample_cars import Cars, segment_numbers
from .sample_facts import Facts, load_facts, numbers
from .sample_random import Draws, Floats, Ints
from .sample_versions import Versions, load_versions

NEW_DISCOUNT = 0.06
"""What is taken off the list price of a car that nobody drove yet."""
MILEAGE_EFFECT = 0.34
"""Of a car's kilometres above or below the usual, as a share of the usual and `MILEAGE_EASE_KM`, on the log price."""
MILEAGE_EASE_KM = 40_000.0
NOISE, NOISE_A_YEAR, MOST_NOISE = 0.075, 0.0065, 0.24
"""Spread of the log price that nothing in the advertisement tells, of a new car, for each year, and at most."""
LEAST_EUR = 650.0
"""What a car that drives is worth, however old it is."""
AWD_FACTOR, AUTOMATIC_FACTOR, THREE_DOORS_FACTOR, OWNER_FACTOR = 1.06, 1.045, 0.97, 0.985


def draw_prices(draws: Draws, cars: Cars) -> Floats:
    """Draw the asking price of each car, in EUR, rounded as people round.

    Examples
    --------
    >>> from car_price_prediction.listings.sample_cars import draw_cars
    >>> draws = Draws(seed=1, start=0, stop=1000)
    >>> 5_000 < float(np.median(draw_prices(draws, draw_cars(draws)))) < 25_000
    True
    """
    noise = noise_spread(cars.age_years) * draws.normal("price")
    exact = np.exp(np.log(expected_prices(cars)) + noise)
    return round_like_people(exact, draws.uniform("rounding"))


def expected_prices(cars: Cars) -> Floats:
    """Return the price of each car before noise and rounding, in EUR.

    A list price, less a share that grows with age and mileage; a car that drives is never worth nothing.
    """
    facts, versions = load_facts(), load_versions()
    value = versions.list_eur[cars.version] * _equipment(facts, cars) * (1 - NEW_DISCOUNT)
    value = value * np.exp(-_loss(facts, versions, cars)) * mileage_factor(cars.mileage_km, cars.usual_km)
    value = value * _taste(facts, cars) * OWNER_FACTOR ** (cars.owners - 1)
    return np.asarray(np.sqrt(value**2 + LEAST_EUR**2))


def noise_spread(age_years: Floats) -> Floats:
    """Return the standard deviation of the log price that no field explains: it grows with age.

    Examples
    --------
    >>> noise_spread(np.array([0.0, 10.0, 60.0])).round(3).tolist()
    [0.075, 0.14, 0.24]
    """
    return np.minimum(NOISE + NOISE_A_YEAR * age_years, MOST_NOISE)


def mileage_factor(mileage_km: Floats, usual_km: Floats) -> Floats:
    """Return what the kilometres do to the price; 1 where they are the usual ones for the age.

    Examples
    --------
    >>> mileage_factor(np.array([20e3, 120e3, 240e3]), np.full(3, 120e3)).round(2).tolist()
    [1.24, 1.0, 0.77]
    """
    return np.asarray(np.exp(-MILEAGE_EFFECT * (mileage_km - usual_km) / (usual_km + MILEAGE_EASE_KM)))


def round_like_people(price: Floats, mood: Floats) -> Floats:
    """Round prices as advertisements do: to …,500, to …900 or …950, to tens, rarely to …99.

    Parameters
    ----------
    price : ndarray of float
        Exact.
    mood : ndarray of float
        From 0 to 1: which habit its seller has.

    Examples
    --------
    >>> round_like_people(np.full(4, 12_345.6), np.array([0.1, 0.5, 0.7, 0.95])).tolist()
    [12500.0, 12450.0, 12350.0, 12399.0]
    """
    step = np.select([price < 3_000, price < 8_000, price < 60_000], [50.0, 100.0, 500.0], 1_000.0)
    round_one = np.round(price / step) * step
    hundred = np.where(price < 60_000, 500.0, 1_000.0)
    below = np.round(price / hundred) * hundred - np.where(mood < 0.5, 100.0, 50.0)
    tens = np.round(price / 10) * 10
    nines = np.ceil(price / 100) * 100 - 1
    small = price < 4_000
    rounded = np.select(
        [(mood < 0.35) | small & (mood < 0.8), mood < 0.62, mood < 0.9], [round_one, below, tens], nines
    )
    return np.asarray(np.maximum(rounded, 150.0))


def _loss(facts: Facts, versions: Versions, cars: Cars) -> Floats:
    """Return how far the log price sank: steeply in the first year, then evenly, not at all after twenty years."""
    years = np.interp(cars.age_years, facts.age_years, facts.age_loss_years)
    first = segment_numbers(facts, "first_year_loss")[cars.model] * np.minimum(years, 1)
    yearly = segment_numbers(facts, "yearly_loss")[cars.model] * np.maximum(years - 1, 0)
    makes = numbers([facts.makes[model["make"]] for model in facts.models], "holds")
    holds = (makes * numbers(facts.models, "holds"))[cars.model]
    fuels = numbers(list(facts.fuels.values()), "loss_factor")[versions.fuel[cars.version]]
    return np.asarray((first + yearly * fuels) * holds)


def _equipment(facts: Facts, cars: Cars) -> Floats:
    """Return the price of what this car has, relative to the version's list price."""
    body = numbers(list(facts.bodies.values()), "price_factor")
    factor = body[cars.body] / body[_first_bodies(facts)[cars.model]]
    factor = factor * _trim_factors(facts, cars)
    factor = factor * np.where(cars.awd, AWD_FACTOR, 1) / _mean_awd(facts)[cars.model]
    factor = factor * np.where(cars.automatic, AUTOMATIC_FACTOR, 1)
    return np.asarray(factor * np.where(cars.three_doors, THREE_DOORS_FACTOR, 1))


def _mean_awd(facts: Facts) -> Floats:
    return 1 + (AWD_FACTOR - 1) * numbers(facts.models, "awd_share")


def _first_bodies(facts: Facts) -> Ints:
    order = list(facts.bodies)
    return np.array([order.index(model["bodies"].split("|")[0]) for model in facts.models])


def _trim_factors(facts: Facts, cars: Cars) -> Floats:
    table = [facts.trims[facts.makes[model["make"]]["trims"]].factors for model in facts.models]
    # One column more, of ones, at the end: a trim of -1 is no trim.
    factors = np.ones((len(table), max(map(len, table)) + 1))
    for number, row in enumerate(table):
        factors[number, : len(row)] = row
    return np.asarray(factors[cars.model, cars.trim])


def _taste(facts: Facts, cars: Cars) -> Floats:
    factor = np.ones(len(cars.model))
    for field, chosen in (
        ("colour", cars.colour),
        ("condition", cars.condition),
        ("region", cars.region),
        ("seller", cars.seller),
    ):
        factor = factor * facts.words[field].factors[chosen]
    return factor
