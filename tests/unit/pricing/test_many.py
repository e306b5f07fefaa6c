from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.domain.errors import InvalidListingError
from support.web import valuer_of

WORDS = st.sampled_from([None, "Skoda", "SKODA ", "Octavia", "Fabia", "Trabant", "BMW", "320", "Diesel", "petrol", ""])
NUMBERS = st.sampled_from([None, 0.0, -5.0, 1800.0, 2015.0, 2016, 2030.0, 75_000.0, 1e7, float("nan"), float("inf")])
CARS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={"make": WORDS, "model": WORDS, "fuel": WORDS, "year": NUMBERS, "mileage_km": NUMBERS}
        | {"asking_price": st.sampled_from([None, 6_000.0, -1.0])},
    ),
    max_size=12,
)


def one_by_one(valuer, cars, strict):
    for car in cars:
        try:
            yield replace(valuer.quote(car, strict=strict), valuation_id="")
        except InvalidListingError as error:
            yield [problem.as_dict() for problem in error.problems]


@pytest.fixture(scope="module")
def valuer(trained_artifacts):
    return valuer_of(trained_artifacts)


@given(cars=CARS, strict=st.booleans())
def test_many_cars_get_what_each_gets_alone(valuer, cars, strict):
    together = [
        [problem.as_dict() for problem in found.problems]
        if isinstance(found, InvalidListingError)
        else replace(found, valuation_id="")
        for found in valuer.quote_many(cars, strict=strict)
    ]
    assert together == list(one_by_one(valuer, cars, strict))


def test_each_quote_has_a_name_of_its_own(valuer):
    car = {"make": "Skoda", "year": 2015.0}
    names = {quote.valuation_id for quote in valuer.quote_many([car] * 50)}
    assert {len(name) for name in names} == {24}
    assert len(names) == 50
