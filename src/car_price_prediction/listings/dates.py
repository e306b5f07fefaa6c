"""The year of a date as people write it, and how dates are told from other numbers."""

from __future__ import annotations

import re

from .numbers import parse_number
from .wordlists import fold, lookup, tidy

_PLAIN = re.compile(r"\d{4}(?:\.0+)?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(?:0\d|1[0-2])(?:[0-3]\d)?(?:\.0+)?")
_ISO = re.compile(r"((?:19|20)\d\d)(?:[-/]\d{1,2}(?:[-/]\d{1,2})?|\.\d{1,2}\.\d{1,2})(?:[T ].*)?\.?")
_DAY_FIRST = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](\d{4}|\d{2})(?: \u0433\.?| \u0440\.?|,? .*)?")
_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[-/. ]+((?:19|20)\d\d|(?<=/)\d\d)")
_NAMED = re.compile(
    r"(?:\d{1,2}\.?[-/ ]+)?([^\W\d_]{3,12})\.?[-/ ,']*(?:\d{1,2}(?:st|nd|rd|th)?,\s*)?(\d{4}|\d{2})(?:[ ,].*)?"
)
_WITH_WORD = re.compile(r"((?:19|20)\d\d)\s*(?:г\.?|год|р\.?|рік|року|god|yil)", re.IGNORECASE)  # noqa: RUF001
_CJK = re.compile(r"(\d{4}|\d{2})\s*[年년].*")
_ERA = re.compile(r"(令和|平成|昭和|[rhs])\.?\s*(\d{1,2}|元)(?:年.*|\.(?:0?[1-9]|1[0-2]))", re.IGNORECASE)
_ERA_BEFORE = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_TWO_YEARS = re.compile(r"((?:19|20)\d\d)\s*[/-]\s*((?:19|20)\d\d)")
_ANY = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_TIME = re.compile(r"\d[T ]\d{1,2}:\d\d")
_PIVOT = 50


def date_year(text: str) -> float | None:
    """Return the year of a date, or None where the text is no date.

    Two digits stand for 1950 to 2049. Of two years side by side, a car's own and its model's, it is the later.

    Examples
    --------
    >>> date_year("2016-03-24 22:56:04"), date_year("03/2015"), date_year("Mar-15"), date_year("1.5.98")
    (2016.0, 2015.0, 2015.0, 1998.0)
    >>> date_year("2014年(平成26年)"), date_year("令和3年"), date_year("13년 02월")
    (2014.0, 2021.0, 2013.0)
    >>> date_year("2013/2014"), date_year("2012 год")
    (2014.0, 2012.0)
    >>> date_year("2015") is None
    True
    """
    text = tidy(text)
    for pattern, group in ((_ISO, 1), (_DAY_FIRST, 1), (_MONTH_YEAR, 2), (_CJK, 1), (_WITH_WORD, 1), (_COMPACT, 1)):
        found = pattern.fullmatch(text)
        if found:
            return _full(found[group])
    two = _TWO_YEARS.fullmatch(text)
    if two and int(two[1]) <= int(two[2]) <= int(two[1]) + 1:
        return float(two[2])
    era = _ERA.fullmatch(text)
    if era:
        return float(_ERA_BEFORE[era[1].lower()] + (1 if era[2] == "元" else int(era[2])))
    named = _NAMED.fullmatch(text)
    if named and fold(named[1]) in lookup("values", "months"):
        return _full(named[2])
    return None


def year_of(text: str) -> float | None:
    """Return the year that a text names: a plain year, a date, or the one year in a longer text.

    Examples
    --------
    >>> year_of("2017"), year_of("2017.0"), year_of("01.05.2017"), year_of("2017 (67 reg)"), year_of("9999")
    (2017.0, 2017.0, 2017.0, 2017.0, 9999.0)
    """
    text = tidy(text)
    if _PLAIN.fullmatch(text):
        return float(text)
    year = date_year(text)
    if year is not None:
        return year
    years = set(_ANY.findall(text))
    if len(years) == 1:
        return float(years.pop())
    number = parse_number(text)
    return None if number is None or number.rest else number.value


def year_in(text: str) -> float | None:
    """Return the one year between 1950 and 2049 that a longer text names, or None.

    Examples
    --------
    >>> year_in("Toyota RAV4 2007"), year_in("Peugeot 2008 2019"), year_in("Golf")
    (2007.0, None, None)
    """
    years = {year for year in _ANY.findall(text) if "1950" <= year <= "2049"}
    return float(years.pop()) if len(years) == 1 else None


def has_time(text: str) -> bool:
    """Tell whether a text is a date with the time of day: nobody registers a car to the minute.

    Examples
    --------
    >>> has_time("2016-03-24 22:56:04"), has_time("2016-03-24")
    (True, False)
    """
    return _TIME.search(text) is not None


def _full(digits: str) -> float:
    year = int(digits)
    if year >= 100:
        return float(year)
    return float(year + (2000 if year < _PIVOT else 1900))
