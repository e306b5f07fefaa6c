"""What people read, in their language: the texts of its catalogue; numbers, money and days as it writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).parent / "catalogues"
DEFAULT = "en"
SIGNS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹", "KRW": "₩", "UAH": "₴", "GEL": "₾", "TRY": "₺"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages.

    Attributes
    ----------
    code : str
        As in BCP 47.
    texts : mapping of str to str
        Its catalogue; names in braces are filled in.
    """

    code: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in.

        Examples
        --------
        >>> languages()["en"]("cars.progress", done=3, rows=10)
        '3 of 10 rows'
        """
        text = self.texts[key]
        return text.format(**values) if values else text

    def field(self, name: str, otherwise: str) -> str:
        """Return the name of a field for people; a market's own field keeps the one that its file gave it.

        Examples
        --------
        >>> languages()["de"].field("year", "Year"), languages()["de"].field("wheel", "Wheel")
        ('Baujahr', 'Wheel')
        """
        return self.texts.get(f"field.{name}", otherwise)

    def word(self, name: str, word: str) -> str:
        """Return a usual word of a field, such as a fuel, in this language; a market's own words stay what they are.

        Examples
        --------
        >>> languages()["de"].word("fuel", "Petrol"), languages()["en"].word("body", "suv")
        ('Benzin', 'SUV')
        >>> languages()["en"].word("fuel", "Petrol"), languages()["de"].word("leather", "yes")
        ('Petrol', 'ja')
        """
        key = word.casefold()
        found = self.texts.get(f"value.{name}.{key}") or self.texts.get(f"value.any.{key}")
        return found if found and found != key else word

    def number(self, value: float, *, plain: bool = False) -> str:
        """Return a number in as few digits as people need; `plain` has no thousands mark, as for years.

        Examples
        --------
        >>> en, de = languages()["en"], languages()["de"]
        >>> en.number(186005.21), en.number(1.60), en.number(2015.0, plain=True), de.number(1234.5), de.number(1.6)
        ('186,005', '1.6', '2015', '1.234', '1,6')
        """
        digits = 0 if abs(value) >= 100 else 2
        text = f"{value:,.{digits}f}"
        if digits:
            text = text.rstrip("0").rstrip(".")
        return self.figure(text.replace(",", "") if plain else text)

    def money(self, amount: float, currency: str | None) -> str:
        r"""Return an amount in whole units of its currency.

        Examples
        --------
        >>> en, de = languages()["en"], languages()["de"]
        >>> en.money(12345.6, "GBP"), en.money(12345.6, "PLN"), en.money(12345.6, None)
        ('£12,346', '12,346\xa0PLN', '12,346')
        >>> de.money(12345.6, "EUR")
        '12.346\xa0€'
        """
        figure = self.figure(f"{amount:,.0f}")
        if currency in SIGNS:
            return self("language.money", figure=figure, sign=SIGNS[currency])
        return self("language.money_code", figure=figure, code=currency) if currency else figure

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share in percent.

        Examples
        --------
        >>> languages()["en"].percent(0.084, 1)
        '8.4%'
        """
        return self("language.percent", figure=self.figure(f"{share * 100:,.{digits}f}"))

    def of_ten(self, share: float) -> str:
        """Return a share as a count out of ten or a hundred, as people think of it.

        Examples
        --------
        >>> languages()["en"].of_ten(0.9), languages()["en"].of_ten(0.95)
        ('9 of 10', '95 of 100')
        """
        tenths = share * 10
        if abs(tenths - round(tenths)) < 1e-9:
            return self("result.share_ten", count=f"{tenths:.0f}")
        return self("result.share_hundred", count=f"{share * 100:.0f}")

    def day(self, moment: datetime) -> str:
        """Return a date.

        Examples
        --------
        >>> languages()["en"].day(datetime(2026, 3, 1)), languages()["de"].day(datetime(2026, 3, 1))
        ('1 March 2026', '1. März 2026')
        """
        month = self("language.months").split()[moment.month - 1]
        return self("language.day", day=moment.day, month=month, year=moment.year)

    def figure(self, figure: str) -> str:
        """Return a figure that is written as in English with the language's own marks.

        Examples
        --------
        >>> languages()["de"].figure("1,234.5")
        '1.234,5'
        """
        return figure.translate(_marks(self.texts["language.group"], self.texts["language.decimal"]))


@cache
def _marks(group: str, decimal: str) -> dict[int, str]:
    return str.maketrans({",": group, ".": decimal})


@cache
def languages() -> Mapping[str, Language]:
    """Return the languages that there is a catalogue of, by their codes."""
    paths = sorted(CATALOGUES.glob("*.json"), key=lambda path: (path.stem != DEFAULT, path.stem))
    return {path.stem: Language(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in paths}
