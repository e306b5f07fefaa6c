"""Answers on their way into the database, in files of a folder that servers of the same models share.

A process adds to a file of its own, which it holds a lock on for as long as it lives, and hands it over by renaming it.
Whoever writes to the database takes the files that were handed over, and those whose process is dead.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

OPEN, FULL = ".part", ".rows"
FOLDER_MODE, FILE_MODE = 0o700, 0o600
"""What is in them may be about a person."""
LARGEST_BYTES = 524_288
"""A file of this size is handed over, whether or not the one before was taken: it is one transaction."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A file that was handed over.

    Attributes
    ----------
    path : Path
    book : str
        What its rows are: see `books.Book.name`.
    count : int
        How many there are.
    """

    path: Path
    book: str
    count: int


class Own:
    """The file that one process adds to.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    book : str

    Attributes
    ----------
    count : int
        Rows in it.
    """

    def __init__(self, folder: Path, book: str) -> None:
        self._folder, self._book = folder, book
        self._file: int | None = None
        self._path = self._handed_over = folder
        self.count = self._size = 0

    @property
    def ripe(self) -> bool:
        """Whether it is to be handed over: it is large, or nobody is behind with the one before."""
        return self.count > 0 and (self._size >= LARGEST_BYTES or not self._handed_over.is_file())

    def append(self, block: bytes, count: int) -> None:
        """Add whole lines.

        Raises
        ------
        OSError
            Then nothing of them is in the file.
        """
        file = self._file if self._file is not None else self._begin()
        left = memoryview(block)
        try:
            while left:
                left = left[os.write(file, left) :]
        except OSError:
            os.ftruncate(file, self._size)
            raise
        self._size += len(block)
        self.count += count

    def hand_over(self) -> None:
        """Let others have it; the next rows begin another."""
        if self._file is None:
            return
        full = self._path.with_name(f"{self._path.name.removesuffix(OPEN)}.{self.count}{FULL}")
        self._path.rename(full)
        os.close(self._file)
        self._handed_over, self._file = full, None
        self.count = self._size = 0

    def _begin(self) -> int:
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        while True:
            # By the time in front, the oldest comes first.
            path = self._folder / f"{self._book}.{time.time_ns() // 1_000:018d}-{secrets.token_hex(4)}{OPEN}"
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
            if _locked(file, path):
                self._file, self._path = file, path
                return file
            os.close(file)  # somebody took it for one that was left behind


class Claim:
    """The right to a segment, while this process lives: nobody else takes it."""

    def __init__(self, segment: Segment, file: int) -> None:
        self.segment, self._file = segment, file

    def rows(self) -> list[Any]:
        """Return its rows; lines that are no rows are left out."""
        with open(self._file, "rb", closefd=False) as file:
            file.seek(0)
            return [row for line in file for row in _rows_in(line)]

    def settle(self) -> None:
        """Remove it: it is in the database."""
        self.segment.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Leave it to others, as it is."""
        os.close(self._file)


def full_segments(folder: Path) -> list[Segment]:
    """Return what was handed over, the oldest first."""
    found = [segment for name in _names(folder) if (segment := _segment(folder, name)) is not None]
    return sorted(found, key=lambda one: one.path.name.partition(".")[2])


def claim(segment: Segment) -> Claim | None:
    """Take a segment; None where somebody else has."""
    with suppress(FileNotFoundError):
        file = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
        if _locked(file, segment.path):
            return Claim(segment, file)
        os.close(file)
    return None


def adopt(folder: Path) -> int:
    """Hand over the files of dead processes, but for a line that was cut short; return how many there were."""
    found = 0
    for name in _names(folder):
        path = folder / name
        if not name.endswith(OPEN):
            continue
        with suppress(FileNotFoundError):
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                if _locked(file, path):
                    _adopt(path, file)
                    found += 1
            finally:
                os.close(file)
    return found


def bytes_of(folder: Path) -> int:
    """Return what all files take."""
    total = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                total += entry.stat().st_size
    return total


def _adopt(path: Path, file: int) -> None:
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    count = sum(len(_rows_in(line)) for line in whole.splitlines())
    if not count:
        path.unlink()
        return
    os.ftruncate(file, len(whole))
    path.rename(path.with_name(f"{path.name.removesuffix(OPEN)}.{count}{FULL}"))


def _rows_in(line: bytes) -> Sequence[Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return ()
    return found if isinstance(found, list) else ()


def _names(folder: Path) -> Iterator[str]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        yield from [entry.name for entry in entries]


def _segment(folder: Path, name: str) -> Segment | None:
    book, _, rest = name.removesuffix(FULL).partition(".")
    count = rest.rpartition(".")[2]
    return Segment(folder / name, book, int(count)) if name.endswith(FULL) and count.isdecimal() else None


def _locked(file: int, path: Path) -> bool:
    """Lock a file, unless somebody else has, or removed or renamed it meanwhile."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
