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
#: A cell that begins so does too; "looking for a new owner" and "cerco" are left to the list above.
WANTED_FIRST = ("wanted", "wtb", "want to buy", "gesuch", "suche", "kaufgesuch", "busco", "compro", "kupię", "куплю")

_TEST = rf"(?i)^(?:{'|'.join(TEST_WORDS)})$|\b(?:{'|'.join(TEST_PHRASES)})\b"
_WANTED = rf"(?i)^(?:{'|'.join(WANTED_WORDS)})$|^[\W_]*(?:{'|'.join(WANTED_FIRST)})[\W_]"
_LETTERS = r"\pL{3}"
PROBED_ROWS = 500
"""Columns whose first cells hold no word are not searched."""
_KINDS = {"test_ad": (_TEST, 0.01), "wanted_ad": (_WANTED, 0.25)}
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
    for at, name in enumerate(headers):
        if 2 * at >= len(headers) and not (equal > 0).any():
            break  # those left are too few for any row
        equal += (raw[name] == name).fill_null(value=False).cast(pl.UInt32)
    return equal * 2 > len(headers)


def advert_kinds(raw: Rows) -> dict[str, pl.Series]:
    """Tell which rows are tests of the site, and which look for a car.

    Examples
    --------
    >>> kinds = advert_kinds(pl.DataFrame({"make": ["Audi", "Test", "BMW"], "title": ["Testa", "x", "Suche 320d"]}))
    >>> kinds["test_ad"].to_list(), kinds["wanted_ad"].to_list()
    ([False, True, False], [False, False, True])
    """
    nowhere = pl.repeat(value=False, n=raw.height, eager=True)
    found = {"test_ad": nowhere, "wanted_ad": nowhere}
    probe = raw.head(PROBED_ROWS)
    for header, cells in zip(probe.columns, probe, strict=True):
        if header != "_source" and cells.dtype == pl.String and cells.str.contains(_LETTERS).any():
            for code, hits in _matches(raw[header]).items():
                found[code] = found[code] | hits
    return found


def _matches(cells: pl.Series) -> dict[str, pl.Series]:
    """Search each different cell once; a word that is usual in the column is no sign."""
    different = cells.unique()
    found = {}
    for code, (pattern, most) in _KINDS.items():
        said = different.filter(different.str.contains(pattern))
        hits = cells.is_in(said.implode()).fill_null(value=False)
        if said.len() and hits.sum() <= max(3, most * cells.len()):
            found[code] = hits
    return found
