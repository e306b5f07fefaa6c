"""Priced listings in, everything that is measured on them out: one pure function for every way of measuring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from car_price_prediction.domain.listing import FIELDS
from car_price_prediction.listings.listed import LISTED

from .groups import group_tables
from .measured import Evaluation, Figures, Level, Miss
from .metrics import Vector, price_metrics, range_metrics
from .pictures import pictures_of

WORST = 50


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
