"""What stands around a number: signs, bounds, currencies before it; multipliers, units, currencies after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .wordlists import split_words, table, tidy

_BEFORE = frozenset(
    split_words(
        "ca, circa, approx, approximately, about, around, rund, environ, aprox, около, 约, v, w, i, l, r, h, inline, "
        "flat, price, only, just, mrp"
    )
)
_AT_LEAST = r"(?:>=|≥|от\b|from\b|ab\b|desde\b)"
_MORE_THAN = (
    r"(?:>|over\b|above\b|more than\b|mehr als\b|plus de\b|mas de\b|más de\b|oltre\b|powyżej\b|свыше\b|более\b)"
)
_LESS_THAN = r"(?:<=?|≤|under\b|below\b|less than\b|up to\b|bis\b|moins de\b|menos de\b|poniżej\b|до\b|менее\b|unter\b)"
_BOUNDS = tuple(
    (bound, re.compile(rf"^{words}|(?<!\w){words}$"))
    for bound, words in ((">=", _AT_LEAST), (">", _MORE_THAN), ("<", _LESS_THAN))
)


@dataclass(slots=True)
class Before:
    """What was read in front of a number."""

    sign: int = 1
    bound: str = ""
    currency: str = ""
    unit: str = ""


@dataclass(slots=True)
class After:
    """What was read behind a number."""

    multiplier: float = 1.0
    unit: str = ""
    currency: str = ""
    plus: bool = False
    scaled: bool = False


@cache
def _suffixes() -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for kind in ("units", "multipliers", "currencies"):
        for key, words in table("values")[kind].items():
            for word in split_words(words):
                found.setdefault(tidy(word).casefold(), (kind, key))
    return found


@cache
def _longest_suffix() -> int:
    return max(map(len, _suffixes()))


def unit_word(text: str) -> str:
    """Return the unit that a text names and nothing else, or "".

    Examples
    --------
    >>> unit_word("Miles"), unit_word("км"), unit_word("20 km")
    ('mi', 'km', '')
    """
    kind, key = _suffixes().get(tidy(text).casefold(), ("", ""))
    return key if kind == "units" else ""


def read_before(text: str) -> Before | None:
    """Read what stands before a number; None where it is something that makes it no number.

    Examples
    --------
    >>> read_before("> usd ").currency, read_before("audi a") is None
    ('USD', True)
    """
    found, text = Before(), text.strip()
    if text.endswith(("-", "+")):
        found.sign, text = (-1 if text[-1] == "-" else 1), text[:-1].rstrip()
    for bound, words in _BOUNDS:
        if words.search(text):
            found.bound, text = bound, words.sub("", text).strip()
            break
    kind, key = _suffixes().get(text.replace(" ", ""), ("", ""))
    parts = [] if kind == "currencies" else text.replace("~", " ").replace(":", " ").replace("=", " ").split()
    found.currency = key if kind == "currencies" else ""
    for word in parts:
        kind, key = _suffixes().get(word, ("", ""))
        if kind == "currencies":
            found.currency = key
        elif word.strip(".,") in _BEFORE:
            continue
        elif kind == "units" and len(word) > 1:
            found.unit = key
        else:
            return None
    return found


def read_after(text: str) -> tuple[After, str]:
    """Read multipliers, units and currencies off the front of a text, longest first.

    Examples
    --------
    >>> after, rest = read_after("тыс. км, торг")
    >>> after.multiplier, after.unit, rest
    (1000.0, 'km', ', торг')
    """
    after = After()
    while True:
        text = text.lstrip(" ")
        if text[:1] == "+" and not after.plus:
            after.plus, text = True, text[1:]
            continue
        kind, key, size = _longest_word(text)
        if not size or (kind == "units" and after.unit) or (kind == "multipliers" and after.unit):
            return after, text
        if kind == "multipliers":
            after.multiplier, after.scaled = after.multiplier * float(key), True
        elif kind == "units":
            after.unit = key
        else:
            after.currency = key
        text = text[size:]


def _longest_word(text: str) -> tuple[str, str, int]:
    if not text:
        return "", "", 0
    words = _suffixes()
    for size in range(min(len(text), _longest_suffix()), 0, -1):
        found = words.get(text[:size])
        if found and not _cuts_a_word(text, size):
            return found[0], found[1], size
    return "", "", 0


def _cuts_a_word(text: str, size: int) -> bool:
    last, following = text[size - 1], text[size : size + 1]
    if not following or ord(last) >= 0x2E80:  # ideographs need no blank between words
        return False
    return last.isalnum() and following.isalnum()
