"""What live requests and sales of a challenger mean for the gate, and how they are told."""

from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.backtest.faced import faced
from car_price_prediction.registry.checks import Limits
from car_price_prediction.registry.live import Live, live_checks
from car_price_prediction.shadow.tally import Tally

AT = 1_767_225_600.0


def tally_of(*moves: tuple[str, float, int]) -> Tally:
    tally = Tally(champion="1", challenger="2")
    for make, ratio, cars in moves:
        for _ in range(cars):
            tally.add({"make": make, "year": 2020.0}, 10_000.0, 10_000.0 * ratio, AT)
    return tally


def sales(champion: float, challenger: float, count: int) -> pl.DataFrame:
    """Sales of 10,000 each, valued by both."""
    row = {"sold": 10_000.0, "price": champion, "low": champion - 500, "high": champion + 500, "version": "1"}
    row |= {"challenger": "2", "challenger_price": challenger}
    row |= {"challenger_low": challenger - 500, "challenger_high": challenger + 500}
    return pl.DataFrame([row] * count)


def verdicts(live: Live) -> dict[str, bool]:
    return {check.id: check.passed for check in live_checks(live, Limits())}


@pytest.mark.parametrize(
    ("moves", "wanted"),
    [
        ([("Kia", 1.02, 300)], {"live_prices": True, "live_makes": True}),
        ([("Kia", 1.30, 300)], {"live_prices": False, "live_makes": False}),
        ([("Kia", 1.02, 300), ("BMW", 0.6, 60)], {"live_prices": False, "live_makes": False}),
        ([("Kia", 1.02, 600), ("BMW", 0.6, 60)], {"live_prices": True, "live_makes": False}),
        ([("Kia", 1.02, 300), ("BMW", 0.6, 20)], {"live_prices": True, "live_makes": True}),
        ([("Kia", 3.0, 199)], {}),
    ],
)
def test_prices_of_live_requests_may_not_move_far(moves: list[tuple[str, float, int]], wanted: dict) -> None:
    found = verdicts(Live(tally_of(*moves)))
    if moves == [("Kia", 1.02, 300), ("BMW", 0.6, 60)]:
        # 60 of 360 moved: one in six, more than the one in ten that may.
        assert 60 / 360 > 0.1
    assert found == wanted


@pytest.mark.parametrize(
    ("champion", "challenger", "count", "wanted"),
    [
        (11_000, 10_100, 60, {"live_sales": True}),
        (10_100, 11_000, 60, {"live_sales": False}),
        (10_100, 11_000, 49, {}),
        (11_000, 9_000, 60, {"live_sales": True}),
    ],
)
def test_who_is_further_from_sales_beyond_chance_does_not_pass(
    champion: float, challenger: float, count: int, wanted: dict[str, bool]
) -> None:
    (two,) = faced(sales(champion, challenger, count))
    assert verdicts(Live(faced=two)) == wanted


def test_sales_of_both_are_scored_and_told() -> None:
    table = pl.concat([sales(11_000, 10_100, 30), sales(10_100, 11_000, 10)])
    (two,) = faced(table)
    assert (two.count, two.nearer, two.verdict) == (40, 0.75, "the challenger is nearer")
    assert (two.champion_coverage, two.challenger_coverage) == (0.25, 0.75)
    assert (two.champion_mdape, two.challenger_mdape) == pytest.approx((0.1, 0.01))
    lines = list(Live(tally_of(("Kia", 1.05, 50), ("BMW", 0.9, 30)), two).lines())
    assert lines[0].startswith("- 80 live requests from 2026-01-01 00:00 to 2026-01-01 00:00 UTC, beside 1: ")
    assert lines[1].startswith("- by make: BMW, 30 cars: the price moves by -")
    assert "the challenger was nearer for 75%" in lines[-1]
    told = Live(tally_of(("Kia", 1.05, 50))).as_dict()
    assert told["sales"] is None
    assert told["prices"]["groups"]["make"]["Kia"]["cars"] == 50
    assert list(Live().lines()) == []


def test_a_challenger_that_nobody_met_is_neither_nearer_nor_further() -> None:
    assert faced(sales(10_000, 10_000, 3).with_columns(challenger=pl.lit(None, pl.String))) == ()
    (two,) = faced(sales(10_500, 9_500, 3))
    assert (two.nearer, two.sure, two.verdict) == (0.5, 0.0, "no difference beyond chance")
