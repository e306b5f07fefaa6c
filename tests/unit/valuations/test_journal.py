import os
import subprocess
import sys

import pytest

from car_price_prediction.valuations import journal as module
from car_price_prediction.valuations import segments
from car_price_prediction.valuations.journal import Journal
from car_price_prediction.valuations.segments import Own, adopt, bytes_of, claim, full_segments
from support.kept import answered, wait_until

MOST = 1 << 30


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "waiting"


def handed_over(folder):
    found = []
    for segment in full_segments(folder):
        claimed = claim(segment)
        rows = claimed.rows()
        assert len(rows) == segment.count
        found += [row[0] for row in rows]
        claimed.settle()
    return found


def test_what_requests_leave_is_handed_over_in_its_order_for_nobody_else_to_read(folder):
    journal, many = Journal(folder, MOST), [answered() for _ in range(1_000)]
    journal.start()
    for one in many:
        journal.keep(one)
    journal.stop()
    assert (journal.counts.dropped, journal.counts.failures, journal.waiting) == (0, 0, 0)
    assert folder.stat().st_mode & 0o77 == 0
    assert all(path.stat().st_mode & 0o77 == 0 for path in folder.iterdir())
    assert handed_over(folder) == [one.quote.valuation_id for one in many]
    assert list(folder.iterdir()) == []


def test_while_nobody_takes_what_was_handed_over_one_file_grows(folder, monkeypatch):
    monkeypatch.setattr(module, "FLUSH_S", 0.01)
    journal = Journal(folder, MOST)
    journal.start()
    journal.keep(answered())
    wait_until(lambda: len(full_segments(folder)) == 1 and not journal.waiting)
    for count in range(1, 4):
        journal.keep(answered())
        wait_until(lambda count=count: journal._own.count == count)
    assert (len(full_segments(folder)), journal.waiting) == (1, 3)
    assert len(handed_over(folder)) == 1
    wait_until(lambda: not journal.waiting)
    assert len(handed_over(folder)) == 3
    journal.stop()


def test_a_large_file_is_handed_over_all_the_same(folder, monkeypatch):
    monkeypatch.setattr(segments, "LARGEST_BYTES", 10_000)
    journal = Journal(folder, MOST)
    for _ in range(2_000):
        journal.keep(answered())
    journal.start()
    journal.stop()
    found = full_segments(folder)
    assert len(found) > 3
    assert sum(segment.count for segment in found) == 2_000


def test_what_the_folder_has_no_room_for_is_dropped_counted_and_told_once_a_minute(folder, caplog):
    journal = Journal(folder, 20_000)
    journal.start()
    for _ in range(1_000):
        journal.keep(answered())
    journal.stop()
    kept = len(handed_over(folder))
    assert kept + journal.counts.dropped == 1_000
    assert journal.counts.dropped > 0
    assert caplog.text.count("are dropped") == 1


def test_room_that_becomes_free_is_used_again(folder, monkeypatch):
    monkeypatch.setattr(module, "LOOK_AGAIN_S", 0.0)
    journal, one = Journal(folder, 20_000), answered()
    while not journal.counts.dropped:
        journal.keep(one)
        journal._flush(last=False)
    assert bytes_of(folder) <= 20_000
    handed_over(folder)
    journal._own.hand_over()
    handed_over(folder)
    dropped = journal.counts.dropped
    journal.keep(one)
    journal._flush(last=True)
    assert journal.counts.dropped == dropped
    assert handed_over(folder) == [one.quote.valuation_id]


def test_where_no_file_can_be_written_answers_wait_in_memory_and_too_many_are_dropped(folder, monkeypatch, caplog):
    monkeypatch.setattr(module, "FLUSH_S", 0.01)
    folder.write_text("in the way")
    journal = Journal(folder, MOST, most_waiting=3)
    journal.start()
    journal.keep(answered())
    wait_until(lambda: journal.counts.failures)
    for _ in range(5):
        journal.keep(answered())
    assert (journal.counts.dropped, journal.waiting) == (2, 4)
    folder.unlink()
    wait_until(lambda: not journal._queue and not journal._held)
    journal.stop()
    assert len(handed_over(folder)) == 4
    assert journal.counts.dropped == 2
    assert caplog.text.count("wait to be written") == 1


def test_what_a_process_cannot_write_down_at_its_end_is_counted(folder):
    folder.write_text("in the way")
    journal = Journal(folder, MOST)
    journal.start()
    journal.keep(answered())
    journal.stop()
    assert journal.counts.dropped == 1


def test_an_answer_that_json_cannot_hold_does_not_take_the_others_with_it(folder):
    journal = Journal(folder, MOST)
    good, bad = answered(), answered(car={"make": "\ud800"})
    for one in (bad, good, bad):
        journal.keep(one)
    journal.start()
    journal.stop()
    assert journal.counts.dropped == 2
    assert handed_over(folder) == [good.quote.valuation_id]


def test_a_block_that_a_full_disk_cuts_short_is_not_in_the_file(folder, monkeypatch):
    own, write = Own(folder, "answers"), os.write
    own.append(b'["one"]\n', 1)

    def full(file, data):
        if len(data) > 4:
            return write(file, data[:4])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        own.append(b'["two"]\n', 1)
    monkeypatch.setattr(os, "write", write)
    own.append(b'["three"]\n', 1)
    own.hand_over()
    assert claim(full_segments(folder)[0]).rows() == ["one", "three"]


def test_what_a_killed_process_left_is_handed_over_but_for_a_line_cut_short(folder):
    alive = Own(folder, "answers")
    alive.append(b'["alive"]\n', 1)
    said = "import os, sys; from pathlib import Path; from car_price_prediction.valuations.segments import Own"
    said += "; own = Own(Path(sys.argv[1]), 'answers'); own.append(b'[1, 2]\\n[3', 2); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", said, str(folder)], check=False).returncode == -9
    (folder / "answers.0-empty.part").touch()
    assert adopt(folder) == 2
    (found,) = full_segments(folder)
    assert (found.count, claim(found).rows()) == (2, [1, 2])
    assert adopt(folder) == 0
    alive.append(b'["still"]\n', 1)
    alive.hand_over()
    assert sorted(segment.count for segment in full_segments(folder)) == [2, 2]
