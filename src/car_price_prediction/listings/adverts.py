"""Rows that offer no car: a header repeated, tests of the site, people who look for a car."""

from __future__ import annotations

import polars as pl

from .cells import Rows

#: A cell that is nothing but one of these.
TEST_WORDS = (
    "test", "test test", "testing", "test car", "test ad", "test make", "test model", "asdf", "asdfasdf", "qwerty",
    "dummy", "foo", "foobar", "тест", "prueba", "prova", "teste", "essai", "deneme",
)  # fmt: skip
#: Said anywhere in a cell.
TEST_PHRASES = (
    r"test[ _-]?(?:ad|advert|advertisement|listing|anzeige|inserat|annonce)", "do not (?:buy|contact)",
    r"please ignore", r"ignore this (?:ad|listing)", "lorem ipsum", "this is (?:only |just )?a test",
    "anuncio de prueba", "annonce de test", "ogłoszenie testowe", "тестовое объявление", "annuncio di prova",
)  # fmt: skip
#: A cell that is nothing but one of these tells that the advertiser looks for a car.
WANTED_WORDS = (
    "wanted", "wtb", "want to buy", "looking for", "gesuch", "suche", "kaufgesuch", "recherche", "cherche", "busco",
    "compro", "cerco", "procuro", "kupię", "куплю",
)  # fmt: skip

_TEST = rf"(?i)^(?:{'|'.join(TEST_WORDS)})$|\b(?:{'|'.join(TEST_PHRASES)})\b"
_WANTED = rf"(?i)^(?:{'|'.join(WANTED_WORDS)})$"
_LETTERS = r"\pL{3}"
PROBED_ROWS = 500
"""Columns whose first cells hold no word are not searched."""
MOST_TESTS, MOST_WANTED = 0.01, 0.25
"""A word in a larger share of a column's cells is one of that column's categories ("test" and "control")."""


def is_repeated_header(raw: Rows) -> pl.Series:
    """Tell which rows hold the headers again, as files that were joined have them.

    Examples
    --------
    >>> is_repeated_header(pl.DataFrame({"make": ["Audi", "make"], "price": ["1", "price"]})).to_list()
    [False, True]
    """
    headers = [name for name in raw.columns if name not in ("_source", "_row")]
    equal = pl.repeat(0, raw.height, dtype=pl.UInt32, eager=True)
    for name in headers:
        equal += (raw[name] == name).fill_null(value=False).cast(pl.UInt32)
    return equal * 2 > len(headers)


def is_test_ad(raw: Rows) -> pl.Series:
    """Tell which rows are tests of the site.

    Examples
    --------
    >>> is_test_ad(pl.DataFrame({"make": ["Audi", "Test"], "title": ["Audi Testa 80", "x"]})).to_list()
    [False, True]
    """
    return _any_cell(raw, _TEST, MOST_TESTS)


def is_wanted_ad(raw: Rows) -> pl.Series:
    """Tell which rows look for a car.

    Examples
    --------
    >>> is_wanted_ad(pl.DataFrame({"offer": ["Angebot", "Gesuch"]})).to_list()
    [False, True]
    """
    return _any_cell(raw, _WANTED, MOST_WANTED)


def _any_cell(raw: Rows, pattern: str, most: float) -> pl.Series:
    found = pl.Series([False]).new_from_index(0, raw.height)
    for header in raw.columns:
        cells = raw[header]
        if header != "_source" and cells.dtype == pl.String and cells.head(PROBED_ROWS).str.contains(_LETTERS).any():
            hits = _matches(cells, pattern)
            if hits.sum() <= max(3, most * raw.height):
                found = found | hits
    return found


def _matches(cells: pl.Series, pattern: str) -> pl.Series:
    """Search each different cell once."""
    different = cells.unique()
    hits = different.filter(different.str.contains(pattern))
    return cells.is_in(hits.implode()).fill_null(value=False)
