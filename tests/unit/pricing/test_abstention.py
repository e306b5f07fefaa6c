import pytest

from car_price_prediction.domain.errors import AbstainedError, InvalidListingError
from car_price_prediction.pricing.valuer import Valuer

CAR = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0, "fuel": "Diesel"}


def reasons(valuer: Valuer, **changes: object) -> list[tuple[str, str]]:
    with pytest.raises(AbstainedError) as caught:
        valuer.quote(CAR | changes, strict=True)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def test_a_known_car_is_priced_alike_with_and_without(valuer: Valuer) -> None:
    assert valuer.quote(CAR, strict=True).price == valuer.quote(CAR).price


def test_every_reason_is_told_at_once(valuer: Valuer) -> None:
    assert reasons(valuer, make="Zastava", model="Yugo", year=1962.0) == [
        ("make", "unknown_make"),
        ("model", "unknown_model"),
        ("year", "far_outside"),
        ("", "few_comparables"),
    ]


def test_an_unknown_model_of_a_known_make_is_refused(valuer: Valuer) -> None:
    assert reasons(valuer, model="Superb") == [("model", "unknown_model"), ("", "few_comparables")]


def test_a_model_that_is_not_given_is_refused_as_such(valuer: Valuer) -> None:
    with pytest.raises(AbstainedError, match="Model is not given"):
        valuer.quote(CAR | {"model": None}, strict=True)


def test_a_number_just_outside_is_warned_of_only(valuer: Valuer) -> None:
    high = valuer.contents.facts.by_name["mileage_km"].high
    quote = valuer.quote(CAR | {"mileage_km": high * 1.05}, strict=True)
    assert [warning.code for warning in quote.warnings] == ["outside_training"]
    assert reasons(valuer, mileage_km=high * 2) == [("mileage_km", "far_outside")]


def test_a_car_that_cannot_be_priced_at_all_says_so_first(valuer: Valuer) -> None:
    with pytest.raises(InvalidListingError) as caught:
        valuer.quote({"make": "Zastava"}, strict=True)
    assert not isinstance(caught.value, AbstainedError)


def test_in_a_batch_each_car_is_refused_for_itself(valuer: Valuer) -> None:
    known, unknown, invalid = valuer.quote_many([CAR, CAR | {"model": "Superb"}, {}], strict=True)
    assert known.price > 0
    assert isinstance(unknown, AbstainedError)
    assert invalid.code == "invalid_listing"
