"""The data folder of a model: what it was trained on and what was rejected, kept beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

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
