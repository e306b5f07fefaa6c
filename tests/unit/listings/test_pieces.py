from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.listings.pieces import Store

ROWS = pl.DataFrame({"c0": ["Audi", "BMW", None], "c1": ["1", "2", "3"]})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("free_bytes", [0, 1 << 20])
def test_rows_are_read_as_they_were_put(free_bytes: int):
    piece = Store(free_bytes).put(ROWS)
    assert (piece.height, piece.columns) == (3, {"c0", "c1"})
    assert piece.read().equals(ROWS)
    assert piece.read(["c1"], start=1, length=1).rows() == [("2",)]


def test_few_rows_need_no_disk(folder: Path):
    Store().put(ROWS)
    assert not list(folder.iterdir())


def test_nothing_stays_on_disk_once_the_rows_are_gone(folder: Path):
    piece = Store(0).put(ROWS)
    assert list(folder.rglob("*"))
    del piece
    gc.collect()
    assert not list(folder.iterdir())


def test_rows_are_put_away_without_being_held():
    piece = Store().put_lazily(ROWS.lazy().with_columns(pl.col("c1") + "0"))
    assert piece.read(["c1"]).to_series().to_list() == ["10", "20", "30"]
