from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.implausible import emptied, without_implausible


def cleaned(**columns: list[float | str | None]) -> tuple[dict[str, list[object]], dict[str, int]]:
    before = pl.DataFrame(columns, strict=False)
    after = without_implausible(before)
    return after.to_dict(as_series=False), emptied(before, after, pl.repeat(value=True, n=before.height, eager=True))


@pytest.mark.parametrize("field", ["engine_l", "power_kw", "cylinders", "doors", "seats"])
def test_a_zero_that_no_car_has_is_taken_out(field: str):
    values, counts = cleaned(**{field: [0.0, 4.0, 4.0]})
    assert values[field] == [None, 4.0, 4.0]
    assert counts == {field: 1}


def test_no_kilometres_are_right_for_a_new_car_and_missing_for_an_old_one():
    values, _ = cleaned(year=[2020.0, 2019.0, 2018.0, 2009.0], mileage_km=[0.0, 0.0, 0.0, 0.0])
    assert values["mileage_km"] == [0.0, 0.0, None, None]


@pytest.mark.parametrize("km", [2_147_483_647.0, 9_999_999.0, 999_999.0, 1_111_111.0, 3_000_000.0])
def test_a_mileage_that_cannot_be_is_taken_out(km: float):
    assert cleaned(year=[2008.0], mileage_km=[km])[0]["mileage_km"] == [None]


@pytest.mark.parametrize("km", [1.0, 111_111.0, 123_456.0, 850_000.0])
def test_a_mileage_that_can_be_stays(km: float):
    assert cleaned(year=[2008.0, 2020.0], mileage_km=[km, None])[0]["mileage_km"] == [km, None]


def test_a_new_car_cannot_have_a_million_kilometres():
    assert cleaned(year=[2020.0, 2000.0], mileage_km=[900_000.0, 900_000.0])[0]["mileage_km"] == [None, 900_000.0]


def test_sizes_far_from_the_markets_are_taken_out():
    values, _ = cleaned(engine_l=[1.6] * 9 + [99.0, 20.0, 0.1, 6.2], power_kw=[80.0] * 11 + [1_500.0, 500.0])
    assert values["engine_l"][-4:] == [None, None, None, 6.2]
    assert values["power_kw"][-2:] == [None, 500.0]


def test_a_year_that_no_other_of_its_model_comes_near_is_taken_out():
    cars = {"make": ["VW"] * 41, "model": ["Golf"] * 41, "mileage_km": [90_000.0] * 41}
    values, counts = cleaned(year=[2000.0 + i % 15 for i in range(40)] + [1910.0], **cars)
    assert values["year"][-1] is None
    assert counts == {"year": 1}


def test_a_year_before_the_first_car_is_left_for_the_row_to_be_rejected():
    cars = {"make": ["VW"] * 41, "model": ["Golf"] * 41, "mileage_km": [90_000.0] * 41}
    assert cleaned(year=[2000.0 + i % 15 for i in range(40)] + [1800.0], **cars)[1] == {}


def test_an_odd_year_may_be_a_classic_of_the_same_name():
    cars = {"make": ["Chevrolet"] * 41, "model": ["Impala"] * 41, "mileage_km": [90_000.0] * 41}
    assert cleaned(year=[2000.0 + i % 15 for i in range(40)] + [1973.0], **cars)[1] == {}


def test_a_classic_among_its_like_keeps_its_year():
    cars = {"make": ["VW"] * 44, "model": ["Beetle"] * 44, "mileage_km": [90_000.0] * 44}
    values, _ = cleaned(year=[2000.0 + i % 15 for i in range(40)] + [1965.0, 1966.0, 1971.0, 1974.0], **cars)
    assert None not in values["year"]


def test_words_and_extra_features_are_left_alone():
    values, counts = cleaned(make=["Kia", None], levy=[1e15, -3.0])
    assert values == {"make": ["Kia", None], "levy": [1e15, -3.0]}
    assert counts == {}
