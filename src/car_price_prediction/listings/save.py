"""The data folder of a model: what it was trained on and what was rejected, kept beside it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import polars as pl

from car_price_prediction.package.files import new_folder

from .loaded import Loaded
from .report import build_report

FILES = ("listings.parquet", "rejected.parquet", "report.json")


def save_data(loaded: Loaded, artifacts: Path) -> Path:
    """Write ``artifacts/data/<fingerprint>/``, whole or not at all; what is there already is reused.

    Returns
    -------
    Path
        The folder, with ``listings.parquet``, ``rejected.parquet`` and ``report.json``.
    """
    folder = artifacts / "data" / loaded.fingerprint
    if _complete(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = new_folder(folder.parent, ".new-")
    try:
        loaded.listings.write_parquet(work / FILES[0])
        loaded.rejected.write_parquet(work / FILES[1])
        report = json.dumps(build_report(loaded).as_dict(), indent=1, ensure_ascii=False)
        (work / FILES[2]).write_text(report, encoding="utf-8")
        _move(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def write_rejected(rejected: pl.DataFrame, path: Path) -> None:
    """Write rejected rows: the file, row number, reason and detail, then their cells as they were.

    Parameters
    ----------
    rejected : DataFrame
        Of `Loaded`.
    path : Path
        Ends in .csv or .parquet. A file that is there is replaced once the new one is whole.
    """
    handle, work = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            if path.suffix.lower() == ".parquet":
                rejected.write_parquet(file)
            else:
                rejected.write_csv(file)
        Path(work).chmod(0o644)
        Path(work).replace(path)
    finally:
        Path(work).unlink(missing_ok=True)


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def _move(work: Path, folder: Path) -> None:
    if folder.exists() and not _complete(folder):
        shutil.rmtree(folder)
    try:
        work.rename(folder)
    except OSError:
        # Another process was faster; the same fingerprint holds the same rows.
        if not _complete(folder):
            raise
