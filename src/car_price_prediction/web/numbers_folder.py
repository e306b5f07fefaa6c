"""The folder in memory where all worker processes write their numbers."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from car_price_prediction.domain.errors import SettingsError

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of this user's own is made there
LOCK = "lock"
OURS = re.compile(r"(counter|histogram|gauge_[a-z]+)_([0-9]+|ended)\.(db|new)")
ASIDE = "set CAR_PRICE_METRICS_FOLDER to another, or CAR_PRICE_METRICS=off"


def default_folder(port: int) -> Path:
    """Return the folder of the server on a port: in memory, where the system has such a place.

    Examples
    --------
    >>> default_folder(5000).name.startswith("car-price-metrics-"), default_folder(5000) == default_folder(5001)
    (True, False)
    """
    base = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    return base / f"car-price-metrics-{os.getuid()}-{port}"


def prepare_folder(folder: Path) -> None:
    """Make the folder, or empty it of what a server before left; called before any worker begins.

    Raises
    ------
    SettingsError
        Where it cannot be made, or is somebody else's.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != os.getuid():
            raise SettingsError(f"{folder} is not a folder of this user's own", hint=ASIDE)
        _empty(folder)
        (folder / LOCK).touch(mode=0o600)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be used: {error.strerror}", hint=ASIDE) from None


def remove_folder(folder: Path) -> None:
    """Remove it, when every worker has ended; where somebody else's files are in it, only what is ours."""
    with suppress(OSError):
        _empty(folder)
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()


def _empty(folder: Path) -> None:
    for file in folder.glob("*"):
        if OURS.fullmatch(file.name):
            file.unlink(missing_ok=True)
