"""A file of lines that several processes write and rename away when it is full; no line is lost or torn."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import WeakSet

MODE = 0o666
"""Less the process's umask, as for any file."""
_files: WeakSet[SharedFile] = WeakSet()


class SharedFile:
    r"""One process's way to the file.

    Each call is one ``write`` to a file opened for appending, which the system keeps apart from others'. A full
    file is renamed to ``NAME.1``, what was ``NAME.1`` to ``NAME.2``, and so on. Another process goes on writing to the
    renamed file until it notices, right after its line: that line is in ``NAME.1`` then. Nobody ever waits for a lock
    that another process holds, for that process may have been stopped.

    Parameters
    ----------
    path : Path
        Made when the first line is written; its folder, when this is constructed.
    max_bytes : int
        A larger file is renamed away, so that each holds at most this and what is written to it at once.
    keep : int
        How many renamed files are kept; at least one.

    Raises
    ------
    OSError
        Where the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = SharedFile(Path(folder) / "lines.log", max_bytes=10, keep=1)
    ...     for line in (b"first line\n", b"second\n"):
    ...         file.write(line)
    ...     [path.read_text() for path in sorted(Path(folder).glob("lines*"))]
    ['second\n', 'first line\n']
    """

    def __init__(self, path: Path, *, max_bytes: int, keep: int) -> None:
        self.max_bytes = max_bytes
        self._path, self._keep = path, keep
        self._renew()
        _files.add(self)
        self._cut_short = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open()

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def write(self, line: bytes) -> None:
        """Add lines, with their line ends; where the disk is full they are dropped, for nobody waits for a log."""
        with self._lock, suppress(OSError):
            self._append(line)
            found = os.fstat(self._file)
            if not found.st_nlink:
                # So long renamed away that it has been deleted since: the line is in no file.
                self._reopen()
                self._append(line)
            elif found.st_size > self.max_bytes:
                self._rotate()
            elif found.st_ino != self._current_inode():
                self._reopen()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            os.close(self._file)

    def _append(self, line: bytes) -> None:
        if self._cut_short:
            line = b"\n" + line
        self._cut_short = os.write(self._file, line) < len(line)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)

    def _reopen(self) -> None:
        file = self._open()
        os.close(self._file)
        self._file = file

    def _current_inode(self) -> int:
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return 0

    def _rotate(self) -> None:
        with self._only_one_rotates() as mine:
            if mine and self._current_inode() == os.fstat(self._file).st_ino:
                for number in range(self._keep - 1, 0, -1):
                    with suppress(FileNotFoundError):
                        self._numbered(number).replace(self._numbered(number + 1))
                self._path.replace(self._numbered(1))
        if self._current_inode() != os.fstat(self._file).st_ino:
            self._reopen()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    @contextmanager
    def _only_one_rotates(self) -> Iterator[bool]:
        file = os.open(self._path.with_name(f".{self._path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(file)


def _renew_all() -> None:
    """Give a child process locks of its own: a thread of its parent that held one is not there to give it back."""
    for file in _files:
        file._renew()


os.register_at_fork(after_in_child=_renew_all)
