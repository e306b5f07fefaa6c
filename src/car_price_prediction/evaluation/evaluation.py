"""Priced listings in, everything that is measured on them out: one pure function for every way of measuring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field

from car_price_prediction.domain.listing import FIELDS
from car_price_prediction.listings.listed import LISTED

from .groups import Group, group_tables
from .metrics import Vector, price_metrics, range_metrics
from .part import Part
from .pictures import Pictures, pictures_of

WORST = 50


class Figures(Part):
    """The figures of all listings together."""

    count: int
    mdape: float = Field(description="The median of the error, as a fraction of the asking price.")
    mape: float
    mae: float = Field(description="The mean error, in money.")
    rmse: float
    r2: float
    r2_log: float
    within_10: float
    within_20: float
    bias: float = Field(description="The median of the signed error; above 0 where cars are priced too high.")
    coverage: float = Field(description="The share of asking prices inside their range.")
    width: float = Field(description="The median of the range's width over the asking price.")


class Level(Part):
    """One point of the calibration curve: what ranges that promise `level` held."""

    level: float
    coverage: float
    width: float


class Miss(Part):
    """One of the worst predictions, with its listing."""

    source: str
    row: int = Field(description="The data row of the file, from 1.")
    listing: dict[str, str | float]
    price: float
    predicted: float
    low: float
    high: float


class Evaluation(Part):
    """What was measured on one set of listings."""

    listed: tuple[date, date] | None = Field(default=None, description="The days of the first and the last listing.")
    overall: Figures
    groups: dict[str, tuple[Group, ...]] = Field(description="By the keys of `groups.TITLES`.")
    calibration: tuple[Level, ...] = Field(description="By rising level; the promised one is among them.")
    worst: tuple[Miss, ...] = Field(description="The furthest from the asking price by ratio first.")
    pictures: Pictures


def evaluate(
    price: Vector,
    predicted: Vector,
    low: Vector,
    high: Vector,
    listings: pl.DataFrame,
    *,
    promised: float,
    curve: Sequence[Level] = (),
) -> Evaluation:
    """Measure predictions and ranges against asking prices.

    Parameters
    ----------
    price, predicted, low, high : ndarray of shape (n,)
        Asked, predicted, and the ends of the ranges; positive, at least one.
    listings : DataFrame
        The same rows: canonical fields, each where it is known, and ``_source``, ``_row`` and ``_listed`` likewise.
    promised : float
        The share of asking prices that the ranges are to hold.
    curve : sequence of Level
        What ranges of other promises held, where that is known.

    Examples
    --------
    >>> asked, predicted = np.array([100.0, 200.0]), np.array([110.0, 220.0])
    >>> found = evaluate(asked, predicted, asked, 2 * asked, pl.DataFrame({"make": ["Audi", "BMW"]}), promised=0.9)
    >>> round(found.overall.mdape, 3), round(found.overall.bias, 3), found.overall.coverage
    (0.1, 0.1, 1.0)
    """
    figures = Figures(count=len(price), **price_metrics(price, predicted), **range_metrics(price, low, high))
    rows = pl.DataFrame({"price": price, "predicted": predicted, "low": low, "high": high})
    points = {level.level: level for level in curve}
    points[promised] = Level(level=promised, coverage=figures.coverage, width=figures.width)
    return Evaluation(
        listed=_listed(listings),
        overall=figures,
        groups=group_tables(rows, listings),
        calibration=tuple(points[level] for level in sorted(points)),
        worst=_worst(rows, listings),
        pictures=pictures_of(price, predicted),
    )


def _listed(listings: pl.DataFrame) -> tuple[date, date] | None:
    if LISTED not in listings.columns or listings[LISTED].null_count() == listings.height:
        return None
    first, last = listings.select(first=pl.col(LISTED).min(), last=pl.col(LISTED).max()).row(0)
    return first, last


def _worst(rows: pl.DataFrame, listings: pl.DataFrame) -> tuple[Miss, ...]:
    distance = np.abs(np.log(rows["predicted"].to_numpy() / rows["price"].to_numpy()))
    places = np.argsort(-distance, kind="stable")[:WORST].tolist()
    fields = [field.name for field in FIELDS if field.name in listings.columns and field.name != "price"]
    told = listings[places]
    sources = told["_source"].to_list() if "_source" in told.columns else [""] * len(places)
    numbers = told["_row"].to_list() if "_row" in told.columns else [place + 1 for place in places]
    cars = told.select(fields).to_dicts() if fields else [{} for _ in places]
    asked = rows[places].to_dicts()
    return tuple(
        Miss(source=str(source), row=int(number), listing=_told(car), **figures)
        for source, number, car, figures in zip(sources, numbers, cars, asked, strict=True)
    )


def _told(car: dict[str, Any]) -> dict[str, str | float]:
    return {name: value for name, value in car.items() if value is not None}
