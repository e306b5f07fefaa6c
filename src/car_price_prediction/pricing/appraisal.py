"""A quote with what was asked for besides: reasons, comparable listings, what-if."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from car_price_prediction.domain.errors import FieldProblem, InvalidListingError
from car_price_prediction.domain.listing import Listing, field_named
from car_price_prediction.domain.quote import Quote

from .comparables import Nearest, nearest
from .explain import Breakdown
from .valuer import Valuer
from .what_if import Curve, curve_along


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for besides the price.

    Attributes
    ----------
    explain : bool
        The breakdown in money.
    comparables : int
        So many of the nearest listings.
    what_if : tuple of str
        Fields, of `what_if.FIELDS`, along which the price is told.
    strict : bool
        Refuse a car that is too little known.
    """

    explain: bool = False
    comparables: int = 0
    what_if: tuple[str, ...] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A quote and what was asked for besides; None and empty where it was not."""

    quote: Quote
    breakdown: Breakdown | None = None
    nearest: Nearest | None = None
    what_if: tuple[Curve, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values: the quote's own, and what was asked for under names of its own."""
        found = self.quote.as_dict()
        if self.breakdown:
            found["breakdown"] = self.breakdown.as_dict()
        if self.nearest:
            found["nearest"] = self.nearest.as_dict()
        if self.what_if:
            found["what_if"] = [curve.as_dict() for curve in self.what_if]
        return found


def appraise(valuer: Valuer, listing: Listing, wanted: Wanted) -> Appraisal:
    """Price one car and tell what was asked for besides.

    Raises
    ------
    InvalidListingError
        Where the car cannot be priced, or the model does not use a field of `Wanted.what_if`.
    AbstainedError
        Where it is too little known, and `Wanted.strict` asks for more.
    """
    quote = valuer.quote(listing, strict=wanted.strict)
    contents = valuer.contents
    unused = [name for name in wanted.what_if if name not in contents.facts.by_name]
    if unused:
        raise InvalidListingError(
            [FieldProblem(name, "not_used", f"{field_named(name).label} is not used by this model") for name in unused]
        )
    familiarity = valuer.doubter.familiarity(listing)
    return Appraisal(
        quote,
        valuer.explainer.breakdown(listing, quote.price) if wanted.explain else None,
        nearest(contents.comparables, listing, wanted.comparables) if wanted.comparables else None,
        tuple(curve_along(contents, name, listing, familiarity) for name in wanted.what_if),
    )
