"""The day on which a listing was made, where a column of its file tells: no feature, but a way to split by time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from car_price_prediction.domain.columns import Column

from .cells import Rows
from .wordlists import fold, lookup, tidy

LISTED = "_listed"
MOSTLY = 0.9
"""At least so many of a column's cells must be days."""
BY_HEADER = 0.75
"""A column that its values alone made one of the advertisement may be of the car: a registration, an inspection."""
SAMPLE = 500
"""So many different cells tell whether a column holds days at all."""

_TIME = r"[T ,]+\d{1,2}:\d\d.*$"
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)(?:([-/.])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))")
_YEAR_LAST = re.compile(r"(\d\d?)[-/. ]+(\d\d?)[-/. ]+((?:19|20)\d\d)")
_MONTH_FIRST = re.compile(r"(?:[^\W\d]+,? )?([^\W\d]{3,12})\.? (\d\d?),? ((?:19|20)\d\d)")
_DAY_FIRST = re.compile(r"(?:[^\W\d]+,? )?(\d\d?)\.?[- ]([^\W\d]{3,12})\.?[- ,]+((?:19|20)\d\d)")


def with_listed(listings: pl.DataFrame, raw: Rows, columns: Sequence[Column]) -> pl.DataFrame:
    """Return the listings with ``_listed`` added, the day on which each was made; unchanged where no column tells.

    Of several columns of days the earliest is taken: a listing is made before it is crawled, changed or removed.

    Parameters
    ----------
    listings : DataFrame
        Clean listings, with ``_source`` and ``_row``.
    raw : Cells or DataFrame
        All rows as they were read.
    columns : sequence of Column
        What the columns of `raw` hold.

    Examples
    --------
    >>> raw = pl.DataFrame({"created": ["2016-03-26 00:00:00"] * 2, "_source": ["a"] * 2, "_row": [1, 2]})
    >>> column = Column("created", "unknown_when_priced", "", "category", confidence=0.9)
    >>> with_listed(raw.select("_source", "_row").tail(1), raw, [column])["_listed"].to_list()
    [datetime.date(2016, 3, 26)]
    """
    headers = [
        c.header
        for c in columns
        if c.role == "unknown_when_priced" and c.confidence >= BY_HEADER and c.header in raw.columns
    ]
    found = [days for header in headers if (days := days_of(raw[header])) is not None]
    if not found:
        return listings
    earliest = min(found, key=lambda days: days.cast(pl.Int32).to_frame().select(pl.median("*"), b=pl.mean("*")).row(0))
    keys = {name: raw[name].cast(listings.schema[name]) for name in ("_source", "_row")}
    listed = pl.DataFrame({**keys, LISTED: earliest}).unique(list(keys), keep="first")
    return listings.join(listed, on=["_source", "_row"], how="left", maintain_order="left")


def days_of(cells: pl.Series, mostly: float = MOSTLY) -> pl.Series | None:
    """Return the days that cells tell, or None where most of them tell none, or fewer than the share `mostly`.

    In dates like 3/4/2016 the month comes first where more of the column's cells are days that way.

    Examples
    --------
    >>> days_of(pl.Series(["3/24/2016 10:00", "3/4/2016"])).to_list()
    [datetime.date(2016, 3, 24), datetime.date(2016, 3, 4)]
    >>> days_of(pl.Series(["Golf", "3 days ago"])) is None
    True
    """
    bare = cells.cast(pl.String).str.strip_chars().str.replace(_TIME, "")
    texts = bare.drop_nulls().unique(maintain_order=True)
    if not texts.len() or _read(texts.head(SAMPLE).to_list()).count(None) > 0.5 * min(SAMPLE, texts.len()):
        return None
    days = bare.replace_strict(texts, _read(texts.to_list()), default=None, return_dtype=pl.Date)
    return days if days.null_count() <= (1 - mostly) * days.len() else None


def _read(texts: Sequence[str]) -> list[date | None]:
    """Read days one by one, with day and month in the order that more of them allow."""
    day_first, month_first = ([_day(text, month_first=first) for text in texts] for first in (False, True))
    return month_first if month_first.count(None) < day_first.count(None) else day_first


def _day(text: str, *, month_first: bool) -> date | None:
    """Return the day that a text is, or None."""
    parts = _parts(tidy(text), month_first=month_first)
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def _parts(text: str, *, month_first: bool) -> tuple[str, str, str] | None:
    """Return year, month and day as digits."""
    if found := _YEAR_FIRST.fullmatch(text):
        return found[1], found[3] or found[5], found[4] or found[6]
    if found := _YEAR_LAST.fullmatch(text):
        return (found[3], found[1], found[2]) if month_first else (found[3], found[2], found[1])
    for pattern, month, day in ((_MONTH_FIRST, 1, 2), (_DAY_FIRST, 2, 1)):
        found = pattern.fullmatch(text)
        number = found and lookup("values", "months").get(fold(found[month]))
        if found and number:
            return found[3], number, found[day]
    return None
