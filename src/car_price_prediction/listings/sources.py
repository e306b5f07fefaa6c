"""Which files are meant: paths, folders, patterns, addresses and standard input become files on disk."""

from __future__ import annotations

import glob
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.package.manifest import Source

from .fetch import fetch, is_address

TEXTS = {".csv", ".tsv", ".tab", ".txt", ".psv", ".dsv", ".json", ".jsonl", ".ndjson"}
TABLES = {".parquet", ".pq", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}
PACKED = {".gz", ".zip", ".tar", ".tgz", ".zst", ".bz2", ".xz"}
SUFFIXES = frozenset(TEXTS | TABLES | PACKED)
"""What is taken from a folder or an archive; a file that is named is read whatever its name ends in."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many bytes of it are done, and how many there are (0 where unknown)."""


@dataclass(frozen=True, slots=True)
class Given:
    """One file to read: where it is, its name without folders, and whether it was named or only found."""

    path: Path
    name: str
    found: bool = False


def find_files(paths: Sequence[str], folder: Path, progress: Progress | None = None) -> list[Given]:
    """Return the files that the paths mean, in their order; each file once.

    Parameters
    ----------
    paths : sequence of str
        Files, folders, patterns such as ``data/*.csv``, ``http(s)://`` addresses, or ``-`` for standard input.
    folder : pathlib.Path
        Where downloads and standard input are put.
    progress : callable, optional
        Told about downloads.

    Raises
    ------
    ListingsError
        Naming every path that leads nowhere.

    Examples
    --------
    >>> find_files(["no-such-file.csv"], Path("."))
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.ListingsError: no-such-file.csv: there is no such file
    """
    files: dict[Path, Given] = {}
    problems: list[ListingsError] = []
    for path in paths:
        try:
            for given in _find(str(path), folder, progress):
                files.setdefault(given.path.resolve(), given)
        except ListingsError as error:
            problems.append(error)
        except OSError as error:
            problems.append(ListingsError(f"{path}: {(error.strerror or str(error)).lower()}"))
    if problems:
        raise ListingsError("; ".join(p.message for p in problems), hint=next((p.hint for p in problems if p.hint), ""))
    if not files:
        raise ListingsError("no file was given", hint="name a file, a folder, an address or - for standard input")
    return list(files.values())


def _find(path: str, folder: Path, progress: Progress | None) -> Iterator[Given]:
    if path == "-":
        yield _from_standard_input(folder)
    elif is_address(path):
        found = fetch(path, folder, progress)
        yield Given(found, found.name.split("-", 1)[-1])
    elif Path(path).is_dir():
        yield from _in_folder(Path(path))
    elif Path(path).exists():
        yield Given(Path(path), Path(path).name)
    elif glob.has_magic(path):
        yield from _matching(path)
    else:
        raise ListingsError(f"{path}: there is no such file", hint="check the path; patterns such as *.csv work too")


def _in_folder(folder: Path) -> Iterator[Given]:
    names = sorted(p for p in folder.iterdir() if p.is_file() and is_listing_name(p.name))
    if not names:
        raise ListingsError(f"{folder}: the folder holds no listings files", hint="they end in .csv, .parquet, .xlsx …")
    yield from (Given(p, p.name, found=True) for p in names)


def _matching(pattern: str) -> Iterator[Given]:
    names = sorted(Path(p) for p in glob.glob(pattern, recursive=True))  # noqa: PTH207 - takes absolute patterns
    files = [p for p in names if p.is_file()]
    if not files:
        raise ListingsError(f"{pattern}: no file matches")
    yield from (Given(p, p.name, found=True) for p in files)


def is_listing_name(name: str) -> bool:
    """Tell whether a file of this name may hold listings.

    Examples
    --------
    >>> [is_listing_name(name) for name in ("audi.CSV", "cars.csv.gz", "README.md", ".hidden.csv", "~$cars.xlsx")]
    [True, True, False, False, False]
    """
    return not name.startswith((".", "~$", "__")) and Path(name).suffix.lower() in SUFFIXES


def _from_standard_input(folder: Path) -> Given:
    path = folder / "standard-input"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return Given(path, "stdin")


def source_of(given: Given) -> Source:
    """Return a file's name, size and sha256.

    Raises
    ------
    ListingsError
        Where it cannot be read.
    """
    try:
        with given.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ListingsError(f"{given.name}: {(error.strerror or str(error)).lower()}") from None
    return Source(name=given.name, bytes=given.path.stat().st_size, sha256=digest)
