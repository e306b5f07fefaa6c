from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.adverts import is_repeated_header, is_test_ad, is_wanted_ad


def cars(**columns: list[str | None]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    return pl.DataFrame({**columns, "_source": ["test"] * rows, "_row": list(range(rows))})


@pytest.mark.parametrize(
    "cell", ["Test", "TEST TEST", "asdf", "тест", "Please ignore!", "this is just a test", "Testanzeige"]
)
def test_a_test_ad_is_known_by_a_cell(cell: str):
    assert is_test_ad(cars(title=["Golf", cell])).to_list() == [False, True]


@pytest.mark.parametrize("cell", ["Testarossa", "Audi, with test report", "tested", "test drive welcome", None])
def test_an_honest_ad_that_holds_such_a_word_is_no_test(cell: str | None):
    assert not is_test_ad(cars(title=["Golf", cell])).any()


def test_a_category_of_the_file_is_no_sign():
    assert not is_test_ad(cars(abtest=["test", "control"] * 50)).any()


def test_somebody_who_looks_for_a_car_is_found():
    assert is_wanted_ad(cars(offer=["Angebot"] * 9 + ["Gesuch"])).to_list() == [False] * 9 + [True]


def test_a_header_within_the_file_is_found():
    found = is_repeated_header(cars(Make=["Kia", "Make"], Price=["900", "Price"], Year=[None, "Year"]))
    assert found.to_list() == [False, True]
