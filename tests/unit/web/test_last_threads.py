"""Threads that outlast a worker's connections are started where the system can, and nowhere else."""

import ctypes
import threading

import pytest

from car_price_prediction.web import last_threads


@pytest.fixture
def later(monkeypatch):
    """Return what was to be started later."""
    found = []

    class Later:
        def __init__(self, seconds, start, args):
            found.append((seconds, args))

        def start(self):
            assert self.daemon

    monkeypatch.setattr(threading, "Timer", Later)
    return found


def test_they_come_after_the_threads_that_answer(later, monkeypatch):
    library = type("Library", (), {"close_range": len})
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    monkeypatch.setattr("sys.platform", "linux")
    last_threads.start_last_threads()
    assert later == [(last_threads.AFTER_S, (len,))]


@pytest.mark.parametrize(("platform", "library"), [("darwin", {"close_range": len}), ("linux", {})])
def test_there_are_none_where_the_system_cannot(platform, library, later, monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: type("Library", (), library))
    monkeypatch.setattr("sys.platform", platform)
    last_threads.start_last_threads()
    assert later == []


def test_one_that_may_not_have_files_of_its_own_ends():
    asked = []

    def refused(first, last, flags):
        asked.append((first, last.value, flags))
        return -1

    thread = threading.Thread(target=last_threads._outlast, args=(refused,), daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert asked == [(0, 2**32 - 1, last_threads.UNSHARE)]
