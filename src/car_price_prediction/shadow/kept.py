"""The tallies of all processes, in files below the artifacts folder."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from car_price_prediction.package.files import replace_file

from .tally import Tally, added_up

FOLDER = "shadow"


class TallyFile:
    """What one process counts of two versions; where it was there before, it goes on.

    Parameters
    ----------
    artifacts : Path
    challenger, champion : str
    """

    def __init__(self, artifacts: Path, challenger: str, champion: str) -> None:
        # Processes that live at once have names of their own, also those of several containers.
        name = f"{socket.gethostname()}-{os.getpid()}.json"
        self._path = artifacts / FOLDER / challenger / champion / name
        self.tally = _read(self._path) or Tally(champion=champion, challenger=challenger)

    def save(self) -> None:
        """Write it down."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._path, self.tally.model_dump_json())


def read_tally(artifacts: Path, challenger: str, champion: str) -> Tally | None:
    """Return what all processes counted of two versions; None where none has."""
    return added_up(_all(artifacts / FOLDER / challenger / champion))


def forget(artifacts: Path, version: str) -> None:
    """Remove what was counted of a version that is gone."""
    shutil.rmtree(artifacts / FOLDER / version, ignore_errors=True)


def _all(folder: Path) -> Iterator[Tally]:
    if folder.is_dir():
        for path in sorted(folder.glob("*.json")):
            if (found := _read(path)) is not None:
                yield found


def _read(path: Path) -> Tally | None:
    try:
        return Tally.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
