"""Which files were learnt from, kept so that none is trained on twice; and that only one retraining runs at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from car_price_prediction.domain.errors import RetrainingError
from car_price_prediction.package.files import replace_file

FILE, LOCK = "state.json", ".lock"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Learnt(_Part):
    """A file that a version learnt from.

    Attributes
    ----------
    name : str
    at : datetime
    version : str
    """

    name: str
    at: datetime
    version: str


class UnderWay(_Part):
    """A training that has begun; still there where it was interrupted.

    Attributes
    ----------
    at : datetime
    files : tuple of str
        The sha256 of each.
    """

    at: datetime
    files: tuple[str, ...]


class State(_Part):
    """All that is remembered.

    Attributes
    ----------
    files : dict of str to Learnt
        By sha256.
    under_way : UnderWay or None
    """

    files: dict[str, Learnt] = {}
    under_way: UnderWay | None = None


class StateFile:
    """The file that holds the state.

    Parameters
    ----------
    folder : Path
        Of retraining, made where it is not there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = StateFile(Path(folder))
    ...     file.write(State())
    ...     file.read()
    State(files={}, under_way=None)
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / FILE

    def read(self) -> State:
        """Return what is remembered; nothing where it never was.

        Raises
        ------
        RetrainingError
            Where the file is damaged: to go on without it might train on all files anew.
        """
        try:
            return State.model_validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return State()
        except ValidationError:
            raise RetrainingError(
                f"{self._file} cannot be read: it is not the state of a retraining",
                hint="restore it from a backup, or delete it: files are then known by the versions that are there",
            ) from None

    def write(self, state: State) -> None:
        """Replace what is remembered."""
        self._folder.mkdir(parents=True, exist_ok=True)
        replace_file(self._file, state.model_dump_json(indent=1))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Retrain alone among all processes; one that is killed lets go.

        Raises
        ------
        RetrainingError
            Where another one is at it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RetrainingError(
                    f"another retraining is at work in {self._folder}", hint="wait for it; its report tells what came"
                ) from None
            yield
