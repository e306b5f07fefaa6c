import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.pricing.explain import MOST_LINES, REST, Breakdown, Explainer
from car_price_prediction.pricing.valuer import Valuer

CARS = st.fixed_dictionaries(
    {"make": st.sampled_from(["Skoda", "BMW", "Kia", "Lada"]), "year": st.floats(1990, 2025)},
    optional={
        "model": st.sampled_from(["Octavia", "Fabia", "320", "Rio", "Niva"]),
        "mileage_km": st.floats(0, 400_000),
        "fuel": st.sampled_from(["Diesel", "Petrol", "LPG"]),
    },
)


def breakdown_of(valuer: Valuer, car: dict) -> Breakdown:
    return valuer.explainer.breakdown(car, valuer.quote(car).price)


def cents(amount: float) -> int:
    return round(amount * 100)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(car=CARS)
def test_the_lines_add_up_to_the_price_of_the_quote(valuer: Valuer, car: dict) -> None:
    found = breakdown_of(valuer, car)
    assert cents(found.typical_price) + sum(cents(line.amount) for line in found.lines) == cents(found.price)
    assert found.typical_price == valuer.quote(valuer.typical).price
    assert len(found.lines) <= MOST_LINES


def test_the_typical_car_needs_no_reasons(valuer: Valuer) -> None:
    assert breakdown_of(valuer, valuer.typical).lines == ()


def test_a_line_says_both_values(valuer: Valuer) -> None:
    car = dict(valuer.typical) | {"year": valuer.typical["year"] - 4}
    (line,) = breakdown_of(valuer, car).lines
    assert line.text == f"{car['year']:.0f} rather than {valuer.typical['year']:.0f}"
    assert (line.label, line.fields) == ("Year", ("year",))
    assert line.amount < 0


def test_make_and_model_are_one_line(valuer: Valuer) -> None:
    car = dict(valuer.typical) | {"make": "Skoda", "model": "Fabia"}
    (line,) = breakdown_of(valuer, car).lines
    assert line.text == "Skoda Fabia rather than BMW 320"
    assert line.fields == ("make", "model")


def test_what_is_assumed_is_said_so(valuer: Valuer) -> None:
    car = {n: v for n, v in valuer.typical.items() if n != "mileage_km"} | {"year": valuer.typical["year"] - 4}
    text = {line.label: line.text for line in breakdown_of(valuer, car).lines}["Mileage"]
    assert " km (assumed) rather than " in text


def breakdown_by(worths: list[float], start: float = 9.0) -> Breakdown:
    """Return the breakdown of a car whose every field moves its log price by its worth."""
    names = [f"extra {i}" for i in range(len(worths))]
    facts = [SimpleNamespace(name=name, importance=1 / (i + 1)) for i, name in enumerate(names)]
    contents = SimpleNamespace(
        booster=SimpleNamespace(
            trees=1_000, predict_one=lambda _: start, predict_few=lambda rows: start + rows @ np.array(worths)
        ),
        encoder=Encoder(features=tuple(Feature(name=n, kind="number", fields=(n,)) for n in names)),
        manifest=SimpleNamespace(market=SimpleNamespace(mileage_unit="km")),
        facts=SimpleNamespace(fields=facts, typical_car=dict.fromkeys(names, 0.0)),
    )
    return Explainer(contents).breakdown(dict.fromkeys(names, 1.0), round(math.exp(start + sum(worths)), 2))


@pytest.mark.parametrize("count", [3, 8, 9, 12, 13, 30])
def test_of_many_fields_those_that_move_the_price_most_are_told(count: int) -> None:
    found = breakdown_by([0.01 * (1 + i * 7 % count) for i in range(count)])
    assert cents(found.typical_price) + sum(cents(line.amount) for line in found.lines) == cents(found.price)
    assert len(found.lines) == min(count, MOST_LINES)
    amounts = [line.amount for line in found.lines if line.label != REST]
    assert amounts == sorted(amounts, reverse=True)
    assert [line.label for line in found.lines].count(REST) == (count > MOST_LINES)
    assert (found.lines[-1].label == REST) == (count > MOST_LINES)


def test_a_price_in_lakh_adds_up_too() -> None:
    found = breakdown_by([0.3, -0.2, 1e-9], start=1.2)
    assert cents(found.typical_price) + sum(cents(line.amount) for line in found.lines) == cents(found.price)
    assert len(found.lines) == 2


def test_differences_that_cancel_out_add_up_to_nothing() -> None:
    found = breakdown_by([0.25, -0.25])
    assert found.price == found.typical_price
    assert [line.amount for line in found.lines] == [-found.lines[1].amount, -found.lines[0].amount]
