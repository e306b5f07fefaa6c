"""What makes a car's quote less sure: unfamiliar words, numbers outside the training data, absent fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from car_price_prediction.domain.listing import Listing, Value
from car_price_prediction.domain.quote import Confidence, QuoteWarning
from car_price_prediction.package.calibration import Familiarity
from car_price_prediction.package.contents import Contents
from car_price_prediction.package.facts import FieldFacts
from car_price_prediction.package.keys import key_of
from car_price_prediction.package.usual import Usual

MISSED_IMPORTANCE = 0.05
"""A field is missed when it carries at least this share of the model's gain …"""
MISSED_SHARE = 0.5
"""… and at most this share of the training listings lacked it."""

HIGH_WIDTH, HIGH_COMPARABLES = 0.5, 20
MEDIUM_WIDTH, MEDIUM_COMPARABLES = 1.0, 5


@dataclass(frozen=True)
class Doubter:
    """Finds the doubts about one listing, with everything looked up beforehand.

    Attributes
    ----------
    codes : mapping of str to mapping of str to int
        Category field -> the keys that the model knows.
    fields : tuple of FieldFacts
    assumed : frozenset of str
        Fields for which a usual value stands in where a car does not tell them.
    """

    codes: Mapping[str, Mapping[str, int]]
    fields: tuple[FieldFacts, ...]
    assumed: frozenset[str] = frozenset()

    def warnings(self, listing: Listing) -> tuple[QuoteWarning, ...]:
        """Return the warnings about one listing, in the order of the fields."""
        found = []
        for name, low, high, codes, facts in self._usual:
            value = listing.get(name)
            # Ordinary numbers and known words, most of what is asked for, need no further look.
            if type(value) is float:
                if low <= value <= high:
                    continue
            elif type(value) is str and key_of(value) in codes:
                continue
            if warning := self.warning(facts, value):
                found.append(warning)
        return tuple(found)

    @cached_property
    def _usual(self) -> list[tuple[str, float, float, Mapping[str, int], FieldFacts]]:
        """Each field, between what its numbers are ordinary, and the keys of its words that are known."""
        return [
            (
                facts.name,
                math.inf if facts.low is None else facts.low,
                -math.inf if facts.high is None else facts.high,
                self.codes.get(facts.name, {}) if facts.kind == "category" else {},
                facts,
            )
            for facts in self.fields
        ]

    def familiarity(self, listing: Listing) -> Familiarity:
        """Say whether the model knows the listing's make and model."""
        if not self.knows("make", listing):
            return "make_unseen"
        return "known" if self.knows("model", listing) else "model_unseen"

    def knows(self, field: str, listing: Listing) -> bool:
        """Whether training saw what the listing says in a category field."""
        codes = self.codes.get(field)
        return codes is None or key_of(listing.get(field)) in codes

    def warning(self, facts: FieldFacts, value: Value) -> QuoteWarning | None:
        """Return the warning about one value of a field, if it deserves one."""
        if value is None:
            return missing_warning(facts, assumed=facts.name in self.assumed) if is_missed(facts) else None
        if facts.kind == "category":
            codes = self.codes.get(facts.name)  # None where the field is read word by word
            unseen = codes is not None and key_of(value) not in codes
            return QuoteWarning(facts.name, "unseen_category", unseen_message(facts.label, value)) if unseen else None
        if isinstance(value, str) or facts.low is None or facts.high is None:
            return None
        return None if facts.low <= value <= facts.high else outside_warning(facts, value)


def doubter_of(contents: Contents) -> Doubter:
    """Return the doubter of a package."""
    codes = {f.name: f.codes for f in contents.encoder.features if f.kind == "category"}
    return Doubter(codes, contents.facts.fields, _assumed(contents.encoder.usual))


def _assumed(usual: Usual) -> frozenset[str]:
    return frozenset(usual.fields).difference(usual.often_silent)


def is_missed(facts: FieldFacts) -> bool:
    """Whether a listing without this field deserves a warning."""
    return facts.importance >= MISSED_IMPORTANCE and facts.missing_share <= MISSED_SHARE


def missing_warning(facts: FieldFacts, *, assumed: bool) -> QuoteWarning:
    """Return the warning for an absent field, in whose place a usual value may be assumed."""
    instead = "what is usual for such cars is assumed" if assumed else "the price is less sure without it"
    return QuoteWarning(facts.name, "missing", f"{facts.label} is not given; {instead}")


def unseen_message(label: str, value: Value) -> str:
    """Say that the model does not know a word."""
    return f'{label} "{str(value)[:80]}" was not among the training listings, or only once'


def outside_warning(facts: FieldFacts, value: float) -> QuoteWarning:
    """Return the warning for a number outside what training saw."""
    message = f"{facts.label} {value:g} is outside the training listings' {facts.low:g} to {facts.high:g}"
    return QuoteWarning(facts.name, "outside_training", message)


def confidence_of(price: float, low: float, high: float, comparables: int) -> Confidence:
    """Return the confidence in a range, from its relative width and the number of comparable listings.

    Examples
    --------
    >>> confidence_of(10_000, 9_000, 11_500, 40)
    'high'
    >>> confidence_of(10_000, 6_000, 15_500, 40)
    'medium'
    >>> confidence_of(10_000, 9_000, 11_500, 1)
    'low'
    """
    width = (high - low) / price
    if width <= HIGH_WIDTH and comparables >= HIGH_COMPARABLES:
        return "high"
    if width <= MEDIUM_WIDTH and comparables >= MEDIUM_COMPARABLES:
        return "medium"
    return "low"
