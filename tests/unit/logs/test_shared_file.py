import fcntl
import os
import subprocess
import sys
import threading

import pytest

from car_price_prediction.logs.shared_file import SharedFile

WRITER = """
import sys
from pathlib import Path
from car_price_prediction.logs.shared_file import SharedFile
path, name, keep = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
file = SharedFile(path, max_bytes=3_000, keep=keep)
for number in range(1_500):
    file.write(f"{name} {number} {'x' * (number % 50)}\\n".encode())
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "logs" / "lines.log"


def files_of(path):
    return sorted(path.parent.glob("lines.log*"))


def test_processes_that_write_and_rename_at_once_lose_and_tear_nothing(path):
    command = [sys.executable, "-c", WRITER, str(path)]
    processes = [subprocess.Popen([*command, name, "1000"]) for name in "abcd"]
    assert [process.wait(120) for process in processes] == [0] * 4
    lines = [line for file in files_of(path) for line in file.read_text().splitlines()]
    wanted = [f"{name} {number} {'x' * (number % 50)}" for name in "abcd" for number in range(1_500)]
    assert sorted(lines) == sorted(wanted)
    assert len(files_of(path)) > 2


def test_threads_share_one(path):
    file = SharedFile(path, max_bytes=500, keep=1_000)

    def write(name):
        for number in range(300):
            file.write(f"{name} {number}\n".encode())

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [line for found in files_of(path) for line in found.read_text().splitlines()]
    assert sorted(lines) == sorted(f"{name} {number}" for name in "abcd" for number in range(300))


def test_only_so_many_are_kept_and_the_newest_lines_are_in_them(path):
    file = SharedFile(path, max_bytes=100, keep=3)
    for number in range(1_000):
        file.write(f"{number:09}\n".encode())
    assert [found.name for found in files_of(path)] == ["lines.log", "lines.log.1", "lines.log.2", "lines.log.3"]
    assert (path.parent / "lines.log.1").read_text().endswith("000000999\n") or path.read_text().endswith("000000999\n")
    assert all(found.stat().st_size <= 110 for found in files_of(path))


def test_another_process_renamed_the_file_and_the_next_line_but_one_is_in_the_new_one(path):
    file = SharedFile(path, max_bytes=1_000, keep=1)
    file.write(b"first\n")
    path.rename(path.with_name("lines.log.1"))
    file.write(b"second\n")
    file.write(b"third\n")
    assert path.with_name("lines.log.1").read_text() == "first\nsecond\n"
    assert path.read_text() == "third\n"


def test_the_file_was_deleted_and_the_line_is_written_anew(path):
    file = SharedFile(path, max_bytes=1_000, keep=1)
    file.write(b"first\n")
    path.unlink()
    file.write(b"second\n")
    assert path.read_text() == "second\n"


def test_nobody_waits_for_one_who_was_stopped_while_he_renamed(path):
    file = SharedFile(path, max_bytes=10, keep=1)
    with path.with_name(".lines.log.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for _ in range(5):
            file.write(b"a line\n")
        assert path.read_text() == "a line\n" * 5
    file.write(b"a line\n")
    assert path.with_name("lines.log.1").read_text() == "a line\n" * 6


def test_a_full_disk_fails_nobody_and_the_line_after_it_is_whole(path, monkeypatch):
    file = SharedFile(path, max_bytes=1_000, keep=1)
    write = os.write
    monkeypatch.setattr("os.write", lambda handle, data: write(handle, data[:3]))
    file.write(b"first\n")
    monkeypatch.setattr("os.write", write)
    file.write(b"second\n")
    assert path.read_text() == "fir\nsecond\n"

    def refuse(handle, data):
        raise OSError("no space left")

    monkeypatch.setattr("os.write", refuse)
    file.write(b"third\n")


def test_the_files_mode_is_left_to_the_umask(path):
    before = os.umask(0o002)
    try:
        SharedFile(path, max_bytes=10, keep=1).write(b"a line that is long\n")
    finally:
        os.umask(before)
    assert {file.stat().st_mode & 0o777 for file in files_of(path)} == {0o664}
