"""A car as a client sent it: canonical names, or the headers of the training file; every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from car_price_prediction.domain.columns import Column, Role
from car_price_prediction.domain.errors import FieldProblem, InvalidListingError
from car_price_prediction.domain.listing import BY_NAME, Listing, Value, field_named
from car_price_prediction.domain.quote import QuoteWarning
from car_price_prediction.domain.text import category_key
from car_price_prediction.listings.units import parse_field
from car_price_prediction.pricing.fields import FieldInfo

from .careful import CarefulReading
from .schemas import CANONICAL, LONGEST, listing_kinds, listing_schema

REMEMBERED_WORDS = 16_384
PLAIN, LARGEST = (int, float), 2.0**53
"""Numbers, and up to which they are exact."""


class ListingReader:
    """Reads cars for one model. Made once per model version; several threads may use it at once.

    Parameters
    ----------
    fields : iterable of FieldInfo
        The fields that the model uses.
    columns : sequence of Column
        What the columns of its training file hold.

    Attributes
    ----------
    unused : frozenset of str
        Canonical fields that the model does not use. They are accepted, so that a newer model with fewer fields
        breaks no client, and answered with a warning.
    """

    def __init__(self, fields: Iterable[FieldInfo], columns: Sequence[Column]) -> None:
        fields = tuple(fields)
        self.kinds = listing_kinds(fields)
        self.schema = listing_schema(fields)
        self.unused = frozenset(CANONICAL) - {info.name for info in fields}
        self.headers = _by_header(column for column in columns if column.used and column.field != "price")
        self.left_out = _by_header(column for column in columns if not column.used or column.field == "price")
        self.validate = self.schema.validator.validate_python
        self._names = frozenset(self.kinds)
        self._categories = frozenset(name for name, kind in self.kinds.items() if kind == "category")
        # Words are read as training read them ("VW" is Volkswagen), which takes longer than all else here.
        self._word = lru_cache(REMEMBERED_WORDS)(read_word)

    def read(self, sent: object) -> Listing:
        """Return the car that was sent, in canonical fields and units.

        Parameters
        ----------
        sent : object
            As JSON was parsed.

        Raises
        ------
        InvalidListingError
            Naming every field that is unknown, sent twice or of a wrong type, and then also those that are missing
            or not plausible. A car that has only problems of the latter kind may be left to the valuer to refuse.
        """
        if type(sent) is not dict:
            found = {list: "a list", str: "text", type(None): "null"}.get(type(sent), "a number or boolean")
            raise InvalidListingError([FieldProblem("", "not_an_object", f"must be a JSON object, not {found}")])
        if not sent.keys() <= self._names or not self.unused.isdisjoint(sent):
            return self._carefully(sent)
        if (quickly := self._quickly(sent)) is not None:
            return quickly
        try:
            listing: dict[str, Value] = self.validate(sent)
        except ValidationError:
            return self._carefully(sent)
        for name in self._categories & listing.keys():
            word = listing[name]
            if word is not None:
                listing[name] = self._word(name, word)
        return listing

    def _quickly(self, sent: dict[str, Any]) -> Listing | None:
        """Return what the schema makes of plain words and numbers, in half the time; None where it is to be asked."""
        listing: dict[str, Value] = {}
        for name, value in sent.items():
            kind, numeric = type(value), self.kinds[name] == "number"
            if value is None:
                listing[name] = None
            elif (
                kind is str and not numeric and 0 < len(value) <= LONGEST and value.isascii() and value.strip() is value
            ):
                listing[name] = self._word(name, value)
            elif kind in PLAIN and numeric and -LARGEST <= value <= LARGEST:
                listing[name] = float(value)
            else:
                return None
        return listing

    def warnings(self, sent: Mapping[str, object]) -> list[QuoteWarning]:
        """Return a warning for each field that was sent and is not used."""
        return [
            QuoteWarning(name, "not_used", f"{field_named(name).label} is not used by this model")
            for name, value in sent.items()
            if name in self.unused and value is not None
        ]

    def word(self, name: str, text: str) -> Value:
        """Return a category as training would have read it."""
        return self._word(name, text)

    def _carefully(self, sent: dict[str, Any]) -> Listing:
        reading = CarefulReading(self)
        reading.read(sent)
        if reading.problems:
            raise InvalidListingError(reading.problems)
        return reading.listing


def read_word(name: str, text: str) -> Value:
    """Return a category as training reads it out of a file.

    Examples
    --------
    >>> read_word("make", "VW"), read_word("fuel", "Benzin"), read_word("fuel", "n/a")
    ('Volkswagen', 'petrol', None)
    """
    role: Role = "field" if name in BY_NAME else "extra"
    return parse_field(text, Column(name, role, name, "category"))


def _by_header(columns: Iterable[Column]) -> dict[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for column in columns:
        found.setdefault(category_key(column.header), []).append(column)
    return found
