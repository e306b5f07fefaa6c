from __future__ import annotations

import pytest

from car_price_prediction.listings.header import is_number, looks_like_header

ROWS = [["Audi", "A4", "2015", "12.500 €"], ["BMW", "320d", "2016", "15.900 €"], ["Audi", "A3", "2012", "8.000 €"]]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (["make", "model", "year", "price"], True),
        (["", "", "year", "price"], True),
        (["Audi", "A4", "2014", "11.000 €"], False),
        (["Opel", "Astra", "2014", "11.000 €"], False),
        (["Opel", "Astra", "", ""], True),
    ],
)
def test_the_first_row_is_told_from_the_rows_below(first: list[str], expected: bool) -> None:
    assert looks_like_header(first, ROWS) is expected


def test_words_alone_are_a_header_unless_they_occur_again() -> None:
    assert looks_like_header(["make", "fuel"], [["Audi", "petrol"], ["BMW", "diesel"]])
    assert not looks_like_header(["VW", "petrol"], [["Audi", "petrol"], ["BMW", "petrol"], ["Opel", "diesel"]])


def test_a_single_row_is_a_header_if_it_holds_no_number() -> None:
    assert looks_like_header(["make", "price"], [])
    assert not looks_like_header(["Audi", "12500"], [])


@pytest.mark.parametrize(
    "text", ["12500", "-3", "1 200 000", "12.500,00", "$5,000", "5000 zł", "150,000km", "2016-03-26"]
)
def test_numbers_with_marks_and_units_are_numbers(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["", "A4", "320d xDrive", "make", "Model 3", "price in 1000"])
def test_names_are_no_numbers(text: str) -> None:
    assert not is_number(text)
