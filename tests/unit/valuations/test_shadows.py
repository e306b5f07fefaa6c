"""The challenger's prices beside the kept valuations, in databases of before as in new ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, inspect, select

from car_price_prediction.valuations.database import SCHEMA_NAME, Database
from car_price_prediction.valuations.entries import CHALLENGERS, Shadowed
from car_price_prediction.valuations.outcomes import Outcomes
from car_price_prediction.valuations.retention import Retention
from car_price_prediction.valuations.row import row_of
from car_price_prediction.valuations.store import Valuations
from car_price_prediction.valuations.tables import META, OUTCOMES, REPLACED, SCHEMA, SHADOWS, VALUATIONS
from support.kept import Pair, answered, wait_until


@pytest.fixture
def challengers(database: Database, tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(database, tmp_path / "waiting", CHALLENGERS)
    pair.start()
    yield pair
    pair.stop()


def shadowed(one: Any) -> Shadowed:
    return Shadowed(one.quote.valuation_id, one.at, answered(price=9_000.0, model_version="v2").quote)


def keep(database: Database, *many: Any) -> None:
    with database.begin() as connection:
        connection.execute(insert(VALUATIONS), [row_of(one) for one in many])


def test_a_database_of_before_gets_the_table_and_keeps_all_it_holds(database: Database) -> None:
    """As the first program with kept valuations made it."""
    engine = create_engine(database._engine.url)
    for table in (META, VALUATIONS, OUTCOMES, REPLACED):
        table.create(engine)
    one = answered()
    with engine.begin() as connection:
        connection.execute(insert(META).values(name=SCHEMA_NAME, value=1))
        connection.execute(insert(VALUATIONS), [row_of(one)])
    assert SHADOWS.name not in inspect(engine).get_table_names()
    found = Valuations(database).get(one.quote.valuation_id)
    assert found is not None
    assert found["price"] == one.quote.price
    assert Outcomes(database).shadows([one.quote.valuation_id]) == {}
    assert SHADOWS.name in inspect(engine).get_table_names()
    with engine.begin() as connection:
        # The program of before reads what this one leaves: the number is still its own.
        assert connection.scalar(select(META.c.value).where(META.c.name == SCHEMA_NAME)) == SCHEMA == 1
    engine.dispose()


def test_a_price_is_kept_beside_its_valuation_and_goes_with_it(database: Database, challengers: Pair) -> None:
    one, other = answered(), answered()
    keep(database, one, other)
    challengers.journal.keep(shadowed(one))
    challengers.journal.keep(shadowed(other))
    wait_until(lambda: challengers.counts.written == 2)
    outcomes = Outcomes(database)
    ids = [one.quote.valuation_id, other.quote.valuation_id, "none"]
    found = outcomes.shadows(ids)
    told = {name: (row["price"], row["model_version"]) for name, row in found.items()}
    assert told == dict.fromkeys(ids[:2], (9_000.0, "v2"))
    assert Valuations(database).delete(one.quote.valuation_id)
    assert set(outcomes.shadows(ids)) == {other.quote.valuation_id}


def test_one_that_is_there_already_is_not_written_twice_and_stops_no_other(
    database: Database, challengers: Pair
) -> None:
    one, other = answered(), answered()
    challengers.journal.keep(shadowed(one))
    wait_until(lambda: challengers.counts.written == 1)
    challengers.journal.keep(shadowed(one))
    challengers.journal.keep(shadowed(other))
    wait_until(lambda: challengers.counts.written == 3)
    assert challengers.counts.dropped == 0
    assert len(Outcomes(database).shadows([one.quote.valuation_id, other.quote.valuation_id])) == 2


def test_what_is_too_old_goes(database: Database, challengers: Pair) -> None:
    old, young = answered(at=1_000.0), answered()
    for one in (old, young):
        challengers.journal.keep(shadowed(one))
    wait_until(lambda: challengers.counts.written == 2)
    assert Retention(database, 30, time.time).apply() == 1
    assert set(Outcomes(database).shadows([old.quote.valuation_id, young.quote.valuation_id])) == {
        young.quote.valuation_id
    }
