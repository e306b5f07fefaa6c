"""Cars of the sample market as they are compared: many, unchanged, shifted, or with a make that is new."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import polars as pl

from car_price_prediction.drift.build import reference_of
from car_price_prediction.drift.compare import compare
from car_price_prediction.drift.report import DriftReport
from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.package.reference import Reference

WORDS = (
    *("make", "model", "trim", "body", "fuel", "transmission", "drive", "colour", "condition", "region", "seller"),
)
SPREAD = 0.12
"""Of what is asked around what is quoted."""
LOOK = 2_000
"""Cars of a look."""


@cache
def market(rows: int, seed: int = 3) -> pl.DataFrame:
    """Return listings with asking prices and quotes."""
    raw = sample_frame(rows, seed).rename({"price_eur": "price"}).drop("id", "market")
    numbers = [pl.col(name).cast(pl.Float64, strict=False) for name in raw.columns if name not in WORDS]
    cars = raw.with_columns(numbers).filter(pl.col("price") > 0)
    spread = np.exp(np.random.default_rng(seed).normal(0, SPREAD, cars.height))
    return cars.with_columns(quote=pl.col("price") / pl.Series(spread))


def fields_of(cars: pl.DataFrame) -> list[str]:
    return [name for name in cars.columns if name not in ("price", "quote")]


class Weeks:
    """A reference, and looks at cars that it was not made of.

    Parameters
    ----------
    cars : DataFrame
    trained : int
        Cars that the reference is made of.
    seed : int
    """

    def __init__(self, cars: pl.DataFrame, trained: int, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        order = self._draw.permutation(cars.height)
        known = cars[order[:trained].tolist()]
        self.reference: Reference = reference_of(known.drop("quote"), fields_of(cars), known["quote"].to_numpy())
        self._cars, self._rest = cars, order[trained:]

    def cars(self, count: int = LOOK) -> pl.DataFrame:
        return self._cars[self._draw.choice(self._rest, count, replace=False).tolist()]

    def look(self, cars: pl.DataFrame) -> DriftReport:
        return compare(self.reference, cars)

    def false_alarms(self, weeks: int, looks: int = 7) -> Iterator[list[str]]:
        """Yield what each week of daily looks at unchanged cars found, each at other cars."""
        for _ in range(weeks):
            cars = self.cars(looks * LOOK)
            yield [field.name for i in range(looks) for field in self.look(cars[i * LOOK : (i + 1) * LOOK]).drifted]

    def driven_more(self, factor: float = 1.1) -> DriftReport:
        return self.look(self.cars().with_columns(pl.col("mileage_km") * factor))

    def with_new_make(self, share: float = 0.05) -> DriftReport:
        cars = self.cars()
        new = pl.Series(self._draw.random(cars.height) < share)
        return self.look(cars.with_columns(make=pl.when(new).then(pl.lit("Newmake")).otherwise("make")))
