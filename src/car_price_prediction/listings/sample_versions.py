"""Every version that could be listed: a model, a year of registration and an engine, with its list price when new."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from .sample_facts import REFERENCE_DATE, REFERENCE_YEAR, Engine, Facts, Row, load_facts
from .sample_random import Floats, Ints

LIST_PRICE_RISE = 0.025
"""How much the list price of a model rises a year."""
POWER_RISE = 0.012
"""How much the power of the engines that are bought rises a year."""
POWER_PRICE = 0.55
"""A list price goes with this power of the kW, within one model."""
FAR_POWER_SHUNNED = 1.4
"""How quickly engines become rare that are weaker or stronger than is usual in their year."""


@dataclass(frozen=True, slots=True)
class Versions:
    """One element a version, in every array.

    Attributes
    ----------
    weight : ndarray of float
        How often it is listed, in no unit.
    model : ndarray of int
        Index into the table of models.
    year : ndarray of int
        Of first registration.
    list_eur : ndarray of float
        List price in that year, in EUR, of the usual trim and the first body.
    fuel : ndarray of int
        Index into the table of fuels.
    engine_l, power_kw, cylinders : ndarray of float
        NaN where an electric car has none.
    """

    weight: Floats
    model: Ints
    year: Ints
    list_eur: Floats
    fuel: Ints
    engine_l: Floats
    power_kw: Floats
    cylinders: Floats


@cache
def load_versions() -> Versions:
    """Combine the facts; the result is kept for the next call.

    Examples
    --------
    >>> versions = load_versions()
    >>> int(versions.year.max())
    2026
    """
    facts = load_facts()
    fuels = list(facts.fuels)
    rows = [row for number, model in enumerate(facts.models) for row in _versions_of(facts, number, model)]
    model, year, weight, list_eur, engines = zip(*rows, strict=True)
    return Versions(
        weight=np.array(weight),
        model=np.array(model, dtype=np.int64),
        year=np.array(year, dtype=np.int64),
        list_eur=np.array(list_eur),
        fuel=np.array([fuels.index(engine.fuel) for engine in engines], dtype=np.int64),
        engine_l=np.array([engine.litres for engine in engines]),
        power_kw=np.array([engine.power_kw for engine in engines]),
        cylinders=np.array([engine.cylinders for engine in engines]),
    )


def _versions_of(facts: Facts, number: int, model: Row) -> Iterator[tuple[int, int, float, float, Engine]]:
    last = int(model["built_to"])
    for year in range(int(model["built_from"]), min(last, REFERENCE_YEAR) + 1):
        engines = facts.engines_of(model["engines"], year)
        shares = _engine_shares(engines, year)
        factors = np.array([_engine_price(facts, engine) for engine in engines])
        usual = math.exp(float(np.sum(shares * np.log(factors))))
        listed = float(np.interp(REFERENCE_DATE - year - 0.5, facts.age_years, facts.age_listed))
        list_eur = float(model["list_eur"]) * (1 + LIST_PRICE_RISE) ** (year - last)
        for engine, share, factor in zip(engines, shares, factors, strict=True):
            weight = float(model["popularity"]) * listed * float(share)
            yield number, year, weight, list_eur * float(factor) / usual, engine


def _engine_price(facts: Facts, engine: Engine) -> float:
    return float(engine.power_kw**POWER_PRICE) * float(facts.fuels[engine.fuel]["price_factor"])


def _engine_shares(engines: tuple[Engine, ...], year: int) -> Floats:
    """Return how often each engine is bought: diesels come and go, and power rises with the years."""
    power = np.log([engine.power_kw for engine in engines])
    usual = float(np.median(power)) - 0.1 + POWER_RISE * (year - 2014)
    shares = np.exp(-FAR_POWER_SHUNNED * np.abs(power - usual))
    shares *= [_fuel_share(engine.fuel, year) for engine in engines]
    return np.asarray(shares / shares.sum())


def _fuel_share(fuel: str, year: int) -> float:
    if fuel == "d":
        return float(np.interp(year, [1995, 2005, 2015, 2020, 2026], [0.35, 1.0, 1.15, 0.7, 0.4]))
    if fuel in "hxe":
        return float(np.interp(year, [2010, 2016, 2021, 2026], [0.15, 0.3, 0.9, 1.3]))
    return 0.4 if fuel == "g" else 1.0
