"""What this car would cost with more or fewer kilometres, or of another year, all else as it is."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from car_price_prediction.domain.listing import Listing
from car_price_prediction.package.calibration import Familiarity
from car_price_prediction.package.contents import Contents
from car_price_prediction.package.facts import FieldFacts

from .words import said

FIELDS = ("mileage_km", "year")
POINTS = 24
"""About so many points, evenly spread; the car itself comes on top."""
NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """What the car costs with one value of a field."""

    value: float
    price: float
    low: float
    high: float
    this_car: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Price and range along one field.

    Attributes
    ----------
    field, label, unit : str
    note : str
        What stays as it is.
    points : tuple of Point
        In the order of their values, within what training saw but for the car itself.
    """

    field: str
    label: str
    unit: str
    note: str
    points: tuple[Point, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the curve as plain values."""
        return asdict(self)


def curve_along(contents: Contents, name: str, listing: Listing, familiarity: Familiarity) -> Curve:
    """Return what a car would cost along one of its fields.

    Parameters
    ----------
    contents : Contents
    name : str
        Of `FIELDS`, and of the model's fields.
    listing : Listing
    familiarity : {"known", "model_unseen", "make_unseen"}
        The car's own.
    """
    facts = contents.facts.by_name[name]
    own = listing.get(name)
    values = sorted({*spread_out(facts), *([float(own)] if isinstance(own, (int, float)) else [])})
    encode, whole = contents.encoder.row_encoder(), contents.encoder.usual.filled(listing)
    matrix = np.array([encode({**whole, name: value}) for value in values], dtype=np.float64)
    calibration, absent = contents.calibration, contents.encoder.usual.absent({**listing, name: 0.0})
    logs, spreads = contents.booster.predict_few(matrix).tolist(), contents.spread.predict_few(matrix).tolist()
    points = []
    for value, log_price, spread in zip(values, logs, spreads, strict=True):
        price, low, high = calibration.range_of(log_price, calibration.widened(spread, absent), familiarity)
        points.append(Point(value, round(price, 2), round(low, 2), round(high, 2), this_car=value == own))
    note = _note(name, listing, contents.manifest.market.mileage_unit)
    return Curve(name, facts.label, facts.unit, note, tuple(points))


def spread_out(facts: FieldFacts) -> list[float]:
    """Return about `POINTS` round numbers over what training saw.

    Examples
    --------
    >>> km = FieldFacts(name="mileage_km", kind="number", label="Mileage", unit="km", missing_share=0, importance=0,
    ...                 low=1_234, high=301_000)
    >>> spread_out(km)[:3], len(spread_out(km))
    ([20000.0, 40000.0, 60000.0], 15)
    """
    if facts.low is None or facts.high is None:
        return []
    least = (facts.high - facts.low) / POINTS
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    step = next(power * nice for nice in NICE if power * nice >= least * (1 - 1e-9))
    if facts.name == "year":
        step = max(1.0, math.ceil(least))
    first, last = math.ceil(facts.low / step), math.floor(facts.high / step)
    return [number * step for number in range(first, last + 1)]


def _note(name: str, listing: Listing, mileage_unit: str) -> str:
    if name == "mileage_km":
        return f"the year stays as it is: {said(['year'], listing, mileage_unit)}"
    return f"the mileage stays as it is, whatever the year: {said(['mileage_km'], listing, mileage_unit)}"
