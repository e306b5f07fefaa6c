from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.evaluation.groups import LARGEST, group_tables
from car_price_prediction.evaluation.measured import NOT_TOLD, OTHER, TITLES
from car_price_prediction.evaluation.metrics import price_metrics, range_metrics
from support.priced import priced

ROWS = pl.DataFrame(
    {
        "price": [100.0, 200.0, 400.0, 1_000.0],
        "predicted": [110.0, 180.0, 400.0, 1_500.0],
        "low": [90.0, 150.0, 300.0, 1_200.0],
        "high": [120.0, 190.0, 500.0, 2_000.0],
    }
)
CARS = pl.DataFrame(
    {
        "make": ["Audi", "audi", "Audi", None],
        "model": ["A4", "a4", "A6", "Golf"],
        "year": [2020.0, 2018.0, 2017.0, None],
        "mileage_km": [0.0, 9_999.0, 10_000.0, 900_000.0],
    }
)


def test_the_figures_of_a_make_are_those_that_a_hand_works_out() -> None:
    audi, untold = group_tables(ROWS, CARS)["make"]
    assert (audi.group, audi.label, audi.count) == ("audi", "Audi", 3)
    assert (audi.mdape, audi.mae, audi.bias) == pytest.approx((0.1, 10.0, 0.0))
    assert (audi.coverage, audi.width) == pytest.approx((2 / 3, 0.3))
    assert (untold.group, untold.count, untold.coverage) == (NOT_TOLD, 1, 0.0)


def test_bands_hold_their_lower_end_and_stand_in_their_order() -> None:
    tables = group_tables(ROWS, CARS)
    assert [(g.group, g.count) for g in tables["age"]] == [("0-3", 2), ("3-6", 1), (NOT_TOLD, 1)]
    assert [(g.label, g.count) for g in tables["mileage"]] == [
        ("0 to 10,000", 2),
        ("10,000 to 30,000", 1),
        ("300,000 and more", 1),
    ]


def test_a_model_is_told_with_its_make() -> None:
    models = group_tables(ROWS, CARS)["model"]
    assert [(g.label, g.count) for g in models] == [("Audi A4", 2), ("Audi A6", 1), ("Golf", 1)]


def test_a_field_that_no_listing_has_gives_no_table() -> None:
    assert set(group_tables(ROWS, pl.DataFrame({"colour": ["red"] * 4}))) == {"price_decile"}


def test_smaller_makes_are_one_group_after_the_larger_ones() -> None:
    count = LARGEST["make"] + 5
    rows = pl.DataFrame(dict.fromkeys(ROWS.columns, [1.0] * count))
    table = group_tables(rows, pl.DataFrame({"make": ["first", *(f"make {i:02}" for i in range(count - 1))]}))["make"]
    assert (table[-1].group, table[-1].label, table[-1].count) == (OTHER, "5 others", 5)
    assert len(table) == LARGEST["make"] + 1


def test_tenths_are_of_the_predicted_price_and_of_one_size() -> None:
    rows, cars = priced(405)
    deciles = group_tables(rows, cars)["price_decile"]
    assert [group.group for group in deciles] == [str(i) for i in range(1, 11)]
    assert {group.count for group in deciles} == {40, 41}
    cheapest = rows.sort("predicted").head(41)
    found = price_metrics(cheapest["price"].to_numpy(), cheapest["predicted"].to_numpy())
    assert (deciles[0].mdape, deciles[0].mae) == pytest.approx((found["mdape"], found["mae"]))


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 300), seed=st.integers(0, 99), factor=st.floats(0.5, 2))
def test_the_groups_of_every_table_make_up_the_whole(rows: int, seed: int, factor: float) -> None:
    figures, cars = priced(rows, seed=seed, factor=factor)
    price, predicted = figures["price"].to_numpy(), figures["predicted"].to_numpy()
    whole = price_metrics(price, predicted) | range_metrics(
        price, figures["low"].to_numpy(), figures["high"].to_numpy()
    )
    tables = group_tables(figures, cars)
    assert set(tables) == set(TITLES) or cars["year"].null_count() == rows
    for table in tables.values():
        counts = np.array([group.count for group in table])
        assert counts.sum() == rows
        assert len({group.group for group in table}) == len(table)
        for name in ("mae", "coverage"):
            values = np.array([getattr(group, name) for group in table])
            assert (values * counts).sum() / rows == pytest.approx(whole[name])
        assert min(group.mdape for group in table) <= whole["mdape"] <= max(group.mdape for group in table)
