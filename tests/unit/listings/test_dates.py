# ruff: noqa: RUF001 (letters of other alphabets are what is tested)
"""The year out of dates in the usual orders."""

from __future__ import annotations

import pytest

from car_price_prediction.listings.dates import date_year, has_time, year_in, year_of


@pytest.mark.parametrize(
    ("text", "year"),
    [("2016-03-24 22:56:04", 2016), ("2015-03", 2015), ("2015/03/01", 2015), ("01.03.2015", 2015),
     ("03/01/2015", 2015),
     ("1.5.98", 1998), ("03/2015", 2015), ("03.2015", 2015), ("Mar-15", 2015), ("March 2015", 2015),
     ("5 мая 2015", 2015),
     ("15-Mar-2015", 2015), ("Mart 2015", 2015), ("2015年6月", 2015), ("201503", 2015), ("20150301", 2015),
     ("Mar 2, 2021", 2021)],
)  # fmt: skip
def test_the_year_of_a_date(text: str, year: float) -> None:
    assert date_year(text) == year


@pytest.mark.parametrize("text", ["2015", "2709.0", "1.6", "Golf 2015", "12500", "abc", "3.14", "1999.5"])
def test_what_is_no_date(text: str) -> None:
    assert date_year(text) is None


@pytest.mark.parametrize(
    ("text", "year"), [("2017", 2017), ("2017.0", 2017), ("1800", 1800), ("9999", 9999), ("2017 г.", 2017), ("x", None)]
)
def test_the_year_of_a_cell(text: str, year: float | None) -> None:
    assert year_of(text) == year


def test_a_date_with_the_time_of_day() -> None:
    assert has_time("2021-04-02T12:31:18-0500")
    assert not has_time("2021-04-02")


def test_two_years_in_one_title_are_none() -> None:
    assert year_in("Peugeot 2008 2019") is None
