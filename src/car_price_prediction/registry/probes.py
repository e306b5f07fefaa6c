"""How far a new version moves the prices of cars that people ask for: a fixed set, drawn from the champion."""

from __future__ import annotations

import polars as pl

from car_price_prediction.package.contents import Contents
from car_price_prediction.package.held_out import CAR

from .compare import model_prices

MODELS = 50
"""The probe cars are of so many models, those that the champion met most."""
PER_MAKE = 20
"""Cars of each make that show whether the make as a whole is priced otherwise."""
QUARTILES = (0.25, 0.5, 0.75)


def probe_cars(met: pl.DataFrame) -> pl.DataFrame:
    """Return three cars of each of the most listed models: a younger, a middling and an older one.

    They are described as most people do, by make, model, year and mileage alone. The same champion gives the same cars,
    whatever the challenger is.

    Parameters
    ----------
    met : DataFrame
        The champion's held-out listings.

    Examples
    --------
    >>> met = pl.DataFrame({"year": [2010.0, 2014.0, 2012.0, 2011.0, 2013.0]})
    >>> met = met.with_columns(make=pl.lit("kia"), model=pl.lit("rio"), mileage_km=pl.lit(9_000.0))
    >>> probe_cars(met)["year"].to_list()
    [2011.0, 2012.0, 2013.0]
    """
    most = (
        met.group_by("make", "model").len().sort("len", "make", "model", descending=[True, False, False]).head(MODELS)
    )
    cars = []
    for make, model in most.select("make", "model").iter_rows():
        same = met.filter(make=make, model=model).select(CAR).sort("year", "mileage_km")
        cars.append(same[sorted({int(q * (same.height - 1)) for q in QUARTILES})])
    return pl.concat(cars)


def make_cars(met: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """Return some cars of each make of at least so many listings, spread over its models, years and mileages.

    Parameters
    ----------
    met : DataFrame
        The champion's held-out listings.
    fewest : int
    """
    known = met.select(CAR).filter((pl.col("make") != "") & (pl.len().over("make") >= fewest))
    place = pl.int_range(pl.len()).over("make") * PER_MAKE // pl.len().over("make")
    return known.sort(CAR).filter(place.ne(place.shift(1).over("make")).fill_null(value=True))


def price_moves(challenger: Contents, champion: Contents, cars: pl.DataFrame, factor: float = 1.0) -> pl.Series:
    """Return by which share each car's price moves, up or down, from so many times the champion's price."""
    return (model_prices(challenger, cars) / (factor * model_prices(champion, cars)) - 1).abs()
