# ruff: noqa: RUF001 (letters of other alphabets are what is tested)
"""Headers in the languages of large car markets."""

from __future__ import annotations

import pytest

from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.listings.headers import read_header
from car_price_prediction.listings.wordlists import table

ROLES = {"field", "extra", "title", "age", "postal", "id", "text", "unknown_when_priced", "leak", "currency"}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Prod. year", "year"), ("yearOfRegistration", "year"), ("Erstzulassung", "year"), ("Année-modèle", "year"),
        ("Год выпуска", "year"), ("上牌时间", "year"), ("Rok produkcji", "year"), ("Yıl", "year"), ("Рік", "year"),
        ("km_driven", "mileage_km"), ("Mileage (km)", "mileage_km"), ("Kilometerstand", "mileage_km"),
        ("Пробег, км", "mileage_km"), ("表显里程(万公里)", "mileage_km"), ("Przebieg", "mileage_km"),
        ("KMs Run", "mileage_km"),
        ("selling_price", "price"), ("Prix (€)", "price"), ("Цена, руб.", "price"), ("Preço", "price"),
        ("Fiyat", "price"),
        ("fuelType", "fuel"), ("Alimentazione", "fuel"), ("Yakıt Tipi", "fuel"), ("Gear box type", "transmission"),
        ("Boîte de vitesses", "transmission"), ("Pojemność skokowa", "engine_l"), ("vol_engine", "engine_l"),
        ("powerPS", "power_kw"), ("Мощность, л.с.", "power_kw"), ("Wheel", "steering"), ("Bundesland", "region"),
        ("price_per_month", "leak"), ("Cena netto", "leak"), ("lastSeen", "unknown_when_priced"), ("VIN", "id"),
        ("nrOfPictures", "unknown_when_priced"), ("Present_Price", "new_price"), ("notRepairedDamage", "damaged"),
        ("fuel_consumption", "fuel_economy"), ("Interior Color", "interior_colour"), ("Description", "text"),
    ],
)  # fmt: skip
def test_a_header_is_understood(header: str, name: str) -> None:
    best = read_header(header).best
    assert best is not None
    assert best.name == name


@pytest.mark.parametrize("header", ["", "column_3", "quux", "!!"])
def test_a_header_that_says_nothing(header: str) -> None:
    best = read_header(header).best
    assert best is None or best.score < 0.75


def test_units_scales_and_currencies_stand_in_headers() -> None:
    assert read_header("odometer (miles)").unit == "mi"
    assert read_header("Пробег, тыс. км").scale == "1000"
    assert (read_header("价格(万元)").scale, read_header("价格(万元)").currency) == ("10000", "CNY")
    assert read_header("price_usd").currency == "USD"


def test_the_table_names_fields_and_roles_that_exist() -> None:
    for name, section in table("headers").items():
        assert section["role"] in ROLES
        assert (section["role"] == "field") == (name in BY_NAME)
