"""The five real files as they are: what each column becomes, in which unit, which rows are set aside for what."""

from __future__ import annotations

import functools

import polars as pl
import pytest

from car_price_prediction.listings.load import Loaded, load_listings
from support.real import FOLDER, OPTIONS

pytestmark = pytest.mark.real

FIELDS = {
    "georgia.csv": {
        "make": "Manufacturer", "model": "Model", "year": "Prod. year", "mileage_km": "Mileage", "price": "Price",
        "body": "Category", "fuel": "Fuel type", "transmission": "Gear box type", "drive": "Drive wheels",
        "engine_l": "Engine volume", "cylinders": "Cylinders", "doors": "Doors", "colour": "Color", "steering": "Wheel",
    },
    "uk.csv.gz": {
        "make": "make", "model": "model", "year": "year", "mileage_km": "mileage", "price": "price", "fuel": "fuelType",
        "transmission": "transmission", "engine_l": "engineSize",
    },
    "india.csv": {
        "make": "name", "model": "name", "trim": "name", "year": "year", "mileage_km": "km_driven",
        "price": "selling_price", "fuel": "fuel", "transmission": "transmission",
        "engine_l": "engine", "power_kw": "max_power", "seats": "seats",
        "owners": "owner", "seller": "seller_type",
    },
    "germany.csv": {
        "make": "brand", "model": "model", "year": "yearOfRegistration", "mileage_km": "odometer", "price": "price",
        "body": "vehicleType", "fuel": "fuelType", "transmission": "gearbox", "power_kw": "powerPS",
    },
    "poland.csv.gz": {
        "make": "mark", "model": "model", "trim": "generation_name", "year": "year", "mileage_km": "mileage",
        "price": "price", "fuel": "fuel", "engine_l": "vol_engine",
    },
}  # fmt: skip
LEFT_OUT = {
    "georgia.csv": {"ID"},
    "uk.csv.gz": set(),
    "india.csv": set(),
    "germany.csv": {"dateCrawled", "dateCreated", "lastSeen", "nrOfPictures", "seller", "offerType"},
    "poland.csv.gz": {""},
}
ROWS = {"georgia.csv": 19_237, "uk.csv.gz": 97_891, "india.csv": 8_128, "germany.csv": 18_705, "poland.csv.gz": 117_828}
REJECTED = {
    "georgia.csv": {"duplicate": 3_512, "price_token": 654, "price_too_low": 7, "price_too_high": 2},
    "uk.csv.gz": {
        "duplicate": 1_472, "price_too_high": 2, "price_placeholder": 1, "year_in_future": 1,
    },
    "india.csv": {"duplicate": 1_202},
    "germany.csv": {
        "price_zero": 517, "price_token": 114, "wanted_ad": 81, "duplicate": 32, "price_too_low": 24,
        "year_in_future": 5, "price_placeholder": 2, "price_too_high": 1, "year_too_early": 1,
    },
    "poland.csv.gz": {
        "duplicate": 6_470, "price_too_low": 22, "price_too_high": 6, "price_token": 4, "price_placeholder": 3,
    },
}  # fmt: skip
TAKEN_OUT = {
    "georgia.csv": {"mileage_km": 599, "engine_l": 21},
    "uk.csv.gz": {"engine_l": 268, "year": 2},
}

every_file = pytest.mark.parametrize("name", OPTIONS)


@functools.cache
def loaded(name: str) -> Loaded:
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{name} is not here: set CAR_PRICE_REAL_DATA to the folder of the real listings")
    return load_listings([str(path)], OPTIONS[name])


def median(name: str, field: str) -> float:
    return float(loaded(name).listings[field].median())  # type: ignore[arg-type]


@every_file
def test_each_field_is_in_its_column(name: str):
    found = {column.field: column.header for column in loaded(name).understanding.columns if column.role == "field"}
    assert {field: found.get(field) for field in FIELDS[name]} == FIELDS[name]


@every_file
def test_what_tells_nothing_of_the_car_is_left_out(name: str):
    columns = loaded(name).understanding.columns
    assert LEFT_OUT[name] <= {column.header for column in columns if not column.used}


@every_file
def test_every_row_is_a_listing_or_rejected(name: str):
    found = loaded(name)
    assert found.rows_read == ROWS[name]
    assert found.listings.height + found.rejected.height == found.rows_read
    assert pl.concat([found.listings["_row"], found.rejected["_row"]]).n_unique() == found.rows_read


@every_file
def test_rows_are_rejected_for_these_reasons(name: str):
    assert dict(loaded(name).rejected["_reason"].value_counts().iter_rows()) == REJECTED[name]


@pytest.mark.parametrize("name", TAKEN_OUT)
def test_implausible_values_are_emptied(name: str):
    assert dict(loaded(name).taken_out) == TAKEN_OUT[name]


@every_file
def test_hardly_a_plausible_price_is_rejected(name: str):
    found = loaded(name)
    doubted = found.rejected["_reason"].is_in(["price_too_low", "price_too_high", "price_placeholder"]).sum()
    assert doubted <= 0.002 * found.rows_read


@every_file
def test_reposts_share_a_group(name: str):
    listings = loaded(name).listings
    assert listings["_group"].null_count() == 0
    assert 0.93 * listings.height < listings["_group"].n_unique() < listings.height


def test_units_are_brought_to_the_canonical_ones():
    assert median("uk.csv.gz", "mileage_km") == pytest.approx(17_609 * 1.609344, rel=0.02)
    assert median("poland.csv.gz", "engine_l") == pytest.approx(1.796)
    assert median("india.csv", "engine_l") == pytest.approx(1.248)
    assert median("india.csv", "power_kw") == pytest.approx(82 * 0.7457, rel=0.01)
    assert median("germany.csv", "power_kw") == pytest.approx(116 * 0.7355, rel=0.02)
    assert median("georgia.csv", "engine_l") == 2.0


def test_the_odometer_of_india_is_not_its_fuel_economy():
    assert median("india.csv", "mileage_km") == 70_000
    by_header = {column.header: column for column in loaded("india.csv").understanding.columns}
    assert by_header["mileage"].role == "extra"


def test_makes_models_and_trims_of_india_are_told_apart():
    row = loaded("india.csv").listings.row(0, named=True)
    assert (row["make"], row["model"], row["trim"]) == ("Maruti", "Swift Dzire", "VDI")


def test_german_words_become_the_canonical_ones():
    listings = loaded("germany.csv").listings
    assert set(listings["transmission"].drop_nulls()) == {"manual", "automatic"}
    assert {"petrol", "diesel", "electric"} <= set(listings["fuel"].drop_nulls())
    assert {"sedan", "estate", "convertible"} <= set(listings["body"].drop_nulls())


def test_prices_and_kilometres_of_germany_are_numbers():
    listings = loaded("germany.csv").listings
    assert listings["price"][0] == 5_000
    assert set(listings["mileage_km"].drop_nulls()) <= {
        5e3,
        1e4,
        2e4,
        3e4,
        4e4,
        5e4,
        6e4,
        7e4,
        8e4,
        9e4,
        1e5,
        1.25e5,
        1.5e5,
    }


def test_the_doors_that_a_spreadsheet_mangled_are_read():
    assert set(loaded("georgia.csv").listings["doors"].drop_nulls()) == {2.5, 4.5, 6.0}


def test_a_word_in_another_alphabet_stays_what_it_is():
    makes = loaded("georgia.csv").listings["make"].drop_nulls()
    assert makes.filter(makes.str.contains(r"\p{Georgian}")).n_unique() == 1


def test_leading_blanks_of_model_names_are_gone():
    models = loaded("uk.csv.gz").listings["model"].drop_nulls()
    assert not models.str.starts_with(" ").any()
