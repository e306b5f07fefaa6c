import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.package.calibration import LEVELS, Calibration
from car_price_prediction.pricing.rating import GRADES, deal_of
from car_price_prediction.pricing.thresholds import thresholds
from car_price_prediction.pricing.valuer import Valuer

CAR = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0, "fuel": "Diesel"}
SPREADS = st.floats(0.0, 2.0)
PRICES = st.floats(1.0, 1e8)


def calibration(*, smallest_spread: float = 1e-4, shift: float = 0.0) -> Calibration:
    scores = tuple(math.log(level / (1 - level)) / 2 + shift for level in LEVELS)
    return Calibration(
        coverage=0.9, smallest_spread=smallest_spread, quantiles={}, levels=LEVELS, grid={"known": scores}
    )


@given(PRICES, PRICES, PRICES, SPREADS, st.floats(-2, 2))
def test_a_dearer_car_is_never_graded_better(
    one: float, other: float, price: float, spread: float, shift: float
) -> None:
    found = calibration(shift=shift)
    deals = [deal_of(asking, math.log(price), spread, found, []) for asking in sorted((one, other))]
    assert GRADES.index(deals[0].grade) <= GRADES.index(deals[1].grade)


@given(PRICES, SPREADS, st.floats(-2, 2), st.floats(0.2, 5))
def test_one_percent_never_passes_two_edges(price: float, spread: float, shift: float, ratio: float) -> None:
    found = calibration(shift=shift)
    deals = [deal_of(price * ratio * more, math.log(price), spread, found, []) for more in (1, 1.01)]
    assert GRADES.index(deals[1].grade) - GRADES.index(deals[0].grade) <= 1


@given(PRICES, SPREADS, st.floats(-2, 2))
def test_the_estimate_itself_is_a_fair_price(price: float, spread: float, shift: float) -> None:
    assert deal_of(price, math.log(price), spread, calibration(shift=shift), []).grade == "fair"


def test_grades_follow_the_published_levels() -> None:
    found, published = calibration(), thresholds()["deal"]
    for grade, between in published.items():
        level = (between["from_level"] + between["to_level"]) / 2
        deal = deal_of(math.exp(found.log_price_at(level, 9.0, 0.2, "known")), 9.0, 0.2, found, [])
        assert deal.grade == grade
        assert deal.level == pytest.approx(level, abs=1e-4)


def test_the_edges_are_told_and_are_where_grades_change() -> None:
    deal = deal_of(10_000, math.log(10_000), 0.2, calibration(), [])
    for edge, below, above in zip(deal.edges, GRADES[:-1], GRADES[1:], strict=True):
        found = [deal_of(edge + cents, math.log(10_000), 0.2, calibration(), []).grade for cents in (-0.01, 0.01)]
        assert found == [below, above]


def test_the_difference_is_told_in_money_and_percent() -> None:
    deal = deal_of(9_000, math.log(10_000), 0.2, calibration(), [])
    assert (deal.difference, deal.difference_percent) == (-1_000.0, -10.0)


def test_a_car_that_is_too_little_known_is_not_rated() -> None:
    doubts = [FieldProblem("make", "unknown_make", "who?"), FieldProblem("", "few_comparables", "too few")]
    deal = deal_of(9_000, math.log(10_000), 0.2, calibration(), doubts)
    assert (deal.grade, deal.level, deal.edges, deal.not_rated) == (None, None, (), "who?; too few")


def test_an_asking_price_gets_a_deal_and_changes_nothing_else(valuer: Valuer) -> None:
    plain, asked = valuer.quote(CAR), valuer.quote(CAR | {"asking_price": 11_000.0})
    assert plain.deal is None
    assert "deal" not in plain.as_dict()
    assert asked.deal.grade in GRADES
    assert asked.price == plain.price
    assert asked.warnings == plain.warnings


def test_an_unknown_car_gets_a_price_and_no_grade(valuer: Valuer) -> None:
    quote = valuer.quote(CAR | {"make": "Zastava", "model": "Yugo", "asking_price": 500.0})
    assert quote.price > 0
    assert quote.deal.grade is None
    assert "Zastava" in quote.deal.not_rated
