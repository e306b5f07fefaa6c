"""The word tables: loaded when first asked for, and looked up by a form in which spellings agree."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("tables")
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ё": "е", "і": "i", "ـ": ""}  # noqa: RUF001
)
_NOT_WORD = re.compile(r"[\W_]+")


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one table of ``tables/``.

    Examples
    --------
    >>> sorted(table("names"))
    ['makes', 'models']
    """
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a comma-separated list, as they stand.

    Examples
    --------
    >>> list(split_words("petrol, x10,000, gas"))
    ['petrol', 'x10,000', 'gas']
    """
    for word in text.split(", "):
        if word.strip():
            yield word.strip()


def tidy(text: str) -> str:
    """Return a text in one form: compatible letters (NFKC), one blank for many, none outside.

    Examples
    --------
    >>> tidy(" 1\u00a0598\u2009cm\u00b3 ")
    '1 598 cm3'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return the form under which a word is looked up: no case, no accents, no punctuation.

    Examples
    --------
    >>> fold("Coupé / Sport-wagen")
    'coupe sport wagen'
    >>> fold("ÖNDEN ÇEKIŞ") == fold("önden çekiş")
    True
    """
    text = tidy(text).casefold()
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if not unicodedata.combining(c)).translate(_LETTERS)
    return _NOT_WORD.sub(" ", text).strip()


@cache
def lookup(name: str, section: str) -> Mapping[str, str]:
    """Return folded word -> the key of its list, of one section of a table.

    Examples
    --------
    >>> lookup("words", "fuel")["benzin"]
    'petrol'
    """
    found: dict[str, str] = {}
    for key, words in table(name)[section].items():
        found.setdefault(fold(key), key)
        for word in split_words(words):
            found.setdefault(fold(word), key)
    found.pop("", None)
    return found
