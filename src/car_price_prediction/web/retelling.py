"""Sentences that were made far below, without a reader in mind, told again in the language of whoever reads them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from .language import CATALOGUES, DEFAULT, Language, languages

SENTENCES = CATALOGUES / "sentences"
BETWEEN = "; "
LONGEST, MOST_TOGETHER = 1_500, 5
"""Longer texts, and more parts as one sentence, are not looked for: who sends what is told may make it long."""
MOST_PARTS = 60
"""A longer text stays what it is."""
MOST_KEPT = 2_000
"""Rows of one file have much the same problems."""

_NAME = re.compile(r"\{(\w+)\}")
_FIGURE = r"[-+]?[\d,.]+(?:e[-+]?\d+)?[kMG]?"
_NUMBERS = ("number", "least", "most")
_KINDS = dict.fromkeys(_NUMBERS, _FIGURE) | {"label": r"[^;\"]+?", "unit": r"(?: \w+)?", "word": r"\w+"}
"""What may stand for a name, whatever figure ends it; anything, for others."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: how the program writes it, and how it is told.

    Attributes
    ----------
    pattern : re.Pattern
        Of the English one.
    told : str
        In the other language, with the same names in braces.
    """

    pattern: re.Pattern[str]
    told: str


def retold(text: str, language: Language) -> str:
    """Return a text, sentence by sentence, in a language; a sentence that its catalogue lacks stays as it is.

    Parameters
    ----------
    text : str
        One sentence, or several with semicolons between them.
    language : Language

    Examples
    --------
    >>> german = languages()["de"]
    >>> retold("Mileage is not given; the price is less sure without it", german)
    'Kilometerstand ist nicht angegeben; der Preis ist ohne das unsicherer'
    >>> retold("cars.csv: none of its 1,200 rows has the 4 cells of its header", german)
    'cars.csv: keine der 1.200 Zeilen hat die 4 Zellen der Kopfzeile'
    >>> retold("what nobody wrote", german)
    'what nobody wrote'
    """
    parts, found = text.split(BETWEEN), []
    if len(parts) > MOST_PARTS or len(text) > LONGEST:
        return text
    while parts:
        # What is quoted from a file may hold a semicolon: the shortest beginning that is a sentence is one.
        ends = range(1, min(len(parts), MOST_TOGETHER) + 1)
        told = ((end, _told(BETWEEN.join(parts[:end]), language.code)) for end in ends)
        end, sentence = next(((end, said) for end, said in told if said is not None), (1, parts[0]))
        found.append(sentence)
        del parts[:end]
    return BETWEEN.join(found)


@lru_cache(MOST_KEPT)
def _told(sentence: str, code: str) -> str | None:
    language = languages()[code]
    for known in sentences(code):
        if match := known.pattern.fullmatch(sentence):
            return known.told.format(**{name: _value(name, said, language) for name, said in match.groupdict().items()})
    return None


def _value(name: str, said: str, language: Language) -> str:
    if _kind(name) in _NUMBERS:
        return language.figure(said)
    if _kind(name) == "label":
        return _label(said, language)
    return retold(said, language) if name == "reason" else said


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def _label(said: str, language: Language) -> str:
    key = _keys_of_labels().get(said.lower())
    return language.texts[key] if key else said


@cache
def _keys_of_labels() -> dict[str, str]:
    texts = languages()[DEFAULT].texts
    return {text.lower(): key for key, text in texts.items() if key.startswith("field.")}


@cache
def sentences(code: str) -> tuple[Sentence, ...]:
    """Return the sentences of a language; those with the most words of their own come first."""
    path = SENTENCES / f"{code}.json"
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    ordered = sorted(known, key=lambda text: -len(_NAME.sub("", text)))
    return tuple(Sentence(_pattern(text), known[text]) for text in ordered)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _NAME.split(text)
    named = (f"(?P<{name}>{_KINDS.get(_kind(name), '.+?')})" for name in parts[1::2])
    return re.compile("".join(re.escape(part) + next(named, "") for part in parts[::2]), re.DOTALL)
