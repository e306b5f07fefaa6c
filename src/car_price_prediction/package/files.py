"""Files that are replaced whole or not at all, and their hashes."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as lower-case hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     sha256_of(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_file(path: Path, content: str | bytes) -> None:
    """Write a file such that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        Its folder must exist.
    content : str or bytes
        Text is written as UTF-8.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        # Not `tempfile`, whose files only their owner reads: another user may serve what this one trained.
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def new_folder(parent: Path, prefix: str) -> Path:
    """Make a folder under a new name, with the permissions that the umask and `parent` give any other.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     new_folder(Path(folder), ".draft-").name[:7]
    '.draft-'
    """
    folder = parent / f"{prefix}{secrets.token_hex(6)}"
    folder.mkdir()
    return folder


def append_line(path: Path, line: str) -> None:
    """Add a line to a file and flush it to the disk; one that was cut short before it stays a line of its own.

    Parameters
    ----------
    path : Path
        Made where it is not there; only one process at a time may append.
    line : str
        Without a line end.
    """
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
        cut_short = bool(end) and file.read(1) != b"\n"
        file.write(b"\n" * cut_short + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Flush every file of a folder, and the folder, to the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)
