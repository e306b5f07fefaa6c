"""The fields that a client may send: the model's own facts, the rules' ranges, and the training file's headers."""

from __future__ import annotations

from dataclasses import dataclass

from car_price_prediction.domain.listing import Kind, field_named
from car_price_prediction.domain.rules import plausible_range
from car_price_prediction.package.contents import Contents
from car_price_prediction.package.facts import FieldFacts

NEEDED = ("make", "model", "year", "mileage_km")
"""At least one of the first two and one of the last two: see `domain.rules.needed_problems`."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a request.

    Attributes
    ----------
    name, label, kind, unit
        As in `domain.listing.Field`.
    low, high : float or None
        What training saw; a number outside gets a warning.
    plausible_low, plausible_high : float
        A number outside is refused.
    known : tuple of str
        The words that training saw, the most frequent first.
    aliases : tuple of str
        The headers of the training file that hold this field alone.
    typical : str, float or None
        The median, or the most frequent word.
    importance : float
        Its share of the model's gain, from 0 to 1.
    """

    name: str
    label: str
    kind: Kind
    unit: str
    low: float | None
    high: float | None
    plausible_low: float
    plausible_high: float
    known: tuple[str, ...]
    aliases: tuple[str, ...]
    typical: str | float | None
    importance: float


def fields_of(contents: Contents) -> tuple[FieldInfo, ...]:
    """Return the fields that the model uses, in their canonical order."""
    aliases: dict[str, list[str]] = {}
    for column in contents.manifest.columns:
        if column.used and column.header != column.field:
            aliases.setdefault(column.field, []).append(column.header)
    return tuple(_info(facts, tuple(aliases.get(facts.name, ()))) for facts in contents.facts.fields)


def _info(facts: FieldFacts, aliases: tuple[str, ...]) -> FieldInfo:
    low, high = plausible_range(field_named(facts.name, facts.kind))
    return FieldInfo(
        name=facts.name,
        label=facts.label,
        kind=facts.kind,
        unit=facts.unit,
        low=facts.low,
        high=facts.high,
        plausible_low=low,
        plausible_high=high,
        known=facts.known,
        aliases=aliases,
        typical=facts.typical,
        importance=facts.importance,
    )
