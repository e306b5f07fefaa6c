import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from car_price_prediction.web import bodies
from car_price_prediction.web.bodies import BodyReader, SlowBodyError


class Sent:
    """A body that arrives in pieces, each after a while."""

    def __init__(self, *pieces, pause_s=0.0):
        self.pieces, self.pause_s = list(pieces), pause_s

    async def __call__(self):
        return b"".join([piece async for piece in self])

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.pieces:
            raise StopAsyncIteration
        await asyncio.sleep(self.pause_s)
        return self.pieces.pop(0)


def read(sent, length, limit=100, timeout_s=5.0, folder=None):
    async def go():
        reader = BodyReader(timeout_s, folder)
        sweeping = asyncio.create_task(reader.sweep())
        try:
            with await reader.read(sent, length, limit) as file:
                return file.read()
        finally:
            assert reader.slow == 0
            sweeping.cancel()

    # In a thread of its own: what drives the browser keeps a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(go())).result()


def test_a_body_is_read_whole_however_it_arrives():
    assert read(Sent(b"ab", b"cd"), 4) == b"abcd"
    assert read(Sent(b"ab", b"cd"), None) == b"abcd"
    assert read(Sent(b"ab", b"cd", pause_s=0.1), 4) == b"abcd"


def test_of_a_body_that_is_too_large_as_much_is_kept_as_shows_it():
    assert read(Sent(b"a" * 60, b"b" * 60), None, limit=100) == b"a" * 60 + b"b" * 41
    assert read(Sent(b"a" * 60, b"b" * 60), 120, limit=100) == b"a"


def test_a_large_body_does_not_stay_in_memory(monkeypatch):
    monkeypatch.setattr(bodies, "IN_MEMORY_BYTES", 10)
    assert read(Sent(b"a" * 60), 60) == b"a" * 60


def test_a_large_body_waits_in_the_folder_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(bodies, "IN_MEMORY_BYTES", 10)
    assert read(Sent(b"a" * 60), 60, folder=tmp_path) == b"a" * 60
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        read(Sent(b"a" * 60), 60, folder=tmp_path / "nowhere")


def test_a_body_that_is_too_large_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(bodies, "DRAINED_BYTES", 1_000)
    sent = Sent(*[b"x" * 100] * 50)
    assert read(sent, 5_000) == b"x"
    assert sent.pieces


def test_a_body_that_does_not_arrive_is_given_up():
    started = time.monotonic()
    with pytest.raises(SlowBodyError):
        read(Sent(b"a", pause_s=60), 1, timeout_s=0.2)
    assert time.monotonic() - started < 30


def test_a_body_that_goes_on_arriving_may_take_longer(monkeypatch):
    monkeypatch.setattr(bodies, "SLOWEST", 1)
    assert read(Sent(*[b"abc"] * 4, pause_s=0.1), None, timeout_s=0.2) == b"abc" * 4
