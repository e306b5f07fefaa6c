"""A car's values in the words of a language and the mileage unit of a market."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from car_price_prediction.domain.listing import BY_NAME, Listing, Value
from car_price_prediction.listings.units import FACTORS

from .language import Language

MILEAGE = "mileage_km"
NAMES = ("make", "model", "trim")
"""Said one after another; other fields that are told together are set off with commas."""


@dataclass(frozen=True, slots=True)
class Words:
    """Says values.

    Attributes
    ----------
    language : Language
    mileage_unit : {"km", "mi"}
    """

    language: Language
    mileage_unit: str

    def value(self, name: str, value: Value) -> str:
        r"""Return one value with its unit.

        Examples
        --------
        >>> from car_price_prediction.web.language import languages
        >>> words = Words(languages()["de"], "mi")
        >>> words.value("mileage_km", 80_467.2), words.value("year", 2015.0), words.value("fuel", "Diesel")
        ('50.000\xa0mi', '2015', 'Diesel')
        """
        if value is None:
            return self.language("words.not_given")
        if isinstance(value, str):
            return self.language.word(name, value)
        unit = self.unit(name)
        figure = self.language.number(value / self.factor(name), plain=name == "year")
        return f"{figure}\N{NO-BREAK SPACE}{unit}" if unit else figure

    def said(self, names: Iterable[str], listing: Listing) -> str:
        """Return what a listing tells of some fields that belong together.

        Examples
        --------
        >>> from car_price_prediction.web.language import languages
        >>> words = Words(languages()["en"], "km")
        >>> words.said(["make", "model"], {"make": "Kia", "model": "Rio"}), words.said(["fuel"], {})
        ('Kia Rio', 'not given')
        """
        names = tuple(names)
        told = [self._told(name, value, len(names)) for name in names if (value := listing.get(name)) is not None]
        return (" " if set(names) <= set(NAMES) else ", ").join(told) or self.language("words.not_given")

    def car(self, listing: Listing, *more: str) -> str:
        """Return a car in a few words: its name, and further fields that it tells.

        Examples
        --------
        >>> from car_price_prediction.web.language import languages
        >>> Words(languages()["en"], "km").car({"make": "Kia", "model": "Rio", "year": 2015.0}, "year", "fuel")
        'Kia Rio, 2015'
        """
        name = self.said(NAMES, listing) if any(listing.get(one) for one in NAMES) else ""
        rest = self.said(more, listing) if any(listing.get(one) is not None for one in more) else ""
        return ", ".join(part for part in (name, rest) if part)

    def unit(self, name: str) -> str:
        """Return the unit in which a field is shown."""
        if name == MILEAGE:
            return self.mileage_unit
        unit = BY_NAME[name].unit if name in BY_NAME else ""
        return "" if unit in ("year", "currency") else unit

    def factor(self, name: str) -> float:
        """Return how many canonical units are one of those that are shown."""
        return FACTORS[MILEAGE][self.mileage_unit] if name == MILEAGE else 1.0

    def _told(self, name: str, value: Value, together: int) -> str:
        text, counted = self.value(name, value), self.language.texts.get(f"counted.{name}")
        return counted.format(count=text) if counted and together > 1 else text
