"""Fields inside cells that hold several, such as "4 cyl, 2.2 L" or "2.0 L / 150 hp / petrol"."""

from __future__ import annotations

from collections.abc import Collection

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.listing import BY_NAME

from .assign import Candidate
from .numbers import numbers_in
from .words import word_inside

PARTS = {
    "engine_l": ("l", "cm3"),
    "power_kw": ("hp", "ps", "kw"),
    "cylinders": ("cyl",),
    "doors": ("doors",),
    "seats": ("seats",),
    "mileage_km": ("km", "mi"),
}
_WORDS = ("fuel", "transmission", "drive", "body")
_LOOKED_AT = 200
_ENOUGH = 0.6


def parts_of(candidate: Candidate, have: Collection[str]) -> list[Column]:
    """Return a column for each field that is not found yet and stands inside most cells of this one."""
    texts = [text for text, _ in candidate.profile.texts][:: max(1, len(candidate.profile.texts) // _LOOKED_AT)]
    if not texts or candidate.profile.length > 120 or candidate.profile.code > 0.2:
        return []
    columns = [_number(candidate, field, texts) for field in PARTS if field not in have]
    columns += [_word(candidate, field, texts) for field in _WORDS if field not in have]
    return [column for column in columns if column]


def word_share(candidate: Candidate, field: str) -> float:
    """Return the share of distinct cells with a word of a field inside."""
    texts = [text for text, _ in candidate.profile.texts[:_LOOKED_AT]]
    return sum(word_inside(field, text) is not None for text in texts) / max(1, len(texts))


def _number(candidate: Candidate, field: str, texts: list[str]) -> Column | None:
    units = PARTS[field]
    decimal = candidate.profile.decimal
    share = sum(any(n.unit in units for n in numbers_in(text, decimal)) for text in texts) / len(texts)
    if share < _ENOUGH:
        return None
    why = f"the number with its unit inside the cell ({share:.0%})"
    derive = f"part:{'+'.join(units)}"
    return Column(candidate.header, "field", field, "number", "", decimal, derive, round(0.9 * share, 2), why)


def _word(candidate: Candidate, field: str, texts: list[str]) -> Column | None:
    words = [word for text in texts if (word := word_inside(field, text))]
    share = len(words) / len(texts)
    if share < _ENOUGH or len(set(words)) < 2:
        return None
    why = f"a word for {BY_NAME[field].label.lower()} inside the cell ({share:.0%})"
    return Column(candidate.header, "field", field, "category", "", ".", f"word:{field}", round(0.8 * share, 2), why)
