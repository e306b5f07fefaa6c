"""What the words of a header say about its column, in the languages of large car markets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .wordlists import fold, lookup, split_words, table

_CAMEL = re.compile(r"(?<=[A-Za-zà-ÿ][a-zà-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₽": "RUB",
    "₴": "UAH",
    "₺": "TRY",
    "zł": "PLN",
    "萬元": "TWD",
    "元": "CNY",
    "$": "USD",
}
_GENERIC = re.compile(r"column_\d+")
_FILLERS = frozenset(
    split_words(
        "of, the, a, an, in, for, and, de, du, des, del, di, do, da, la, le, el, al, der, die, das, vehicle, car, "
        "cars, auto, vehiculo, voiture, fahrzeug, total, current, value, num, no, nr, n, number, exact, avg, per, ad, "
        "info, listing, type, name"
    )
)


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """One thing that a header may mean.

    Attributes
    ----------
    name : str
        A section of ``tables/headers.toml``: a canonical field, an extra feature, or a reason to leave it out.
    role : str
        The section's role.
    score : float
        From 0 to 1: 0.97 where the header is that phrase, less where it holds more words.
    phrase : str
        The words that were recognised.
    """

    name: str
    role: str
    score: float
    phrase: str


@dataclass(frozen=True, slots=True)
class HeaderWords:
    """A header, read.

    Attributes
    ----------
    matches : tuple of HeaderMatch
        Best first.
    unit : str
        A unit that stands in it, such as ``"km"``, or ``""``.
    scale : {"", "1000", "10000", "lakh", "million"}
        A multiplier that stands in it.
    currency : str
        An ISO 4217 code, or ``""``.
    """

    matches: tuple[HeaderMatch, ...]
    unit: str = ""
    scale: str = ""
    currency: str = ""

    def score(self, name: str) -> float:
        """Return how well the header fits one meaning, from 0 to 1."""
        return next((match.score for match in self.matches if match.name == name), 0.0)

    @property
    def best(self) -> HeaderMatch | None:
        """The best meaning, or None."""
        return self.matches[0] if self.matches else None


def header_words(header: str) -> str:
    """Return a header's words, folded, CamelCase taken apart.

    Examples
    --------
    >>> header_words("yearOfRegistration"), header_words("Prod. year"), header_words("powerPS")
    ('year of registration', 'prod year', 'power ps')
    """
    return fold(_CAMEL.sub(" ", header))


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return phrase -> every (section, role) that lists it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, section in table("headers").items():
        role = section["role"]
        for language, words in section.items():
            if language == "role":
                continue
            for word in split_words(words):
                entry = (name, role)
                known = found.setdefault(fold(word), [])
                if entry not in known:
                    known.append(entry)
    found.pop("", None)
    return {phrase: tuple(entries) for phrase, entries in found.items()}


def is_generic(header: str) -> bool:
    """Tell whether a header was made up because the file has none.

    Examples
    --------
    >>> is_generic("column_3"), is_generic("Colour")
    (True, False)
    """
    return _GENERIC.fullmatch(header) is not None


def read_header(header: str) -> HeaderWords:
    """Read a header.

    Examples
    --------
    >>> words = read_header("Mileage (km)")
    >>> words.best.name, round(words.best.score, 2), words.unit
    ('mileage_km', 0.97, 'km')
    >>> read_header("price_per_month").best.role
    'leak'
    >>> read_header("表显里程(万公里)").scale
    '10000'
    """
    text = header_words(header)
    if not text or is_generic(header):
        return HeaderWords(())
    unit, scale, currency = (
        _named_in(text, "units_header"),
        _named_in(text, "scales_header"),
        _currency_of(header, text),
    )
    found: dict[str, HeaderMatch] = {}
    bare = _bare(text)
    for variant, most in ((text, 0.97), (bare, 0.97), (_without(bare, _FILLERS), 0.92), (text.replace(" ", ""), 0.95)):
        for name, role in _phrases().get(variant, ()):
            _keep(found, HeaderMatch(name, role, most, variant))
    for phrase in _phrases():
        covered = _covered(phrase, bare or text)
        if covered:
            for name, role in _phrases()[phrase]:
                _keep(found, HeaderMatch(name, role, 0.5 + 0.4 * covered, phrase))
    best = sorted(found.values(), key=lambda match: (-match.score, match.role not in ("field",)))
    return HeaderWords(tuple(best), unit, scale, currency)


def _keep(found: dict[str, HeaderMatch], match: HeaderMatch) -> None:
    if match.name not in found or found[match.name].score < match.score:
        found[match.name] = match


def _covered(phrase: str, text: str) -> float:
    """Return which share of a header's letters a phrase within it covers; 0 where it is not in it."""
    if any(ord(c) >= 0x2E80 for c in phrase):
        return len(phrase) / len(text) if len(phrase) > 1 and phrase in text else 0.0
    if len(phrase) < 2 or f" {phrase} " not in f" {text} ":
        return 0.0
    return min(1.0, len(phrase.replace(" ", "")) / max(1, len(text.replace(" ", ""))))


def _without(text: str, dropped: frozenset[str]) -> str:
    return " ".join(word for word in text.split() if word not in dropped)


@cache
def _droppable() -> frozenset[str]:
    tables = table("values")
    lists = [*tables["units_header"].values(), *tables["scales_header"].values(), *tables["currency_header"].values()]
    return frozenset(part for words in lists for word in split_words(words) for part in fold(word).split())


def _bare(text: str) -> str:
    """Return a header without its units and currencies; as it is where nothing else stands there."""
    words = text.split()
    kept = [word for word in words if word not in _droppable()]
    return " ".join(kept) if kept else text


def _named_in(text: str, section: str) -> str:
    """Return the key of the first word of a section that stands in a header; "" where none does."""
    for word, key in lookup("values", section).items():
        if f" {word} " in f" {text} " or (ord(word[0]) >= 0x2E80 and word in text):
            return key
    return ""


def _currency_of(header: str, text: str) -> str:
    words = lookup("values", "currency_header")
    found = next((words[word] for word in text.split() if word in words), "")
    return found or next((code for sign, code in _SIGNS.items() if sign in header), "")
