from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, insert, select

from car_price_prediction.valuations import matching
from car_price_prediction.valuations.outcomes import Outcome, Outcomes
from car_price_prediction.valuations.row import row_of
from car_price_prediction.valuations.tables import REPLACED, VALUATIONS
from support.kept import FABIA, answered

SOLD = date(2026, 5, 20)


@pytest.fixture
def outcomes(database):
    return Outcomes(database)


@pytest.fixture
def put(database):
    def put(*days_and_cars):
        many = [answered(at=datetime(2026, *day, 12, tzinfo=UTC).timestamp(), car=car) for day, car in days_and_cars]
        with database.begin() as connection:
            connection.execute(insert(VALUATIONS), [row_of(one) for one in many])
        return [one.quote.valuation_id for one in many]

    return put


def states(taken):
    return [one.state for one in taken]


def test_the_same_twice_is_once_in_one_call_or_in_two(outcomes):
    told = [Outcome(9_000, SOLD, valuation_id="a"), Outcome(9_000, SOLD, car=FABIA), Outcome(9_000, SOLD, car=FABIA)]
    assert states(outcomes.take(told)) == ["new", "new", "same"]
    assert states(outcomes.take(told)) == ["same"] * 3
    assert outcomes.count() == 2


def test_a_corrected_one_replaces_and_what_it_replaced_is_kept(outcomes, database):
    first = Outcome(9_000, SOLD, reference="s1", car=FABIA)
    second = replace(first, price=9_500, sold_on=date(2026, 5, 21))
    assert states(outcomes.take([first, second])) == ["new", "replaced"]
    assert [row["price"] for row, _ in outcomes.matched()] == [9_500]
    with database.begin() as connection:
        assert connection.execute(select(REPLACED.c.price, REPLACED.c.sold_on)).all() == [(9_000, SOLD)]


def test_an_old_file_told_again_does_not_undo_a_correction_unless_that_is_wanted(outcomes):
    first = Outcome(9_000, SOLD, valuation_id="a")
    outcomes.take([first])
    outcomes.take([replace(first, price=9_500)])
    assert states(outcomes.take([first])) == ["superseded"]
    assert [row["price"] for row, _ in outcomes.matched()] == [9_500]
    assert states(outcomes.take([first], again=True)) == ["replaced"]
    assert [row["price"] for row, _ in outcomes.matched()] == [9_000]


def test_a_sale_that_names_its_valuation_is_of_that_one(outcomes, put):
    first, _ = put(((5, 1), FABIA), ((5, 10), FABIA))
    assert outcomes.take([Outcome(9_000, SOLD, valuation_id=first)])[0].valuation_id == first
    assert outcomes.take([Outcome(9_000, SOLD, valuation_id="another")])[0].valuation_id is None


def test_a_described_car_is_of_its_last_valuation_before_the_sale(outcomes, put):
    _, last, _, _ = put(((5, 1), FABIA), ((5, 10), FABIA), ((5, 22), FABIA), ((5, 11), FABIA | {"fuel": "diesel"}))
    told = {"make": "SKODA", "model": "fabia", "year": 2015, "mileage_km": 80_000, "fuel": "petrol", "colour": "red"}
    assert outcomes.take([Outcome(9_000, SOLD, car=told)])[0].valuation_id == last


def test_a_valuation_of_long_ago_is_not_taken_for_a_described_car(outcomes, put):
    put(((1, 1), FABIA))
    late = Outcome(9_000, date(2026, 8, 20), car=FABIA)
    assert outcomes.take([late])[0].valuation_id is None
    assert [v is not None for _, v in outcomes.matched(within_days=300)] == [True]


def test_of_a_car_that_was_priced_often_no_more_is_read_than_needed(outcomes, put, database, monkeypatch):
    monkeypatch.setattr(matching, "PIECE", 3)
    petrol, diesel = FABIA | {"fuel": "petrol"}, FABIA | {"fuel": "diesel"}
    days = [(((4, day), petrol)) for day in range(1, 21)] + [(((5, day), diesel)) for day in range(1, 8)]
    names = put(*days)
    read = []
    event.listen(database._engine, "after_cursor_execute", lambda *told: read.append(told[2]))
    assert outcomes.take([Outcome(9_000, SOLD, car=petrol)])[0].valuation_id == names[19]
    assert len([statement for statement in read if "ORDER BY car_price_valuations.priced_at DESC" in statement]) == 3
    assert outcomes.take([Outcome(9_000, SOLD, car=FABIA | {"fuel": "hybrid"})])[0].valuation_id is None


def test_a_sale_that_is_told_before_its_valuation_is_written_is_found_later(outcomes, put):
    assert outcomes.take([Outcome(9_000, SOLD, car=FABIA)])[0].valuation_id is None
    (found,) = put(((5, 19), FABIA))
    assert [v["id"] for _, v in outcomes.matched()] == [found]


def test_a_deleted_valuation_takes_its_sale_with_it(outcomes, put, store):
    first, second = put(((5, 1), FABIA), ((5, 10), FABIA))
    outcomes.take([Outcome(9_000, SOLD, valuation_id=first), Outcome(8_000, SOLD, valuation_id=first)])
    outcomes.take([Outcome(9_000, SOLD, valuation_id=second)])
    store.delete(first)
    assert [row["valuation_id"] for row, _ in outcomes.matched()] == [second]


def test_a_reference_told_again_with_the_id_of_its_valuation_is_of_that_one(outcomes, put):
    first, second = put(((5, 1), FABIA), ((5, 10), FABIA))
    described = Outcome(9_000, SOLD, car=FABIA, reference="s1")
    assert outcomes.take([described])[0].valuation_id == second
    (taken,) = outcomes.take([replace(described, car=None, valuation_id=first)])
    assert (taken.state, taken.valuation_id) == ("same", first)
    assert [v["id"] for _, v in outcomes.matched()] == [first]
    (taken,) = outcomes.take([replace(described, price=9_500)])
    assert (taken.state, taken.valuation_id) == ("replaced", first)
    assert outcomes.count() == 1
