from itertools import pairwise

import pytest

from car_price_prediction.pricing.explain import Breakdown, Line
from car_price_prediction.web.language import languages
from car_price_prediction.web.waterfall import waterfall
from car_price_prediction.web.words import Words

TYPICAL = {"make": "BMW", "model": "320", "year": 2018.0, "doors": 5.0, "seats": 5.0}
THIS = {"make": "Kia", "model": "Rio", "year": 2015.0, "doors": 3.0, "seats": 5.0}
LINES = (
    Line("Model", "", ("make", "model"), -8_000.0),
    Line("Year", "", ("year",), -3_000.0),
    Line("Body", "", ("body", "doors", "seats"), 500.0),
    Line("Everything else", "", (), -100.0),
)


def steps(code="en", lines=LINES, told=THIS):
    price = 20_000 + sum(line.amount for line in lines)
    return waterfall(Breakdown(TYPICAL, 20_000.0, lines, price), THIS, told, Words(languages()[code], "km"), "EUR")


def test_it_leads_from_the_typical_car_to_this_one():
    first, *_, last = found = steps()
    assert (first.label, first.amount, last.label, last.amount) == (
        "A typical car: BMW 320, 2018", "€20,000", "This car", "€9,400",
    )  # fmt: skip
    assert [step.kind for step in found] == ["car", "down", "down", "up", "down", "car"]


def test_each_line_tells_both_cars_where_they_differ():
    assert [(step.label, step.text) for step in steps()[1:-1]] == [
        ("Model", "Kia Rio rather than BMW 320"),
        ("Year", "2015 rather than 2018"),
        ("Body", "3 rather than 5"),
        ("Everything else", ""),
    ]


def test_it_is_told_in_the_readers_language():
    assert steps("de")[1].text == "Kia Rio statt BMW 320"
    assert steps("de")[2].amount == "\N{MINUS SIGN}3.000\xa0€"


@pytest.mark.parametrize(("code", "text"), [("en", "3 (assumed) rather than 5"), ("de", "3 (angenommen) statt 5")])
def test_what_is_assumed_is_called_so(code, text):
    assert steps(code, told={"make": "Kia", "model": "Rio", "year": 2015.0})[3].text == text


def test_bars_hang_together_within_the_picture():
    found = steps()
    for step in found:
        assert step.x >= 0
        assert step.x + step.width <= 100.01
    for before, after in pairwise(found[1:-1]):
        ends = [{step.x, round(step.x + step.width, 2)} for step in (before, after)]
        assert min(abs(a - b) for a in ends[0] for b in ends[1]) < 0.02


def test_a_typical_car_needs_no_steps():
    first, last = steps(lines=())
    assert (first.x, first.width) == (last.x, last.width) == pytest.approx((0, 100))
