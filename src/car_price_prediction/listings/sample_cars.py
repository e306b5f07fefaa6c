"""Draw the cars of the sample market: what stands in an advertisement before the price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .sample_facts import REFERENCE_DATE, REFERENCE_YEAR, Facts, Words, integers, load_facts, numbers
from .sample_random import Bools, Draws, Floats, Ints
from .sample_versions import Versions, load_versions

LIKED_BODIES = (0.6, 0.3, 0.1)
"""Shares of a model's first, second and third body."""
FIRST_TRIM_YEAR = 1995
"""Older cars are advertised without a trim."""
MILEAGE_SPREAD = 0.42
"""Of the logarithm of the kilometres a year."""
MOST_KM = 480_000.0
NEW_FOR_YEARS = 0.35
"""A car younger than this may still stand unsold, with next to no kilometres."""


@dataclass(frozen=True, slots=True)
class Cars:
    """One element a car, in every array; whole numbers index into the tables of facts.

    Attributes
    ----------
    version, model, trim, body, colour, condition, region, seller : ndarray of int
        `trim` is -1 where there is none.
    age_years, mileage_km, usual_km : ndarray of float
        On the reference date, unrounded; `usual_km` is what a car of that age and kind has driven.
    automatic, awd, three_doors : ndarray of bool
    owners : ndarray of int
    """

    version: Ints
    model: Ints
    trim: Ints
    body: Ints
    colour: Ints
    condition: Ints
    region: Ints
    seller: Ints
    age_years: Floats
    mileage_km: Floats
    usual_km: Floats
    automatic: Bools
    awd: Bools
    three_doors: Bools
    owners: Ints


def draw_cars(draws: Draws) -> Cars:
    """Draw a car for each row.

    Examples
    --------
    >>> cars = draw_cars(Draws(seed=1, start=0, stop=1000))
    >>> bool((cars.mileage_km >= 0).all()), bool((cars.age_years >= 0).all())
    (True, True)
    """
    facts, versions = load_facts(), load_versions()
    version = draws.choice("version", versions.weight)
    model, year = versions.model[version], versions.year[version]
    body = _bodies(facts, draws, model)
    age = _ages(draws, year)
    condition = draws.choice("condition", facts.words["condition"].shares)
    usual_km = _usual_km(facts, versions, version, age)
    return Cars(
        version=version,
        model=model,
        trim=_trims(facts, draws, model, year),
        body=body,
        colour=draws.choice("colour", facts.words["colour"].shares),
        condition=condition,
        region=draws.choice("region", facts.words["region"].shares),
        seller=_sellers(facts.words["seller"], draws, age),
        age_years=age,
        mileage_km=_mileage(draws, age, usual_km),
        usual_km=usual_km,
        automatic=_automatic(facts, versions, draws, version),
        awd=draws.happens("awd", numbers(facts.models, "awd_share")[model]),
        three_doors=_three_doors(facts, draws, model, year, body),
        owners=np.minimum(1 + np.floor(-np.log1p(-draws.uniform("owners")) * age / 8.5), 6).astype(np.int64),
    )


def segment_numbers(facts: Facts, column: str) -> Floats:
    """Return a column of the table of segments, one element a model."""
    return numbers([facts.segments[model["segment"]] for model in facts.models], column)


def _ages(draws: Draws, year: Ints) -> Floats:
    """Cars are registered all the year round; this year's, up to the reference date."""
    sold_for = np.where(year == REFERENCE_YEAR, REFERENCE_DATE - REFERENCE_YEAR, 1.0)
    return np.asarray(REFERENCE_DATE - year - sold_for * draws.uniform("registered"))


def _bodies(facts: Facts, draws: Draws, model: Ints) -> Ints:
    order = list(facts.bodies)
    listed = [row["bodies"].split("|") for row in facts.models]
    table = np.array([[order.index(each[min(i, len(each) - 1)]) for i in range(3)] for each in listed])
    several = np.array([len(each) for each in listed])
    pick = draws.choice("body", np.array(LIKED_BODIES))
    return np.asarray(table[model, pick % several[model]], dtype=np.int64)


def _trims(facts: Facts, draws: Draws, model: Ints, year: Ints) -> Ints:
    """Return the index of a trim among those of the model's make."""
    table = [facts.trims[facts.makes[row["make"]]["trims"]] for row in facts.models]
    edges = np.ones((len(table), max(len(words.values) for words in table)))
    for number, words in enumerate(table):
        edges[number, : len(words.values)] = np.cumsum(words.shares) / words.shares.sum()
    trim = (draws.uniform("trim")[:, None] >= edges[model]).sum(axis=1)
    return np.where(year < FIRST_TRIM_YEAR, -1, trim).astype(np.int64)


def _sellers(words: Words, draws: Draws, age: Floats) -> Ints:
    """Dealers sell the young cars, people the old ones."""
    dealer = np.interp(age, [0, 3, 10, 20, 30], [0.97, 0.9, 0.66, 0.35, 0.3])
    return np.where(draws.happens("seller", dealer), words.values.index("dealer"), words.values.index("private"))


def _usual_km(facts: Facts, versions: Versions, version: Ints, age: Floats) -> Floats:
    """People drive an old car less: the kilometres a year sink slowly with the age."""
    fuel = numbers(list(facts.fuels.values()), "km_factor")[versions.fuel[version]]
    yearly = segment_numbers(facts, "km_per_year")[versions.model[version]] * fuel
    return np.asarray(yearly * 16.0 * -np.expm1(-age / 16.0))


def _mileage(draws: Draws, age: Floats, usual_km: Floats) -> Floats:
    driven = usual_km * np.exp(MILEAGE_SPREAD * draws.normal("mileage") - MILEAGE_SPREAD**2 / 2)
    unsold = draws.happens("unsold", np.where(age < NEW_FOR_YEARS, 0.55, 0.0))
    return np.asarray(np.minimum(np.where(unsold, 5 + 60 * draws.uniform("delivery"), driven), MOST_KM))


def _automatic(facts: Facts, versions: Versions, draws: Draws, version: Ints) -> Bools:
    model = versions.model[version]
    early, late = (segment_numbers(facts, f"automatic_{year}")[model] for year in (2000, 2026))
    share = early + (late - early) * np.clip((versions.year[version] - 2000) / 26.0, 0, 1)
    always = np.isin(list(facts.fuels), ["e", "h", "x"])[versions.fuel[version]]
    return draws.happens("automatic", np.where(always, 1.0, share))


def _three_doors(facts: Facts, draws: Draws, model: Ints, year: Ints, body: Ints) -> Bools:
    """Until about 2013 hatchbacks were sold with three doors too."""
    hatchback = (body == list(facts.bodies).index("hatchback")) & (integers(facts.models, "doors")[model] == 5)
    return np.asarray(hatchback & (year < 2013) & draws.happens("three doors", 0.2))
