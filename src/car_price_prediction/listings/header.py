"""Whether the first row of a table names its columns or is already data."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBER = re.compile(r"[-+]?[$€£¥₹₽]?\s?\d[\d\s.,'’]*\s?[^\W\d]{0,5}[$€£%³]?")  # noqa: RUF001
DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T].*)?")


def looks_like_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row names the columns of the rows below it.

    A column of numbers with a word on top speaks for a header; a number on top of numbers speaks against one, and so
    does a word that occurs again further down.

    Examples
    --------
    >>> looks_like_header(["make", "year"], [["Audi", "2010"], ["BMW", "2011"]])
    True
    >>> looks_like_header(["Audi", "2012"], [["Audi", "2010"], ["BMW", "2011"]])
    False
    """
    below = [row for row in below if list(row) != list(first)]  # files that were joined repeat their header
    if not below:
        return not any(is_number(cell) for cell in first)
    votes = 0
    for position, cell in enumerate(first):
        votes += _vote(cell.strip(), [row[position].strip() for row in below if position < len(row)])
    return votes >= 0


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number, perhaps with a unit, or a date.

    Examples
    --------
    >>> [is_number(text) for text in ("150,000km", "€ 5.000", "2016-03-26 17:47", "7er", "Model 3", "price")]
    [True, True, True, True, False, False]
    """
    cell = cell.strip()
    return bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell))


def _vote(cell: str, below: list[str]) -> int:
    filled = [value for value in below if value]
    if not filled or not cell:
        return 0
    numbers = sum(map(is_number, filled)) / len(filled)
    if numbers > 0.8:
        return -2 if is_number(cell) else 2
    if numbers < 0.2 and is_number(cell):
        return 0
    return -1 if filled.count(cell) > 1 else 0
