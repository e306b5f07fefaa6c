"""The listings files of watched folders and addresses: those that are whole, and those that are still being written."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.fetch import is_address
from car_price_prediction.listings.sources import find_files, is_listing_name
from car_price_prediction.package.files import sha256_of

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Watched:
    """A file that is whole.

    Attributes
    ----------
    path : Path
        Where it is read; its last part is its name.
    bytes : int
    sha256 : str
        By this a file is known again, whatever it is called and wherever it lies.
    written : float
        When it was last written to, in seconds since 1970.
    """

    path: Path
    bytes: int
    sha256: str
    written: float

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found.

    Attributes
    ----------
    files : tuple of Watched
        In the order of their names, each content once.
    growing : tuple of str
        Names of files that changed meanwhile: they are for a later look.
    problems : tuple of str
        Places that cannot be looked at, and why.
    """

    files: tuple[Watched, ...] = ()
    growing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Watch:
    """Looks at places that listings come to.

    Parameters
    ----------
    places : sequence of str
        Folders, and ``http(s)://`` addresses.
    folder : Path
        For what is fetched, kept from one look to the next: what has not changed is not fetched again.
    settle_s : float
        A file that was written to more recently is looked at again after so long; it is whole where it is
        the same then.
    sleep : callable
        Waits for so many seconds.
    """

    def __init__(
        self, places: Sequence[str], folder: Path, settle_s: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._places, self._folder, self._settle_s, self._sleep = places, folder, settle_s, sleep

    def look(self) -> Seen:
        """Return what is there and whole; a place that cannot be looked at does not keep the others from it."""
        fetched: list[Path] = []
        found: list[Path] = []
        problems = []
        for number, place in enumerate(self._places):
            try:
                if is_address(place):
                    fetched += self._fetched(place, number)
                else:
                    found += _listing_files(Path(place))
            except ListingsError as error:
                problems.append(error.message)
            except OSError as error:
                problems.append(f"{place}: {(error.strerror or str(error)).lower()}")
        settled, growing = self._settled(found)
        whole: dict[str, Watched] = {}
        for path in (*settled, *fetched):
            try:
                one = _hashed(path)
            except OSError as error:
                problems.append(f"{path}: {(error.strerror or str(error)).lower()}")
                continue
            if one is None:
                growing.append(path.name)
            else:
                whole.setdefault(one.sha256, one)
        return Seen(tuple(whole.values()), tuple(growing), tuple(problems))

    def _fetched(self, address: str, number: int) -> Iterator[Path]:
        self._folder.mkdir(parents=True, exist_ok=True)
        for given in find_files([address], self._folder):
            # Under the name that it has at its address, which the model card will tell.
            named = self._folder / f"named-{number}" / given.name
            shutil.rmtree(named.parent, ignore_errors=True)
            named.parent.mkdir()
            try:
                os.link(given.path, named)
            except OSError:
                shutil.copy2(given.path, named)
            yield named

    def _settled(self, files: Sequence[Path]) -> tuple[list[Path], list[str]]:
        """Return the files that do not change, and the names of those that do or are gone."""
        before = {path: _stamp(path) for path in files}
        # A clock may be wrong, of another machine above all: what lies in the future is young too.
        if any(not 0 <= time.time() - path.stat().st_mtime >= self._settle_s for path in files if _stamp(path)):
            self._sleep(self._settle_s)
        settled = [path for path in files if before[path] is not None and _stamp(path) == before[path]]
        return settled, [path.name for path in files if path not in settled]


def _listing_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ListingsError(f"{folder}: there is no such folder")
    return sorted(path for path in folder.iterdir() if is_listing_name(path.name) and path.is_file())


def _stamp(path: Path) -> Stamp | None:
    with suppress(OSError):
        found = path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino
    return None


def _hashed(path: Path) -> Watched | None:
    """Return a file with its hash; None where it changed while it was read."""
    before = _stamp(path)
    sha256 = sha256_of(path)
    if before is None or _stamp(path) != before:
        return None
    return Watched(path, before[0], sha256, before[1] / 1e9)
