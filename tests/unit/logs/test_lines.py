import json
import logging
import os
import select
import signal
import threading
import time

import pytest

from car_price_prediction.logs import lines as module
from car_price_prediction.logs.lines import LinesHandler
from car_price_prediction.logs.shared_file import SharedFile

WAIT_S = 20.0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lines.log"


@pytest.fixture
def handler(path):
    return LinesHandler(SharedFile(path, max_bytes=10**9, keep=1), to_output=False)


def written(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def messages(path):
    return [line["message"] for line in written(path)]


def record(message):
    return logging.LogRecord("here", logging.INFO, __file__, 1, message, (), None)


def test_a_line_waits_for_others_and_is_written_soon(handler, path):
    handler.write(logging.INFO, "requests", "GET / 200", {"ms": 1.5})
    deadline = time.monotonic() + WAIT_S
    while not path.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (line,) = written(path)
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "INFO", "logger": "requests", "message": "GET / 200", "ms": 1.5}


def test_lines_that_wait_stand_before_a_record_that_came_later(handler, path):
    handler.write(logging.INFO, "requests", "first", {})
    handler.emit(record("second"))
    handler.write(logging.INFO, "requests", "third", {})
    handler.flush()
    assert messages(path) == ["first", "second", "third"]


def test_a_warning_does_not_wait(handler, path):
    handler.write(logging.INFO, "requests", "GET / 200", {})
    handler.write(logging.WARNING, "requests", "GET / 503", {})
    assert messages(path) == ["GET / 200", "GET / 503"]


def test_many_lines_do_not_wait_either(handler, path, monkeypatch):
    monkeypatch.setattr(module, "WAIT_S", 3_600)
    for number in range(module.MOST_WAITING):
        handler.write(logging.INFO, "requests", str(number), {})
    assert len(messages(path)) == module.MOST_WAITING


def test_no_line_of_many_threads_is_lost_or_torn(handler, path):
    def write(name):
        for number in range(2_000):
            handler.write(logging.INFO, "requests", f"{name}-{number}", {})

    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    handler.flush()
    found = messages(path)
    for name in "abcd":
        assert [line for line in found if line.startswith(name)] == [f"{name}-{number}" for number in range(2_000)]


def test_lines_that_waited_together_fill_no_file_to_more_than_twice_its_size(path):
    handler = LinesHandler(SharedFile(path, max_bytes=1_000, keep=1_000), to_output=False)
    for number in range(200):
        handler.write(logging.INFO, "here", f"line {number}", {})
    handler.close()
    files = list(path.parent.glob("lines.log*"))
    assert max(file.stat().st_size for file in files) <= 2_000
    assert sorted(message for file in files for message in messages(file)) == sorted(f"line {n}" for n in range(200))


def test_standard_output_gets_whole_lines_in_pieces_that_a_pipe_keeps_together(monkeypatch):
    pieces = []
    monkeypatch.setattr(os, "write", lambda _, block: pieces.append(block) or len(block))
    monkeypatch.setattr(module.sys, "stdout", type("Output", (), {"fileno": staticmethod(lambda: 1)})())
    handler = LinesHandler(None, to_output=True)
    monkeypatch.setattr(handler, "_flusher", threading.current_thread())  # nobody else flushes
    for number in range(100):
        handler.write(logging.INFO, "requests", "x" * number, {})
    handler.write(logging.INFO, "requests", "x" * 2 * select.PIPE_BUF, {})
    handler.flush()
    assert all(piece.endswith(b"\n") for piece in pieces)
    assert [len(json.loads(line)["message"]) for line in b"".join(pieces).splitlines()] == [
        *range(100),
        2 * select.PIPE_BUF,
    ]
    assert [len(piece) > select.PIPE_BUF for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert len(pieces) < 10


def test_a_child_process_waits_for_no_lock_of_its_parent_and_writes_no_line_of_its(handler, path):
    handler._flusher = threading.current_thread()  # nobody else flushes
    handler.write(logging.INFO, "requests", "the parent's", {})
    with handler._flushing, handler._file._lock:
        child = os.fork()
        if not child:
            handler.emit(record("the child's"))
            os._exit(0)
        deadline = time.monotonic() + WAIT_S
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                raise AssertionError("it hangs")
            time.sleep(0.01)
    handler.flush()
    assert messages(path) == ["the child's", "the parent's"]


def test_without_a_thread_lines_are_written_at_once(handler, path, monkeypatch):
    def start(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        handler.write(logging.INFO, "requests", "first", {})
    assert messages(path) == ["first"]
    handler.write(logging.INFO, "requests", "second", {})
    handler.flush()
    assert messages(path) == ["first", "second"]


def test_one_that_is_closed_writes_what_waits_and_later_lines_at_once(handler, path):
    handler.write(logging.INFO, "requests", "first", {})
    flusher = handler._flusher
    handler.close()
    flusher.join(WAIT_S)
    handler.write(logging.INFO, "requests", "second", {})
    assert not flusher.is_alive()
    assert messages(path) == ["first", "second"]
