import sqlite3
import threading

import orjson
import pytest

from car_price_prediction.domain.errors import ValuationsError
from car_price_prediction.valuations import writer as module
from car_price_prediction.valuations.database import FILE, OPTIONS, Database
from car_price_prediction.valuations.entries import entry_of
from car_price_prediction.valuations.segments import Own, claim, full_segments
from car_price_prediction.valuations.store import Valuations
from car_price_prediction.valuations.writer import Writer
from support.kept import FABIA, Pair, answered, wait_until


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "waiting"


@pytest.fixture
def pair(database, folder):
    found = Pair(database, folder)
    found.start()
    yield found
    found.stop()


def hand_over(folder, *many):
    own = Own(folder, "answers")
    own.append(orjson.dumps([entry_of(one) for one in many]) + b"\n", len(many))
    own.hand_over()


def test_what_is_answered_is_in_the_database_a_moment_later(pair, store):
    one = answered(at=1_700_000_000.25)
    pair.journal.keep(one)
    wait_until(lambda: pair.counts.written)
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


def test_at_the_end_nothing_that_was_answered_is_lost(database, store, folder):
    pair = Pair(database, folder)
    pair.start()
    threads = [threading.Thread(target=lambda: [pair.journal.keep(answered()) for _ in range(400)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pair.stop()
    assert (pair.counts.written, pair.counts.dropped, pair.journal.waiting) == (1_200, 0, 0)
    assert store.count() == 1_200
    assert list(folder.iterdir()) == []


class Stopped(Database):
    """A database that does not answer while it is down."""

    down = True

    def _prepare(self, *, always):
        if self.down:
            raise ValuationsError("it is down")
        super()._prepare(always=always)


def test_while_the_database_is_down_answers_wait_in_files(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.1)
    database = Stopped("sqlite", tmp_path)
    pair = Pair(database, folder)
    pair.start()
    pair.journal.keep(answered())
    wait_until(lambda: pair.counts.failures)
    for _ in range(15):
        pair.journal.keep(answered())
    wait_until(lambda: pair.journal.waiting + pair.writer.waiting == 16)
    assert (pair.counts.written, pair.counts.dropped, pair.journal.counts.dropped) == (0, 0, 0)
    database.down = False
    wait_until(lambda: pair.counts.written == 16)
    pair.stop()
    assert Valuations(database).count() == 16


def test_what_a_server_that_stops_cannot_write_is_written_by_the_next(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(module, "STOP_S", 0.2)
    stopped = Pair(Stopped("sqlite", tmp_path), folder)
    stopped.start()
    stopped.journal.keep(answered())
    stopped.stop()
    assert (stopped.counts.written, stopped.counts.dropped, stopped.writer.waiting) == (0, 0, 1)
    following = Writer(Database("sqlite", tmp_path), folder)
    assert following.write_once()
    assert (following.counts["answers"].written, following.waiting) == (1, 0)


def test_an_answer_that_cannot_be_held_does_not_take_the_others_with_it(database, folder, store):
    good, bad = answered(), answered(price=None)
    hand_over(folder, good, bad)
    writer = Writer(database, folder)
    assert writer.write_once()
    assert (writer.counts["answers"].written, writer.counts["answers"].dropped) == (1, 1)
    assert store.get(good.quote.valuation_id)


def test_a_batch_that_was_committed_when_the_connection_broke_is_not_there_twice(database, folder, store):
    one, two = answered(), answered()
    writer = Writer(database, folder)
    hand_over(folder, one)
    assert writer.write_once()
    hand_over(folder, one, two)
    assert writer.write_once()
    assert store.count() == 2
    assert (writer.counts["answers"].written, writer.counts["answers"].dropped) == (3, 0)


def test_a_file_that_another_writes_is_left_to_it(database, folder, store):
    hand_over(folder, answered())
    theirs = claim(full_segments(folder)[0])
    hand_over(folder, answered())
    writer = Writer(database, folder)
    assert writer.write_once()
    assert (store.count(), writer.waiting) == (1, 1)
    theirs.release()
    assert writer.write_once()
    assert (store.count(), writer.waiting) == (2, 0)


def test_files_of_one_batch_go_together_and_those_of_a_later_program_stay(database, folder, store, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    for _ in range(4):
        hand_over(folder, answered(), answered())
    (folder / "bids.1.5.rows").write_bytes(b"[]\n")
    writer = Writer(database, folder)
    batches = []
    write = writer._write
    writer._write = lambda: (batches.append(len(writer._held)), write())[1]
    assert writer.write_once()
    assert (batches, store.count()) == ([4, 4], 8)
    assert [path.name for path in folder.iterdir()] == ["bids.1.5.rows"]


def test_what_cannot_be_read_is_dropped_and_counted(database, folder, store, caplog):
    own = Own(folder, "answers")
    own.append(b'[["no","answer"]]\n' + b'[{"torn": \n', 2)
    own.append(orjson.dumps([entry_of(answered())]) + b"\n", 1)
    own.hand_over()
    writer = Writer(database, folder)
    assert writer.write_once()
    assert (writer.counts["answers"].written, writer.counts["answers"].dropped, store.count()) == (1, 2, 1)
    assert "cannot be read" in caplog.text


def test_a_database_that_can_be_read_but_not_written_drops_nothing(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.1)
    monkeypatch.setitem(OPTIONS, "sqlite", {"timeout": 0.01})
    database = Database("sqlite", tmp_path)
    assert Valuations(database).count() == 0
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    hand_over(folder, *(answered() for _ in range(5)))
    writer = Writer(database, folder)
    writer.start()
    wait_until(lambda: writer.counts["answers"].failures)
    assert (writer.counts["answers"].dropped, writer.waiting) == (0, 5)
    other.execute("ROLLBACK")
    other.close()
    wait_until(lambda: writer.counts["answers"].written == 5)
    writer.stop()
    assert (writer.counts["answers"].dropped, writer.problem) == (0, None)


def test_old_rows_that_cannot_be_deleted_slow_no_writing_down(tmp_path, folder, caplog):
    class Refused:
        def apply(self):
            raise ValuationsError("no right to delete")

    database = Database("sqlite", tmp_path)
    writer = Writer(database, folder, Refused())
    writer.start()
    wait_until(lambda: "old valuations cannot be deleted" in caplog.text)
    for count in range(1, 4):
        hand_over(folder, answered())
        wait_until(lambda count=count: writer.counts["answers"].written == count)
    assert writer._pause_s == module.POLL_S
    writer.stop()
    assert caplog.text.count("cannot be deleted") == 1
    assert "wait to be kept" not in caplog.text
