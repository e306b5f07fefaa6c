from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.table import quote_table
from car_price_prediction.pricing.valuer import Valuer

CARS = [
    {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0, "fuel": "Diesel"},
    {"make": "BMW", "model": "320", "year": 2012.0, "mileage_km": 150_000.0, "fuel": None},
    {"make": "Zastava", "model": "Yugo", "year": 1985.0, "mileage_km": 75_000.0, "fuel": "Petrol"},
    {"make": "Kia", "model": None, "year": None, "mileage_km": 20_000.0, "fuel": "Petrol"},
]


@pytest.fixture(scope="module")
def valuer(trained_artifacts: Path) -> Valuer:
    store = ModelStore(trained_artifacts)
    return Valuer.load(store.models / store.current_version())


def test_a_table_is_priced_like_its_rows(valuer: Valuer) -> None:
    table = quote_table(valuer, pl.DataFrame(CARS), threads=1)
    for row, car in zip(table.iter_rows(named=True), CARS, strict=True):
        quote = valuer.quote(car)
        assert (row["price"], row["low"], row["high"]) == pytest.approx((quote.price, quote.low, quote.high))
        assert row["confidence"] == quote.confidence
        assert row["warnings"] == "; ".join(w.message for w in quote.warnings)


def test_every_row_gets_a_price_whatever_it_lacks(valuer: Valuer) -> None:
    rows = pl.DataFrame({"make": [None, "Kia"], "year": [2060.0, None]})
    table = quote_table(valuer, rows, threads=1)
    assert table["price"].is_not_null().all()
    assert "Year 2060 is not plausible" in table["warnings"][0]
    assert "priced without it" in table["warnings"][0]


def test_no_rows_give_an_empty_table_of_the_same_columns(valuer: Valuer) -> None:
    table = quote_table(valuer, pl.DataFrame(schema={"make": pl.String}), threads=1)
    assert table.columns == ["price", "low", "high", "confidence", "warnings"]
    assert table.height == 0


def test_words_where_numbers_belong_count_as_missing_and_numbers_are_words_where_those_belong(valuer: Valuer) -> None:
    odd = pl.DataFrame({"make": ["BMW"], "model": [320.0], "year": ["2012"], "mileage_km": ["a lot"], "fuel": [None]})
    car = {"make": "BMW", "model": "320", "year": 2012.0}
    assert quote_table(valuer, odd, threads=1)["price"][0] == valuer.quote(car).price
