"""Words for categories, in the languages of large car markets, brought to one canonical word each."""

from __future__ import annotations

import re

from .wordlists import fold, lookup, tidy

WORD_FIELDS = ("fuel", "transmission", "body", "drive", "steering", "condition", "colour", "seller")
"""The fields that have canonical words."""

_FINISH = {
    "metallic",
    "metalic",
    "metallik",
    "metalik",
    "metallise",
    "metalizado",
    "metalizada",
    "metallizzato",
    "pearl",
}
_FINISH |= {
    "perl",
    "perleffekt",
    "pearlescent",
    "matt",
    "matte",
    "solid",
    "uni",
    "nacre",
    "metalico",
    "металлик",
    "met",
}
_PARTS = re.compile(r"\s*[/,;|+&]\s*|\s+-\s+")


def canonical_word(field: str, text: str) -> str | None:
    """Return the canonical word for a category, or None where it is not a known one.

    Examples
    --------
    >>> canonical_word("fuel", "Benzin"), canonical_word("colour", "Schwarz Metallic"), canonical_word("fuel", "x")
    ('petrol', 'black', None)
    """
    known = lookup("words", field)
    key = fold(text)
    found = known.get(key)
    if found is None and field == "colour":
        found = known.get(" ".join(word for word in key.split() if word not in _FINISH))
    if found is None and " " in key:
        found = known.get(_once(key)) or _of_parts(field, text)
    return found


def category(field: str, text: str) -> str:
    """Return a category's canonical word, or the text itself, tidied, where it has none.

    Examples
    --------
    >>> category("transmission", "Schaltgetriebe"), category("fuel", "Wood  gas")
    ('manual', 'Wood gas')
    """
    found = canonical_word(field, text) if field in WORD_FIELDS else None
    return found or " ".join(text.split())


def yes_no(text: str) -> str | None:
    """Return "yes" or "no" for the words of either, or None.

    Examples
    --------
    >>> yes_no("nein"), yes_no("Да"), yes_no("perhaps")
    ('no', 'yes', None)
    """
    return lookup("words", "yes_no").get(fold(text))


def count_word(text: str) -> float | None:
    """Return the number that a word for a count stands for, or None.

    Examples
    --------
    >>> count_word("Second Owner"), count_word("Fourth & Above Owner"), count_word("many")
    (2.0, 4.0, None)
    """
    known = lookup("values", "numbers")
    key = fold(text)
    first = key.split(" ", 1)[0]
    found = known.get(key) or known.get(first)
    return None if found is None or first.isdigit() else float(found)


def word_inside(field: str, text: str) -> str | None:
    """Return the one canonical word of a field among the parts of a longer text, or None.

    Examples
    --------
    >>> word_inside("fuel", "2.0 L / 150 HP / Дизель")
    'diesel'
    """
    for part in re.split(r"[/,;|()·•]+", tidy(text)):
        found = canonical_word(field, part) if part.strip() else None
        if found:
            return found
    return next((found for word in tidy(text).split() if (found := canonical_word(field, word))), None)


def _of_parts(field: str, text: str) -> str | None:
    """Read "SUV / TT" by its first known part, and two fuels by what they make together."""
    known = lookup("words", field)
    parts = [known[key] for part in _PARTS.split(text) if (key := fold(part)) in known]
    if len(parts) < 2 and (not parts or not _PARTS.search(text)):
        return None
    if field == "fuel" and len(set(parts)) > 1:
        return _two_fuels(set(parts))
    return parts[0]


def _two_fuels(parts: set[str]) -> str | None:
    for one in ("plug-in hybrid", "lpg", "cng", "flex"):
        if one in parts:
            return one
    if parts & {"electric", "hybrid"}:
        return "diesel hybrid" if "diesel" in parts else "hybrid"
    return "flex" if "ethanol" in parts else None


def _once(key: str) -> str:
    return " ".join(dict.fromkeys(key.split()))
