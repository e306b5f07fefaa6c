"""Makes by their known spellings, and names such as "Maruti Swift Dzire VDI" taken apart."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import PurePath

from .wordlists import fold, lookup, split_words, table

_YEAR = re.compile(r"'?(?:19|20)\d\d")
_LEADING = {
    "new",
    "used",
    "certified",
    "pre",
    "preowned",
    "owned",
    "gebraucht",
    "occasion",
    "neu",
    "продам",
    "продаю",
    "продается",
}
_LONGEST = 4
_FIRST_IDEOGRAPH, _LONGEST_IDEOGRAPHS = "\u2e80", 7


def make_named(text: str) -> str | None:
    """Return the one spelling of a known make, or None where the make is not known.

    Examples
    --------
    >>> make_named("merc"), make_named("VW"), make_named("mercedes_benz"), make_named("მერსედესი")
    ('Mercedes-Benz', 'Volkswagen', 'Mercedes-Benz', None)
    """
    return lookup("names", "makes").get(fold(text))


def make_or_same(text: str) -> str:
    """Return the one spelling of a known make, or the text itself, tidied.

    Examples
    --------
    >>> make_or_same("TOYOTA"), make_or_same(" Some  make ")
    ('Toyota', 'Some make')
    """
    return make_named(text) or " ".join(text.split())


@cache
def _long_models() -> frozenset[str]:
    return frozenset(fold(word) for word in split_words(table("names")["models"]["words"]))


@lru_cache(maxsize=20_000)
def split_name(text: str) -> tuple[str | None, str | None, str | None]:
    """Take a name of a car apart: make, model and trim, each None where it is not there.

    Underscores count as blanks; a year and words such as "used" in front are passed over. A name that begins
    with no known make has its first word as the make.

    Examples
    --------
    >>> split_name("Maruti Swift Dzire VDI")
    ('Maruti', 'Swift Dzire', 'VDI')
    >>> split_name("2019 BMW 3 Series M340i xDrive")
    ('BMW', '3 Series', 'M340i xDrive')
    >>> split_name("奥迪A4L 2017款 30 TFSI")
    ('Audi', 'A4L', '2017款 30 TFSI')
    >>> split_name("Volkswagen_Golf")
    ('Volkswagen', 'Golf', None)
    """
    words = _words(text)
    make, rest = _take_make(words)
    if make is None and words:
        make, rest = words[0], words[1:]
    model, trim = _take_model(rest)
    return make, model, trim


def starts_with_make(text: str) -> bool:
    """Tell whether a text is a known make and at least one more word.

    Examples
    --------
    >>> starts_with_make("BMW 316i"), starts_with_make("BMW"), starts_with_make("Golf GTI")
    (True, False, False)
    """
    make, rest = _take_make(_words(text))
    return make is not None and bool(rest)


def model_and_trim(text: str) -> tuple[str | None, str | None]:
    """Take a model's name apart, where the make may or may not stand in front.

    Examples
    --------
    >>> model_and_trim("Audi A4 1.8 TFSI"), model_and_trim("Golf VII")
    (('A4', '1.8 TFSI'), ('Golf', 'VII'))
    """
    return _take_model(_take_make(_words(text))[1])


def trim_of_title(text: str) -> str | None:
    """Return what a title says beyond make and model; all of it where it begins with no known make.

    Examples
    --------
    >>> trim_of_title("BMW_320d_DPF_Touring"), trim_of_title("Schöner Kleinwagen")
    ('DPF Touring', 'Schöner Kleinwagen')
    """
    words = _words(text)
    make, rest = _take_make(words)
    return " ".join(words) or None if make is None else _take_model(rest)[1]


def make_of_file(name: str) -> str | None:
    """Return the make that a file is named after, or None.

    Examples
    --------
    >>> make_of_file("unclean_vw-2020.csv"), make_of_file("listings.csv")
    ('Volkswagen', None)
    """
    words = re.findall(r"[^\W\d_]+", PurePath(name).name.split(".")[0])
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            make = make_named(" ".join(words[start : start + size]))
            if make:
                return make
    return None


def _words(text: str) -> list[str]:
    words = text.replace("_", " ").split()
    while words and (_YEAR.fullmatch(words[0]) or fold(words[0]) in _LEADING):
        words = words[1:]
    return words


def _take_make(words: list[str]) -> tuple[str | None, list[str]]:
    makes = lookup("names", "makes")
    for size in range(min(_LONGEST, len(words)), 0, -1):
        key = fold(" ".join(words[:size]))
        if key in makes:
            # "Range Rover Evoque": the words name the make and are a part of the model too.
            return makes[key], words if key in _long_models() else words[size:]
    return _ideographic_make(words)


def _ideographic_make(words: list[str]) -> tuple[str | None, list[str]]:
    """Read a make that no blank parts from its model, such as "奥迪A4L" or "大众-朗逸"."""
    if words and words[0][0] >= _FIRST_IDEOGRAPH:
        makes = lookup("names", "makes")
        for size in range(min(_LONGEST_IDEOGRAPHS, len(words[0])), 1, -1):
            key = fold(words[0][:size])
            if key in makes:
                rest = words[0][size:].lstrip("-·")
                return makes[key], [rest, *words[1:]] if rest else words[1:]
    return None, words


def _take_model(words: list[str]) -> tuple[str | None, str | None]:
    if not words:
        return None, None
    sizes = range(min(_LONGEST, len(words)), 1, -1)
    size = next((n for n in sizes if fold(" ".join(words[:n])) in _long_models()), 1)
    rest = words[size:-1] if _YEAR.fullmatch(words[-1]) else words[size:]
    return " ".join(words[:size]), " ".join(rest) or None
