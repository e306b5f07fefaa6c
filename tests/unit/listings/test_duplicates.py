from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.duplicates import compared, groups_and_copies

FULL = {"make": "Kia", "model": "Rio", "year": 2012.0, "mileage_km": 91_500.0, "fuel": "petrol"}


def found(rows: list[dict[str, object]], prices: list[float | None]) -> dict[str, list[int | None]]:
    return groups_and_copies(pl.DataFrame(rows), pl.Series(prices, dtype=pl.Float64)).to_dict(as_series=False)


def test_an_exact_copy_points_to_its_first_row():
    assert found([FULL, FULL, FULL], [500.0, 500.0, 500.0])["copy_of"] == [None, 0, 0]


def test_a_repost_at_another_price_shares_the_group_and_is_no_copy():
    assert found([FULL, FULL], [500.0, 480.0]) == {"_group": [0, 0], "copy_of": [None, None]}


def test_other_cars_have_other_groups():
    assert found([FULL, {**FULL, "mileage_km": 91_501.0}], [500.0, 500.0]) == {
        "_group": [0, 1],
        "copy_of": [None, None],
    }


def test_a_precise_odometer_gives_a_rewritten_repost_away():
    precise = {**FULL, "mileage_km": 91_537.0}
    assert found([precise, {**precise, "fuel": "diesel"}], [500.0, 450.0]) == {
        "_group": [0, 0],
        "copy_of": [None, None],
    }


@pytest.mark.parametrize("km", [91_500.0, 10_000 * 1.609344, 1.0])
def test_a_round_odometer_does_not(km: float):
    round_figure = {**FULL, "mileage_km": km}
    assert found([round_figure, {**round_figure, "fuel": "diesel"}], [500.0, 450.0])["_group"] == [0, 1]


def test_rows_that_tell_little_are_equal_by_chance():
    little = {"make": "Kia", "year": 2012.0}
    assert found([little] * 3, [500.0, 500.0, 480.0]) == {"_group": [0, 0, 2], "copy_of": [None, None, None]}


def test_many_fields_make_up_for_a_missing_mileage():
    many = {**FULL, "mileage_km": None, "doors": 4.0, "seats": 5.0, "colour": "red"}
    assert found([many, many], [500.0, 500.0])["copy_of"] == [None, 0]


def test_rows_without_a_price_can_be_copies_too():
    assert found([FULL, FULL], [None, None])["copy_of"] == [None, 0]


def test_ids_and_dates_may_differ_and_titles_may_not():
    columns = [
        Column("make", "field", "make", "category"),
        Column("id", "id", "", "category"),
        Column("seen", "unknown_when_priced", "", "category"),
        Column("title", "untrusted", "", "category"),
    ]
    raw = pl.DataFrame({"make": ["Kia"], "id": ["7"], "seen": ["monday"], "title": ["Kia, red"]})
    listings = pl.DataFrame({"make": ["Kia"], "price": [1.0], "_source": ["a"], "_row": [1]})
    assert compared(raw, listings, columns).columns == ["make", "cell title"]


def test_a_column_that_holds_several_fields_is_compared_by_them_alone():
    columns = [Column("name", "field", "make", "category"), Column("name", "untrusted", "", "category")]
    raw, listings = pl.DataFrame({"name": ["Kia Rio"]}), pl.DataFrame({"make": ["Kia"], "price": [1.0]})
    assert compared(raw, listings, columns).columns == ["make"]
