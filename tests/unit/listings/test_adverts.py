from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.adverts import advert_kinds, is_repeated_header


def cars(**columns: list[str | None]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    return pl.DataFrame({**columns, "_source": ["test"] * rows, "_row": list(range(rows))})


@pytest.mark.parametrize(
    "cell", ["Test", "TEST TEST", "asdf", "тест", "Please ignore!", "this is just a test", "Testanzeige"]
)
def test_a_test_ad_is_known_by_a_cell(cell: str):
    assert advert_kinds(cars(title=["Golf", cell]))["test_ad"].to_list() == [False, True]


@pytest.mark.parametrize("cell", ["Testarossa", "Audi, with test report", "tested", "test drive welcome", None])
def test_an_honest_ad_that_holds_such_a_word_is_no_test(cell: str | None):
    assert not advert_kinds(cars(title=["Golf", cell]))["test_ad"].any()


def test_a_category_of_the_file_is_no_sign():
    assert not advert_kinds(cars(abtest=["test", "control"] * 50))["test_ad"].any()


def test_somebody_who_looks_for_a_car_is_found():
    found = advert_kinds(cars(offer=["Angebot"] * 9 + ["Gesuch"]))["wanted_ad"]
    assert found.to_list() == [False] * 9 + [True]


@pytest.mark.parametrize(
    "title", ["Suche Golf 3 VR6", "+SUCHE+ Passat", "Suche_einen_Fiesta", "WTB: Miata, any year", "wanted - old Mini"]
)
def test_a_title_that_begins_with_looking_for_a_car_is_no_offer(title: str):
    found = advert_kinds(cars(title=["Golf, one owner"] * 9 + [title]))["wanted_ad"]
    assert found.to_list() == [False] * 9 + [True]


@pytest.mark.parametrize("title", ["Kaefer sucht neues Zuhause", "Looking for a new owner", "The most wanted colour"])
def test_an_offer_that_looks_for_a_buyer_stays(title: str):
    assert not advert_kinds(cars(title=["Golf, one owner"] * 9 + [title]))["wanted_ad"].any()


def test_a_header_within_the_file_is_found():
    found = is_repeated_header(cars(Make=["Kia", "Make"], Price=["900", "Price"], Year=[None, "Year"]))
    assert found.to_list() == [False, True]
