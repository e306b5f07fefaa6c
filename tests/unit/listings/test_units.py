# ruff: noqa: RUF001 (letters of other alphabets are what is tested)
"""One cell, brought to the canonical unit."""

from __future__ import annotations

import math

import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.units import parse_field


def number(field: str, unit: str = "", derive: str = "", decimal: str = ".") -> Column:
    return Column("h", "field", field, "number", unit=unit, decimal=decimal, derive=derive)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("20000", number("mileage_km", "mi"), 32186.88),
        ("20000 km", number("mileage_km", "mi"), 20000),
        ("5.6", number("mileage_km", "10000 km"), 56000),
        ("12 тыс", number("mileage_km", "1000 km"), 12000),
        ("95", number("mileage_km", "1000 km"), 95000),
        ("23.4 kmpl", number("mileage_km", "km"), None),
        ("500", number("mileage_km", "km", "from:1000"), None),
        ("1248 CC", number("engine_l", "cm3"), 1.248),
        ("1598", number("engine_l", "l"), 1.598),
        ("1.6", number("engine_l", "cm3"), 1.6),
        ("0", number("engine_l", "l"), 0),
        ("100", number("power_kw", "ps"), 73.549875),
        ("120 KM", number("power_kw", "ps"), 88.259850),
        ("0", number("power_kw", "ps"), None),
        ("3.35", number("price", "lakh"), 335000),
        ("3.5 lakh", number("price", "lakh"), 350000),
        ("₹ 4.5 L", number("price"), 450000),
        ("€ 500", number("price", "EUR"), 500),
        ("£ 500", number("price", "EUR"), None),
        (">5", number("doors"), 6),
        ("04-May", number("doors"), 4.5),
        ("4/5", number("doors"), 4.5),
        ("First Owner", number("owners"), 1),
        ("Fourth & Above Owner", number("owners"), 4),
        ("2次", number("owners"), 2),
        ("V8", number("cylinders"), 8),
        ("12.7@ 2,700(kgm@ rpm)", number("torque_nm", "nm"), 12.7 * 9.80665),
        ("22.4 kgm", number("torque_nm", "nm"), 219.66896),
        ("03/2015", number("year", derive="date"), 2015),
        ("2015年6月", number("year", derive="date"), 2015),
        ("6", number("year", derive="age:2021"), 2015),
        ("30", number("year", derive="age:2021/months"), 2019),
        ("9999", number("year"), 9999),
        ("2.0 л / 150 л.с.", number("power_kw", derive="part:hp+ps+kw"), 110.32481),
        (186005, number("mileage_km", "mi"), 299346.03072),
        (math.nan, number("mileage_km"), None),
        (None, number("mileage_km"), None),
    ],
)  # fmt: skip
def test_a_number_cell(cell: object, column: Column, value: float | None) -> None:
    found = parse_field(cell, column)
    assert found == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("cell", "field", "derive", "value"),
    [
        ("TOYOTA", "make", "", "Toyota"), ("merc", "make", "", "Mercedes-Benz"),
        ("მერსედესი", "make", "", "მერსედესი"),
        ("  Some   model ", "model", "", "Some model"), ("Schaltgetriebe", "transmission", "", "manual"),
        ("Wood gas", "fuel", "", "Wood gas"), ("nein", "damaged", "yes_no", "no"), (True, "damaged", "yes_no", "yes"),
        ("BMW X4 M Sport X xDrive20d", "model", "model", "X4"), ("10115", "region", "prefix:2", "10"),
        ("1.6", "turbo", "flag:turbo", "no"), ("vw.csv", "make", "file_make", "Volkswagen"), (3, "model", "", "3"),
        ("Audi A4 2.0", "trim", "trim:model", "2.0"), ("Бензин, 2.0 л", "fuel", "word:fuel", "petrol"),
    ],
)  # fmt: skip
def test_a_category_cell(cell: object, field: str, derive: str, value: str) -> None:
    assert parse_field(cell, Column("h", "field", field, "category", derive=derive)) == value


def test_an_extra_that_is_called_like_no_unit_keeps_its_number() -> None:
    assert parse_field("1,399", Column("Levy", "extra", "levy", "number")) == 1399
