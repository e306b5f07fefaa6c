"""The way in: files of any usual kind become one raw table."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from car_price_prediction.domain.errors import ListingsError

from .cells import RawTable
from .kinds import read_part
from .pieces import Store
from .sources import Given, Progress, find_files, source_of
from .table import PartTable
from .unite import unite
from .unpack import MAX_BYTES, open_parts

__all__ = ["RawTable", "read_listings"]


def read_listings(
    paths: Sequence[str], *, progress: Progress | None = None, cache: Path | None = None, most_bytes: int = MAX_BYTES
) -> RawTable:
    r"""Read listings files into one table of text; beyond some size it is on disk.

    Parameters
    ----------
    paths : sequence of str
        Files, folders, patterns such as ``data/*.csv``, ``http(s)://`` addresses (``…#sha256=…`` is checked), or ``-``
        for standard input. CSV and its kin in any usual encoding, JSON, Parquet and Excel; compressed or in a zip.
    progress : callable, optional
        Called with what is being read, the bytes done and the bytes in all (0 where unknown).
    cache : pathlib.Path, optional
        Folder that downloads are kept in, and taken up again from; without one they are read and forgotten.
    most_bytes : int
        A file may grow to when it is decompressed.

    Raises
    ------
    ListingsError
        Where a file is missing, empty, no table, damaged, or too large once it is decompressed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "cars.csv").write_text("make;price\nAudi;9000\n")
    ...     table = read_listings([f"{folder}/cars.csv"])
    >>> table.frame.columns, table.frame.rows()
    (['make', 'price', '_source', '_row'], [('Audi', '9000', 'cars.csv', 1)])
    >>> table.notes
    ('read as UTF-8', 'separator semicolon')
    """
    with contextlib.ExitStack() as stack:
        folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="car-price-")))
        folder.mkdir(parents=True, exist_ok=True)
        files = find_files(paths, folder, progress)
        sources, parts, problems, store = [], [], [], Store()
        for given in files:
            sources.append(source_of(given))
            for part in _read(given, store, progress, most_bytes):
                if isinstance(part, PartTable):
                    parts.append(part)
                else:
                    problems.append(part)
    notes = _judge(parts, problems)
    return unite(parts, tuple(sources), notes)


def _read(
    given: Given, store: Store, progress: Progress | None, most_bytes: int
) -> Iterator[PartTable | tuple[bool, ListingsError]]:
    size = given.path.stat().st_size
    if not size:
        yield given.found, ListingsError(f"{given.name} is empty")
        return

    def tick(done: int) -> None:
        if progress:
            progress(f"reading {given.name}", done, size)

    try:
        for stream in open_parts(given.path, given.name, tick, found=given.found, most_bytes=most_bytes):
            try:
                for part in read_part(stream, store):
                    part.named = part.named and not stream.found
                    yield part
            except ListingsError as error:
                yield stream.found, error
    except ListingsError as error:
        yield given.found, error


def _judge(parts: list[PartTable], problems: list[tuple[bool, ListingsError]]) -> list[str]:
    """Let no named file be unreadable; return a note for each one found among others that is."""
    errors = [error for found, error in problems if not found or not parts]
    if errors:
        raise ListingsError("; ".join(e.message for e in errors), hint=next((e.hint for e in errors if e.hint), ""))
    return [f"left out: {error.message}" for _, error in problems]
