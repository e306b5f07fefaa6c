from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.listings.prices import price_verdicts


def market(*more: dict[str, object], spread: float = 0.1) -> pl.DataFrame:
    """Return 20 cars of each age of three models whose prices fall by an eighth a year, and more rows."""
    rows = []
    for make, model, new in (("Skoda", "Fabia", 15_000), ("Skoda", "Superb", 35_000), ("Porsche", "911", 120_000)):
        for age in range(15):
            for i in range(20):
                wobble = 1 + spread * ((i % 5) - 2) / 2
                rows.append(car(make=make, model=model, year=2020.0 - age, price=new * 0.88**age * wobble))
    return pl.DataFrame([*rows, *more])


def car(**values: object) -> dict[str, object]:
    return {"make": "Skoda", "model": "Fabia", "year": 2015.0, "engine_l": 1.2, "price": 8_000.0} | values


def reasons_of(*more: dict[str, object], spread: float = 0.1) -> list[str | None]:
    return price_verdicts(market(*more, spread=spread))["reason"].to_list()[-len(more) :]


def test_an_honest_market_loses_nothing():
    assert price_verdicts(market())["reason"].null_count() == market().height


@pytest.mark.parametrize("price", [1, 50, 123])
def test_a_token_price_is_found(price: float):
    assert reasons_of(car(price=float(price))) == ["price_token"]


def test_a_price_ten_times_too_high_or_too_low_for_the_model_is_found():
    assert reasons_of(car(price=80_000.0), car(make="Porsche", model="911", price=6_000.0)) == [
        "price_too_high",
        "price_too_low",
    ]


def test_the_same_price_is_right_for_one_model_and_wrong_for_another():
    assert reasons_of(car(price=70_000.0), car(make="Porsche", model="911", price=70_000.0)) == ["price_too_high", None]


@pytest.mark.parametrize("price", [1_111_111.0, 99_999.0, 123_456.0])
def test_a_filled_in_pattern_far_from_its_expectation_is_a_placeholder(price: float):
    assert reasons_of(car(price=price)) == ["price_placeholder"]


def test_a_pattern_that_may_be_meant_stays():
    assert reasons_of(car(make="Porsche", model="911", year=2019.0, price=99_999.0)) == [None]


def test_a_cheap_old_car_is_no_token():
    assert reasons_of(car(year=1996.0, price=700.0), *[car(year=1996.0, price=900.0 + i) for i in range(10)])[0] is None


def test_a_rare_expensive_make_is_given_the_benefit_of_the_doubt():
    assert reasons_of(car(make="Bugatti", model="Chiron", year=2019.0, price=250_000.0)) == [None]


def test_a_sports_version_is_judged_by_its_engine():
    big = [car(model="Superb", engine_l=6.2, price=200_000.0 + i) for i in range(12)]
    assert reasons_of(*big) == [None] * 12


def test_a_tenth_of_tokens_does_not_hide_itself():
    tokens = [car(year=2006.0 + i % 15, price=150.0) for i in range(90)]
    assert set(reasons_of(*tokens)) == {"price_token"}


def test_a_market_of_loose_prices_rejects_no_more_than_a_tidy_one():
    low = [car(model="Superb", year=2018.0, price=27_000.0 / 9) for _ in range(40)]
    assert reasons_of(*low, spread=0.9)[:1] == [None]


@given(times=st.floats(0.01, 1e6).filter(lambda times: times % 1), order=st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_neither_the_currency_nor_the_order_of_rows_matters(times: float, order: Random):
    odd = [car(price=1.0), car(price=80_000.0), car(make="Porsche", model="911", price=6_000.0), car(price=9_000.0)]
    frame = market(*odd)
    rows = list(range(frame.height))
    order.shuffle(rows)
    verdicts = price_verdicts(frame[rows].with_columns(pl.col("price") * times))["reason"]
    back = dict(zip(rows, verdicts, strict=True))
    assert [back[i] for i in range(frame.height - 4, frame.height)] == [
        "price_token",
        "price_too_high",
        "price_too_low",
        None,
    ]


def test_listings_without_year_or_model_are_judged_too():
    frame = pl.DataFrame({"make": ["Audi"] * 60, "mileage_km": [50_000.0] * 60, "price": [9_000.0] * 59 + [9e6]})
    assert price_verdicts(frame)["reason"].to_list()[-2:] == [None, "price_too_high"]


def test_a_file_of_one_row_is_judged():
    assert price_verdicts(pl.DataFrame({"price": [5_000.0]}))["reason"].to_list() == [None]


def test_no_rows_give_no_verdicts():
    assert price_verdicts(market().clear()).is_empty()
