import sqlite3
import threading

import pytest

from car_price_prediction.domain.errors import ValuationsError
from car_price_prediction.valuations import writer as module
from car_price_prediction.valuations.database import FILE, OPTIONS, Database
from car_price_prediction.valuations.store import Valuations
from car_price_prediction.valuations.writer import Writer
from support.kept import FABIA, answered, wait_until


@pytest.fixture
def writer(database):
    found = Writer(database)
    found.start()
    yield found
    found.stop()


def test_what_is_answered_is_in_the_database_a_moment_later(writer, store):
    one = answered(at=1_700_000_000.25)
    writer.keep(one)
    wait_until(lambda: writer.counts.written)
    found = store.get(one.quote.valuation_id)
    assert found == {
        "valuation_id": one.quote.valuation_id,
        "priced_at": "2023-11-14T22:13:20.250+00:00",
        "source": "price",
        "request_id": "a-request",
        "model_version": "v1",
        "car": FABIA,
        "price": 10_000.0,
        "low": 8_000.0,
        "high": 12_000.0,
        "currency": "EUR",
        "coverage": 0.9,
        "confidence": "high",
        "comparables": 12,
        "warnings": [{"field": "colour", "code": "missing", "message": "Colour is not told"}],
    }


def test_at_the_end_nothing_that_was_answered_is_lost(database, store):
    writer = Writer(database)
    writer.start()
    threads = [threading.Thread(target=lambda: [writer.keep(answered()) for _ in range(400)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.stop(60)
    assert (writer.counts.written, writer.counts.dropped, writer.waiting) == (1_200, 0, 0)
    assert store.count() == 1_200


class Stopped(Database):
    """A database that does not answer while it is down."""

    down = True

    def _prepare(self, *, always):
        if self.down:
            raise ValuationsError("it is down")
        super()._prepare(always=always)


def test_while_the_database_is_down_answers_wait_and_what_is_too_much_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.1)
    monkeypatch.setattr(module, "BATCH", 1)
    database = Stopped("sqlite", tmp_path)
    writer = Writer(database, most_waiting=10)
    writer.start()
    writer.keep(answered())
    wait_until(lambda: writer.counts.failures)
    for _ in range(15):
        writer.keep(answered())
    assert (writer.counts.written, writer.counts.dropped, writer.waiting) == (0, 5, 11)
    database.down = False
    wait_until(lambda: writer.counts.written == 11)
    writer.stop()
    assert Valuations(database).count() == 11


def test_what_a_server_that_stops_cannot_write_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "STOP_S", 0.2)
    writer = Writer(Stopped("sqlite", tmp_path))
    writer.start()
    writer.keep(answered())
    writer.stop()
    assert (writer.counts.written, writer.counts.dropped) == (0, 1)


def test_an_answer_that_cannot_be_held_does_not_take_the_others_with_it(writer, store):
    good, bad = answered(), answered(price=None)
    for one in (good, bad):
        writer._held.append(one)
    wait_until(lambda: writer.counts.written + writer.counts.dropped == 2)
    assert (writer.counts.written, writer.counts.dropped) == (1, 1)
    assert store.get(good.quote.valuation_id)


def test_a_batch_that_was_committed_when_the_connection_broke_is_not_there_twice(writer, store):
    one, two = answered(), answered()
    writer.keep(one)
    wait_until(lambda: writer.counts.written == 1)
    writer.keep(one)
    writer.keep(two)
    wait_until(lambda: writer.counts.written == 3)
    assert store.count() == 2
    assert writer.counts.dropped == 0


def test_a_database_that_can_be_read_but_not_written_drops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.1)
    monkeypatch.setitem(OPTIONS, "sqlite", {"timeout": 0.01})
    database = Database("sqlite", tmp_path)
    assert Valuations(database).count() == 0
    writer = Writer(database)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(5):
        writer.keep(answered())
    writer.start()
    wait_until(lambda: writer.counts.failures)
    assert (writer.counts.dropped, writer.waiting) == (0, 5)
    other.execute("ROLLBACK")
    other.close()
    wait_until(lambda: writer.counts.written == 5)
    writer.stop()
    assert writer.counts.dropped == 0


def test_old_rows_that_cannot_be_deleted_slow_no_writing_down(tmp_path, caplog):
    class Refused:
        def apply(self):
            raise ValuationsError("no right to delete")

    database = Database("sqlite", tmp_path)
    writer = Writer(database, Refused())
    writer.start()
    wait_until(lambda: "old valuations cannot be deleted" in caplog.text)
    for count in range(1, 4):
        writer.keep(answered())
        wait_until(lambda count=count: writer.counts.written == count)
    assert writer._pause_s == module.POLL_S
    writer.stop()
    assert caplog.text.count("cannot be deleted") == 1
    assert "wait to be kept" not in caplog.text


def test_it_is_told_once_a_minute_that_answers_are_dropped(tmp_path, monkeypatch, caplog):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    writer = Writer(Database("sqlite", tmp_path), most_waiting=0)
    for _ in range(3):
        writer.keep(answered())
    now[0] += module.TELL_EVERY_S
    writer.keep(answered())
    assert [record.args[-1] for record in caplog.records] == [1, 4]
