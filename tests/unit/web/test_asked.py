import pytest

from car_price_prediction.pricing.appraisal import Wanted
from car_price_prediction.web.asked import FOR_MANY, FOR_ONE, PRICE_ALONE, wanted_in
from car_price_prediction.web.problems import RequestProblem


def problems(query: str, allowed=FOR_ONE) -> list[tuple[str, str]]:
    with pytest.raises(RequestProblem) as caught:
        wanted_in(query, allowed)
    assert (caught.value.status, caught.value.code) == (400, "bad_query")
    return [(problem.field, problem.code) for problem in caught.value.errors]


def test_no_query_wants_the_price_alone():
    assert wanted_in("", FOR_ONE) is PRICE_ALONE


def test_everything_may_be_wanted_at_once():
    found = wanted_in("explain=1&comparables=5&what_if=year%2Cmileage_km&strict=true", FOR_ONE)
    assert found == Wanted(explain=True, comparables=5, what_if=("year", "mileage_km"), strict=True)


@pytest.mark.parametrize("query", ["explain=0", "explain=false&strict=0", "comparables=0"])
def test_what_is_switched_off_is_not_wanted(query):
    assert wanted_in(query, FOR_ONE) == PRICE_ALONE


@pytest.mark.parametrize(
    "query",
    [
        "explain=yes",
        "explain=",
        "explain",
        "strict=2",
        "comparables=-1",
        "comparables=51",
        "comparables=5.0",
        "comparables=9999999999",
        "comparables=%D9%A5",
        "what_if=",
        "what_if=colour",
        "what_if=year,year",
        "what_if=year,",
    ],
)
def test_a_value_that_is_not_allowed_is_refused_with_what_is(query):
    assert problems(query) == [(query.partition("=")[0], "not_allowed")]


def test_every_problem_is_told_at_once():
    found = problems("explain=maybe&bogus=1&comparables=5&comparables=6&what_if=price")
    assert found == [
        ("explain", "not_allowed"),
        ("bogus", "unknown_parameter"),
        ("comparables", "sent_twice"),
        ("what_if", "not_allowed"),
    ]


def test_a_batch_may_be_strict_and_no_more():
    assert wanted_in("strict=1", FOR_MANY).strict
    assert problems("explain=1&strict=1", FOR_MANY) == [("explain", "unknown_parameter")]


def test_a_query_without_end_is_refused_in_few_words():
    with pytest.raises(RequestProblem, match="more than 20 parameters"):
        wanted_in("&".join(f"p{i}=1" for i in range(10_000)), FOR_ONE)
