"""A deal, the reasons, the nearest listings and what-if as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from car_price_prediction.domain.quote import Deal
from car_price_prediction.pricing.appraisal import Appraisal
from car_price_prediction.pricing.comparables import Nearest
from car_price_prediction.pricing.explain import Breakdown
from car_price_prediction.pricing.what_if import Curve
from car_price_prediction.pricing.words import car_text, said

AMONG = {"model": "of the same model", "make": "of the same make", "market": "of the whole market"}
WIDTH = 60


def appraisal_lines(appraisal: Appraisal, mileage_unit: str, currency: str) -> Iterator[str]:
    """Give the lines of everything that was asked for besides the price.

    Parameters
    ----------
    appraisal : Appraisal
    mileage_unit : {"km", "mi"}
    currency : str
        Stands after amounts; may be empty.
    """
    if appraisal.quote.deal:
        yield f"  {_deal(appraisal.quote.deal, currency)}"
    if appraisal.breakdown:
        yield from _breakdown(appraisal.breakdown, mileage_unit)
    if appraisal.nearest:
        yield from _nearest(appraisal.nearest, mileage_unit)
    for curve in appraisal.what_if:
        yield from _curve(curve, mileage_unit)


def _deal(deal: Deal, currency: str) -> str:
    side = "above" if deal.difference >= 0 else "below"
    told = f"{deal.asking_price:,.0f}{currency} is {abs(deal.difference_percent):.1f}% {side} the estimate"
    if deal.grade is None:
        return f"deal not rated: {told}; {deal.not_rated}"
    return f"deal {deal.grade}: {told}; {deal.level:.0%} of such cars are asked less for"


def _breakdown(breakdown: Breakdown, mileage_unit: str) -> Iterator[str]:
    yield ""
    yield "why, from a typical car of the market:"
    yield f"  {car_text(breakdown.typical_car, mileage_unit):<{WIDTH}} {breakdown.typical_price:>12,.0f}"
    for line in breakdown.lines:
        told = f"{line.label}: {line.text}" if line.text else line.label
        yield f"  {told:<{WIDTH}} {line.amount:>+12,.0f}"
    yield f"  {'this car':<{WIDTH}} {breakdown.price:>12,.0f}"


def _nearest(nearest: Nearest, mileage_unit: str) -> Iterator[str]:
    yield ""
    yield f"nearest listings, {AMONG[nearest.among]}, by what their differences are worth:"
    for one in nearest.listings:
        yield f"  {one.price:>12,.0f}  {one.distance:>6.1%}  {car_text(one.car, mileage_unit, more=True)}"


def _curve(curve: Curve, mileage_unit: str) -> Iterator[str]:
    yield ""
    yield f"what if; {curve.note}:"
    for point in curve.points:
        value = said([curve.field], {curve.field: point.value}, mileage_unit)
        mark = "  <- this car" if point.this_car else ""
        yield f"  {value:>12}  {point.price:>12,.0f}  ({point.low:,.0f} to {point.high:,.0f}){mark}"
