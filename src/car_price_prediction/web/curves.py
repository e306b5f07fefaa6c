"""What the charts show, as plain figures for the script that draws them, and as a table for who has none."""

from __future__ import annotations

import json
from dataclasses import dataclass

from car_price_prediction.domain.listing import Listing, field_named
from car_price_prediction.pricing.comparables import Nearest
from car_price_prediction.pricing.what_if import Curve, Point

from .words import MILEAGE, Words


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart.

    Attributes
    ----------
    title, note, axis : str
        For people; `axis` names the values along the bottom.
    plain : bool
        Whether these are written without a thousands mark, as years are.
    figures : str
        JSON: ``points`` of value, price, low and high, or of value and price; ``this``: value and price of the car.
    rows : list of tuple
        The same as text: value, price, low, high, and whether it is this car.
    """

    title: str
    note: str
    axis: str
    plain: bool
    figures: str
    rows: list[tuple[str, str, str, str, bool]]


def drawn_curve(curve: Curve, listing: Listing, words: Words, currency: str | None) -> Drawn:
    """Return a what-if curve."""
    language, factor = words.language, words.factor(curve.field)
    other = "year" if curve.field == MILEAGE else MILEAGE
    points = [(round(p.value / factor, 1), round(p.price), round(p.low), round(p.high)) for p in curve.points]
    this = next(([x, y] for (x, y, _, _), p in zip(points, curve.points, strict=True) if p.this_car), None)
    return Drawn(
        title=language(f"what_if.{curve.field}"),
        note=language(f"what_if.note.{curve.field}", value=words.value(other, listing.get(other))),
        axis=_axis(curve.field, words),
        plain=curve.field == "year",
        figures=json.dumps({"points": points, "this": this}),
        rows=[_row(curve.field, point, words, currency) for point in curve.points],
    )


def _row(field: str, point: Point, words: Words, currency: str | None) -> tuple[str, str, str, str, bool]:
    price, low, high = (words.language.money(one, currency) for one in (point.price, point.low, point.high))
    return words.value(field, point.value), price, low, high, point.this_car


def drawn_scatter(nearest: Nearest, listing: Listing, price: float, words: Words) -> Drawn | None:
    """Return asking prices of the nearest listings by mileage; None where too few tell it."""
    factor = words.factor(MILEAGE)
    told = [(one.car.get(MILEAGE), one.price) for one in nearest.listings]
    points = [(round(km / factor, 1), round(asked)) for km, asked in told if isinstance(km, int | float)]
    own = listing.get(MILEAGE)
    if len(points) < 2:
        return None
    this = [round(own / factor, 1), round(price)] if isinstance(own, int | float) else None
    figures = json.dumps({"points": points, "this": this})
    return Drawn(words.language("similar.scatter"), "", _axis(MILEAGE, words), False, figures, [])


def _axis(field: str, words: Words) -> str:
    unit = words.unit(field)
    label = words.language.field(field, field_named(field).label)
    return f"{label} ({unit})" if unit else label
