"""Threads take whole turns while many clients ask, and the system's usual ones otherwise."""

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from car_price_prediction.web.guard import Guard, Limits
from car_price_prediction.web.scheduling import Turns

POLICIES = """
import json, os, threading
from car_price_prediction.web.scheduling import THREADS, turns_of_threads
if CHOSEN is not None:
    os.sched_setscheduler(0, CHOSEN, os.sched_param(0))
tell, end = turns_of_threads(), threading.Event()
threading.Thread(target=end.wait).start()
seen = []
for whole in (True, False):
    tell(whole)
    later = threading.Thread(target=end.wait)
    later.start()
    seen.append([os.sched_getscheduler(int(thread.name)) for thread in THREADS.iterdir()])
end.set()
print(json.dumps(seen))
"""


@pytest.fixture
def told():
    return []


@pytest.fixture
def turns(told):
    return Turns(told.append)


def arrive(turns, *beside):
    for one in beside:
        turns.arrived(one)
    turns.look()


def test_a_crowd_brings_whole_turns_and_its_end_the_usual_ones(turns, told):
    arrive(turns, True, True, True, False)
    assert told == [True]
    arrive(turns, True, True)
    assert told == [True]
    arrive(turns)
    assert told == [True, False]


@pytest.mark.parametrize("beside", [(), (False,) * 9, (True,) * 4 + (False,) * 4])
def test_clients_one_at_a_time_are_no_crowd(turns, told, beside):
    arrive(turns, *beside)
    assert told == []


def test_long_work_has_the_usual_turns_until_its_last_piece_ends(turns, told):
    arrive(turns, True)
    with turns.long_work():
        assert told == [True, False]
        with turns.long_work():
            pass
        arrive(turns, True)
        assert told == [True, False]
    assert told == [True, False, True]


def test_long_work_that_fails_is_over(turns, told):
    arrive(turns, True)
    with pytest.raises(OSError, match="full"), turns.long_work():
        raise OSError("the disk is full")
    assert told == [True, False, True]


def policies(chosen=None):
    done = subprocess.run(
        [sys.executable, "-c", f"CHOSEN = {chosen}\n{POLICIES}"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="no other system has such turns")
def test_every_thread_takes_part_and_those_that_it_starts():
    assert policies() == [[os.SCHED_BATCH] * 3, [os.SCHED_OTHER] * 4]
    chosen = os.SCHED_IDLE  # somebody chose: it stays
    assert policies(chosen) == [[chosen] * 3, [chosen] * 4]


@dataclass
class Asked:
    path: str
    headers: dict = field(default_factory=lambda: {"content-length": "2"})
    method, scheme, http_version, client, server, query_string = "POST", "http", "1.1", "127.0.0.1:1", "127.0.0.1:2", ""


class Answered:
    """A request whose body comes a little after its headers, and whose client sees the turns that it is answered in."""

    def __init__(self, told):
        self.told, self.seen = told, []

    async def __call__(self):
        await asyncio.sleep(0.001)
        return b"{}"

    def response_bytes(self, status, headers, body):
        self.body = body

    def response_stream(self, status, headers):
        return self

    async def send_bytes(self, piece):
        self.body = piece
        self.seen.append(self.told[-1])


@pytest.fixture
def ask_in_crowd(monkeypatch, told):
    """Asks for a path when a crowd has brought whole turns, or the end of one the usual ones."""
    monkeypatch.setattr("car_price_prediction.web.guard.turns_of_threads", lambda: told.append)

    def app(environ, start):
        start("200 OK", [])
        turns = str(told[-1:]).encode()
        return iter([turns]) if environ["PATH_INFO"] == "/jobs/1/result" else [turns]

    guard = Guard(app, Limits(), threads=1, stopping=lambda: False)

    async def ask(path):
        answered = Answered(told)
        await guard.__rsgi__(Asked(path), answered)
        return answered

    async def ask_together(path, until):
        guard.__rsgi_init__(asyncio.get_running_loop())
        for whole in (True, until):
            while told[-1:] != [whole]:
                await asyncio.gather(*[ask("/predict/price") for _ in range(4 if whole else 1)])
        return await ask(path)

    def ask_in_crowd(path, until=True):
        with ThreadPoolExecutor(1) as thread:  # a browser of other tests has a loop in this one
            return thread.submit(asyncio.run, asyncio.wait_for(ask_together(path, until), 20)).result()

    yield ask_in_crowd
    guard.__rsgi_del__(None)


@pytest.mark.parametrize(("until", "body"), [(True, b"[True]"), (False, b"[False]")])
def test_prices_asked_at_once_bring_whole_turns_until_they_are_not(ask_in_crowd, until, body):
    assert ask_in_crowd("/predict/price", until).body == body


def test_a_file_among_them_brings_the_usual_ones(ask_in_crowd):
    assert ask_in_crowd("/predict/file").body == b"[False]"


def test_a_client_that_reads_a_long_answer_is_no_long_work(ask_in_crowd):
    answered = ask_in_crowd("/jobs/1/result")
    assert (answered.body, answered.seen) == (b"[False]", [True])
