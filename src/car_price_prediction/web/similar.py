"""The nearest listings as the rows of a table that can be sorted."""

from __future__ import annotations

from dataclasses import dataclass

from car_price_prediction.domain.listing import Value
from car_price_prediction.pricing.comparables import Comparable, Nearest

from .language import Language
from .words import MILEAGE, Words

MORE = ("body", "fuel", "transmission", "power_kw")
"""What is told of a listing below its name."""
FARTHEST = 1.0
"""A listing that differs by more than the whole price is no longer told from another."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what it shows, and the figure or word that it is sorted by."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Row:
    """One listing."""

    name: str
    more: str
    year: Cell
    mileage: Cell
    price: Cell
    distance: Cell


def similar_rows(nearest: Nearest, words: Words, currency: str | None, most: int) -> list[Row]:
    """Return at most so many of the nearest listings, the nearest first."""
    return [_row(one, words, currency) for one in nearest.listings[:most]]


def _row(one: Comparable, words: Words, currency: str | None) -> Row:
    language = words.language
    return Row(
        name=words.car(one.car),
        more=words.said(MORE, one.car) if any(one.car.get(name) is not None for name in MORE) else "",
        year=_cell("year", one.car.get("year"), words),
        mileage=_cell(MILEAGE, one.car.get(MILEAGE), words),
        price=Cell(language.money(one.price, currency), f"{one.price:.2f}"),
        distance=Cell(_distance(one.distance, language), f"{one.distance:.6f}"),
    )


def _distance(share: float, language: Language) -> str:
    if share > FARTHEST:
        return language("similar.far", figure=language.percent(FARTHEST))
    return language.percent(share, 0 if share >= 0.1 else 1)


def _cell(name: str, value: Value, words: Words) -> Cell:
    return Cell("\N{EM DASH}" if value is None else words.value(name, value), "" if value is None else str(value))
