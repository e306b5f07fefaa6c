"""When a car is too little known: for a price that is to be relied upon (strict), and for rating a deal."""

from __future__ import annotations

from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.listing import Listing, field_named
from car_price_prediction.package.facts import FieldFacts

from .doubts import MEDIUM_COMPARABLES, Doubter, outside_warning, unseen_message

FAR = 0.1
"""A number is far outside the training listings from this share of their range beyond it."""
FEWEST_COMPARABLES = MEDIUM_COMPARABLES
"""The fewest comparable listings."""


def too_little_known(doubter: Doubter, listing: Listing, comparables: int) -> list[FieldProblem]:
    """Return every reason why a car is too little known; none where it is known well enough.

    Parameters
    ----------
    doubter : Doubter
    listing : Listing
    comparables : int
        How many comparable listings there are.

    Returns
    -------
    list of FieldProblem
        Of the codes ``unknown_make``, ``unknown_model``, ``far_outside`` and ``few_comparables``.
    """
    found = [_unknown(name, listing) for name in ("make", "model") if not doubter.knows(name, listing)]
    for facts in doubter.fields:
        value = listing.get(facts.name)
        if isinstance(value, (int, float)) and is_far(facts, value):
            found.append(FieldProblem(facts.name, "far_outside", f"{outside_warning(facts, value).message}, by far"))
    if comparables < FEWEST_COMPARABLES:
        message = f"{comparables} comparable listings; at least {FEWEST_COMPARABLES} are needed"
        found.append(FieldProblem("", "few_comparables", message))
    return found


def is_far(facts: FieldFacts, value: float) -> bool:
    """Whether a number is far outside what training saw.

    Examples
    --------
    >>> year = FieldFacts(name="year", kind="number", label="Year", unit="", missing_share=0, importance=0,
    ...                   low=2000, high=2020)
    >>> is_far(year, 1999), is_far(year, 1997)
    (False, True)
    """
    if facts.low is None or facts.high is None:
        return False
    margin = FAR * (facts.high - facts.low)
    return not facts.low - margin <= value <= facts.high + margin


def _unknown(name: str, listing: Listing) -> FieldProblem:
    value, label = listing.get(name), field_named(name).label
    message = f"{label} is not given" if value is None else unseen_message(label, value)
    return FieldProblem(name, f"unknown_{name}", message)
