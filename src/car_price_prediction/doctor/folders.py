"""Folders: what must be written to can be, and there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .context import Context
from .finding import Finding, failed, ok

NEEDED_BYTES = 500_000_000
OWNER_HINT = "let its owner be the user that runs this, or set {variable} to another folder"


def artifacts_writable(context: Context) -> Finding:
    """Look whether new versions can be published."""
    return _writable(context.settings.artifacts, "CAR_PRICE_ARTIFACTS")


def logs_writable(context: Context) -> Finding:
    """Look whether the log can be written."""
    return _writable(context.settings.logs, "CAR_PRICE_LOGS")


def disk_space(context: Context) -> Finding:
    """Look whether there is room for a few more versions."""
    folder = _nearest(context.settings.artifacts)
    free = shutil.disk_usage(folder).free
    message = f"{free / 1e9:.1f} GB are free on the disk of {context.settings.artifacts}"
    if free < NEEDED_BYTES:
        return failed(f"{message}, {NEEDED_BYTES / 1e9:.1f} GB are needed", "make room, or keep fewer models")
    return ok(message)


def _writable(folder: Path, variable: str) -> Finding:
    hint = OWNER_HINT.format(variable=variable)
    try:
        if not folder.exists():
            nearest = _nearest(folder)
            if not os.access(nearest, os.W_OK | os.X_OK):
                return failed(f"{folder} is not there and cannot be made in {nearest}", hint)
            return ok(f"{folder} is not there yet; it can be made")
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return failed(f"{folder} cannot be written to ({(error.strerror or str(error)).lower()})", hint)
    return ok(f"{folder} can be written to")


def _nearest(folder: Path) -> Path:
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
