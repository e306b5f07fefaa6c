from itertools import pairwise

import pytest

from car_price_prediction.domain.errors import InvalidListingError
from car_price_prediction.package.facts import FieldFacts
from car_price_prediction.pricing.appraisal import Wanted, appraise
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.pricing.what_if import spread_out

CAR = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_123.0, "fuel": "Diesel"}


@pytest.mark.parametrize("name", ["mileage_km", "year"])
def test_the_car_is_marked_among_the_points_with_its_own_price(valuer: Valuer, name: str) -> None:
    (curve,) = appraise(valuer, CAR, Wanted(what_if=(name,))).what_if
    (own,) = [point for point in curve.points if point.this_car]
    quote = valuer.quote(CAR)
    assert (own.value, own.price, own.low, own.high) == (CAR[name], quote.price, quote.low, quote.high)
    assert all(a.value < b.value for a, b in pairwise(curve.points))


@pytest.mark.parametrize("name", ["mileage_km", "year"])
def test_every_point_is_what_such_a_car_is_quoted_at(valuer: Valuer, name: str) -> None:
    (curve,) = appraise(valuer, CAR, Wanted(what_if=(name,))).what_if
    for point in curve.points:
        quote = valuer.quote(CAR | {name: point.value})
        assert (point.price, point.low, point.high) == (quote.price, quote.low, quote.high)


def test_what_stays_as_it_is_is_said(valuer: Valuer) -> None:
    mileage, year = appraise(valuer, CAR, Wanted(what_if=("mileage_km", "year"))).what_if
    assert mileage.note == "the year stays as it is: 2015"
    assert year.note == "the mileage stays as it is, whatever the year: 75,123 km"


def test_a_car_that_does_not_tell_the_field_is_not_marked(valuer: Valuer) -> None:
    car = {name: value for name, value in CAR.items() if name != "year"}
    (curve,) = appraise(valuer, car, Wanted(what_if=("year",))).what_if
    assert len(curve.points) > 5
    assert not any(point.this_car for point in curve.points)


def test_a_field_that_the_model_does_not_use_is_refused(valuer: Valuer) -> None:
    with pytest.raises(InvalidListingError, match="not used by this model"):
        appraise(valuer, CAR, Wanted(what_if=("power_kw",)))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("mileage_km", 1, 7), ("mileage_km", 0, 987_654), ("year", 1985, 2025), ("year", 2020, 2020)],
)
def test_points_are_round_and_neither_few_nor_many(name: str, low: float, high: float) -> None:
    facts = FieldFacts(name=name, kind="number", label="", unit="", missing_share=0, importance=0, low=low, high=high)
    points = spread_out(facts)
    assert 1 <= len(points) <= 26
    assert low <= points[0] <= points[-1] <= high
    if name == "year":
        assert all(point == int(point) for point in points)
