import math

import pytest

from car_price_prediction.domain import rules
from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.listing import BY_NAME, FIELDS, field_named
from car_price_prediction.domain.rules import needed_problems, number_problem, plausible_range

NUMBERS = [field for field in FIELDS if field.kind == "number"]


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_both_ends_of_a_range_are_plausible_and_beyond_is_not(field) -> None:
    low, high = plausible_range(field)
    assert low < high
    assert number_problem(field, low) is None
    assert number_problem(field, high) is None
    for beyond in (low - 1, high * 1.001 + 1):
        assert number_problem(field, beyond).code == "out_of_range"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused_even_where_there_is_no_range(value: float) -> None:
    assert number_problem(field_named("levy", "number"), value).code == "not_finite"
    assert number_problem(field_named("levy", "number"), -1e300) is None


def test_next_years_cars_are_sold_this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "this_year", lambda: 2030)
    assert number_problem(BY_NAME["year"], 2031) is None
    problem = number_problem(BY_NAME["year"], 2032, sent_as="Prod. year")
    assert problem == FieldProblem("Prod. year", "out_of_range", "2032 is not plausible: expected 1885 to 2031")


@pytest.mark.parametrize(
    ("listing", "fields"),
    [
        ({}, ["make", "year"]),
        ({"make": "kia", "mileage_km": 0.0}, []),
        ({"model": "rio", "year": 2015.0}, []),
        ({"model": None, "year": None, "make": None}, ["make", "year"]),
    ],
)
def test_a_make_or_model_and_a_year_or_mileage_are_needed(listing: dict, fields: list[str]) -> None:
    assert [problem.field for problem in needed_problems(listing)] == fields
