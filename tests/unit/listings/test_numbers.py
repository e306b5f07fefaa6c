# ruff: noqa: RUF001 (letters of other alphabets are what is tested)
"""Numbers as people of many markets write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.listings.numbers import is_missing, numbers_in, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13328", 13328), ("12,500", 12500), ("12.5", 12.5), ("0,5", 0.5), ("0.500", 0.5), ("1.234.567", 1234567),
        ("12,34,567", 1234567), ("1'234'567.5", 1234567.5), ("123 456,78", 123456.78), ("1\u202f598", 1598),
        ("12.500,00", 12500), ("1,234.5", 1234.5), ("-5", -5), ("1e5", 100000), ("1.2E+05", 120000),
        ("€ 12.500,-", 12500), ("CHF 12'500.-", 12500), ("Rs 4,50,000", 450000), ("Rs.500", 500),
        ("Rs. 5.5 Lakh", 550000),
        ("PKR 36.8 lacs", 3680000), ("1,5 crore", 15000000), ("12.58万", 125800), ("3.5w", 35000), ("45K", 45000),
        ("1.2M", 1200000), ("95 тыс. км", 95000), ("90 tkm", 90000), ("850 triệu", 850000000), ("5 x10,000", 50000),
        ("200 000 - 249 999", 224999.5), (">= 500 000", 500000), ("10-20k", 15000), ("15 000 - 20 000 €", 17500),
        ("04-May", 4.5), ("02-Mar", 2.5), ("Jul-05", 6), ("4/5", 4.5), (">5", 5), ("3000+", 3000), ("V6", 6),
        ("٤٥٬٠٠٠ ريال", 45000), ("１２０００", 12000), ("km 120,000", 120000), ("2.0 Turbo", 2), ("6 cylinders", 6),
    ],
)  # fmt: skip
def test_a_number_is_read(text: str, value: float) -> None:
    found = parse_number(text)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "text", ["", "-", "--", "N/A", "NULL", "nan", "POA", "Negotiable", "Bilmiyorum", "договорная", "面议", "call",
             "abc", "A4", "1.2.3", "12.03.2015", "03/2015", "2015-03-01", "12:30", "9e999"],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [("186005 km", "km"), ("87,806 mi.", "mi"), ("1248 CC", "cm3"), ("1 598 cm3", "cm3"), ("1.6 л", "l"),
     ("2.0L", "l"),
     ("74 bhp", "hp"), ("150PS", "ps"), ("152 л.с.", "ps"), ("110 kW (150 CV)", "kw"), ("23.4 kmpl", "kmpl"),
     ("17.3 km/kg", "km/kg"), ("5.6万公里", "km"), ("190Nm@ 2000rpm", "nm"), ("8.7 L / 100 km", "l/100km")],
)  # fmt: skip
def test_the_unit_is_found(text: str, unit: str) -> None:
    found = parse_number(text)
    assert found is not None
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "currency"),
    [("$5,000", "USD"), ("12 500 €", "EUR"), ("£12,345.00", "GBP"), ("R$ 45.000,00", "BRL"), ("24 900 PLN", "PLN"),
     ("1 200 000 ₽", "RUB"), ("325.000 TL", "TRY"), ("AED 45,000", "AED"), ("US $5,000", "USD"),
     ("₹ 4.5 Lakh", "INR")],
)  # fmt: skip
def test_the_currency_is_found(text: str, currency: str) -> None:
    found = parse_number(text)
    assert found is not None
    assert found.currency == currency


def test_the_column_decides_what_one_cell_leaves_open() -> None:
    comma, point = parse_number("1.500", decimal=","), parse_number("1.500")
    assert comma is not None
    assert point is not None
    assert (comma.value, point.value) == (1500, 1.5)


def test_words_beside_a_number_are_flags() -> None:
    found = parse_number("2.0 Turbo")
    assert found is not None
    assert found.flags == ("turbo",)


def test_every_number_with_a_unit_is_found_in_a_longer_text() -> None:
    found = [(number.value, number.unit) for number in numbers_in("2.0 л / 150 л.с. / Бензин")]
    assert found == [(2.0, "l"), (150.0, "ps")]


@pytest.mark.parametrize("text", ["9e999 lakh", "100000000'0000'0000lakh", "1e300 万亿", "9" * 400 + " k"])
def test_a_number_without_end_is_none_or_finite(text: str) -> None:
    found = parse_number(text)
    assert found is None or math.isfinite(found.value)


def test_no_is_not_a_missing_value() -> None:
    assert not is_missing("no")


MARKS = {".": [",", " ", "'", "\u00a0", "\u202f", ""], ",": [".", " ", "'", "\u00a0", ""]}


@settings(deadline=None)
@given(
    st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([".", ","]), st.data(),
    st.sampled_from(["", " km", "km", " mi", " €", " zł", " cc"]), st.sampled_from(["", "$", "€ ", "PKR "]),
)  # fmt: skip
def test_any_number_format_is_read_back(
    whole: int, cents: int, decimal: str, data: st.DataObject, after: str, before: str
) -> None:
    thousands = data.draw(st.sampled_from(MARKS[decimal]))
    text = f"{before}{whole:,}".replace(",", thousands) + f"{decimal}{cents:02d}{after}"
    found = parse_number(text, decimal=decimal)
    assert found is not None
    assert found.value == float(f"{whole}.{cents:02d}")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_number(text)
    assert found is None or found.value == found.value
