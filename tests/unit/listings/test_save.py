from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.listings import save as module
from car_price_prediction.listings.save import save_data
from support.market import loaded_market

BAD = ["1", "Kia", "Rio", "2015", "80000", "1", "Petrol"]


def test_listings_rejected_rows_and_report_are_kept(tmp_path: Path):
    loaded = loaded_market(BAD)
    folder = save_data(loaded, tmp_path)
    assert folder == tmp_path / "data" / "0123456789abcdef"
    assert pl.read_parquet(folder / "listings.parquet").equals(loaded.listings)
    assert pl.read_parquet(folder / "rejected.parquet").equals(loaded.rejected)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["rows_read"] == 121


def test_the_same_data_is_written_once(tmp_path: Path):
    first = save_data(loaded_market(), tmp_path) / "report.json"
    before = first.stat().st_mtime_ns
    save_data(loaded_market(), tmp_path)
    assert first.stat().st_mtime_ns == before


def test_other_data_has_another_folder(tmp_path: Path):
    one, two = save_data(loaded_market(), tmp_path), save_data(replace(loaded_market(), fingerprint="ff"), tmp_path)
    assert one != two
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_a_half_written_folder_is_replaced(tmp_path: Path):
    folder = save_data(loaded_market(), tmp_path)
    (folder / "report.json").unlink()
    save_data(loaded_market(), tmp_path)
    assert (folder / "report.json").is_file()


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full_disk(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "build_report", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_data(loaded_market(), tmp_path)
    assert list((tmp_path / "data").iterdir()) == []


def test_whoever_comes_second_uses_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = save_data(loaded_market(), tmp_path)
    seen = iter([False, True, True])
    monkeypatch.setattr(module, "_complete", lambda _: next(seen))
    assert save_data(loaded_market(), tmp_path) == folder
    assert [path.name for path in (tmp_path / "data").iterdir()] == [folder.name]
