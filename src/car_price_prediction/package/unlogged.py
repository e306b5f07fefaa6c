"""The versions that MLflow was not told of, or not wholly: a small file each, until it is."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from .files import replace_file
from .store import ModelStore

FOLDER = "unlogged"


class Unlogged:
    """Keeps in mind which versions of a store are still to be logged.

    Parameters
    ----------
    store : ModelStore

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Unlogged(ModelStore(Path(folder))).versions()
    []
    """

    def __init__(self, store: ModelStore) -> None:
        self._store, self._folder = store, store.artifacts / FOLDER

    def versions(self) -> list[str]:
        """Return the versions that are still to be logged and still there, oldest first."""
        if not self._folder.is_dir():
            return []
        noted = {path.name for path in self._folder.iterdir()}
        return [version for version in self._store.versions() if version in noted]

    def add(self, version: str, why: str) -> None:
        """Note that a version is not logged, and why."""
        self._folder.mkdir(exist_ok=True)
        replace_file(self._folder / version, f"{why}\n")

    def drop(self, version: str) -> None:
        """Forget a version: it is logged, or gone."""
        (self._folder / version).unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Log alone among all processes; one that is killed lets go."""
        self._folder.mkdir(exist_ok=True)
        with (self._folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
