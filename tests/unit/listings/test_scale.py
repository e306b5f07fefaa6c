"""The unit of bare numbers: told, in the cells, in the header, or in the distribution."""

from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.assign import Candidate
from car_price_prediction.listings.evidence import profile_of
from car_price_prediction.listings.headers import read_header
from car_price_prediction.listings.scale import Context, scale_of

YEARS = pl.Series([2005.0 + i % 15 for i in range(30)])


def scale(field: str, header: str, cells: list[str], context: Context = Context(None, None, YEARS)) -> tuple[str, str]:  # noqa: B008
    series = pl.Series(header, cells)
    values = series.str.extract(r"([\d.]+)").cast(pl.Float64)
    found = scale_of(field, Candidate(header, read_header(header), profile_of(series, series)), context, values)
    return found.unit, found.note


@pytest.mark.parametrize(
    ("header", "cells", "unit"),
    [
        ("Mileage", [f"{9000 * (i + 1)} km" for i in range(30)], "km"),
        ("Mileage", [f"{9000 * (i + 1)} miles" for i in range(30)], "mi"),
        ("Odometer (mi)", [str(9000 * (i + 1)) for i in range(30)], "mi"),
        ("Пробег, тыс. км", [str(9 * (i + 1)) for i in range(30)], "1000 km"),
        ("Mileage", [str(15 * (i + 1)) for i in range(30)], "1000 km"),
        ("里程(万公里)", [str(0.9 * (i + 1)) for i in range(30)], "10000 km"),
        ("km", [str(9000 * (i + 1)) for i in range(30)], "km"),
    ],
)
def test_the_unit_of_the_mileage(header: str, cells: list[str], unit: str) -> None:
    assert scale("mileage_km", header, cells)[0] == unit


def test_thousands_found_in_the_distribution_are_told() -> None:
    assert "1,000 km from the distribution" in scale("mileage_km", "Mileage", [str(15 * (i + 1)) for i in range(30)])[1]


def test_an_assumed_unit_is_told() -> None:
    assert "--mileage-unit" in scale("mileage_km", "mileage", [str(9000 * (i + 1)) for i in range(30)])[1]


@pytest.mark.parametrize(
    ("field", "header", "cells", "unit"),
    [
        ("engine_l", "engine", ["1598", "1998"], "cm3"), ("engine_l", "engine", ["1.6", "2.0"], "l"),
        ("power_kw", "power", ["100", "120"], "ps"), ("power_kw", "Leistung (kW)", ["100", "120"], "kw"),
        ("power_kw", "Moc", ["120 KM", "90 KM"], "ps"), ("price", "Price (in lakhs)", ["3.5", "8.1"], "lakh"),
        ("price", "价格(万元)", ["3.5", "8.1"], "10000"), ("price", "price", ["12000", "9000"], ""),
    ],
)  # fmt: skip
def test_the_unit_of_other_numbers(field: str, header: str, cells: list[str], unit: str) -> None:
    assert scale(field, header, cells)[0] == unit


def test_bare_prices_in_rupees_of_a_few_units_are_lakhs() -> None:
    unit, note = scale("price", "Selling_Price", ["3.5", "8.1"], Context("INR", None, None))
    assert unit == "lakh"
    assert "distribution" in note


def test_power_without_a_unit_in_an_english_market_is_in_mechanical_horsepower() -> None:
    assert scale("power_kw", "power", ["100", "120"], Context("USD", None, None))[0] == "hp"
