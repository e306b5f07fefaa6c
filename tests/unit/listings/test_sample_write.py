from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.sample import sample_chunks
from car_price_prediction.listings.sample_write import replacing, writer_for

ENDINGS = [".csv", ".csv.gz", ".parquet"]


def write(path: Path, chunk_rows: int = 300) -> bytes:
    with replacing(path) as file:
        writer_for(path.name)(sample_chunks(1_000, 1, chunk_rows=chunk_rows), file)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_are_the_same_byte_for_byte_whatever_the_chunks(tmp_path: Path, ending: str) -> None:
    assert write(tmp_path / f"a{ending}") == write(tmp_path / f"b{ending}", chunk_rows=77)


def test_all_formats_hold_the_same_listings(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.csv")
    assert gzip.decompress(write(tmp_path / "a.csv.gz")) == plain
    write(tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet").write_csv().encode() == plain


def test_there_is_one_header(tmp_path: Path) -> None:
    lines = write(tmp_path / "a.csv").decode().splitlines()
    assert len(lines) == 1_001
    assert [line.startswith("id,") for line in lines].count(True) == 1


def test_a_failure_keeps_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    def failing() -> Iterator[pl.DataFrame]:
        yield next(iter(sample_chunks(10, 1)))
        raise KeyboardInterrupt

    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        writer_for("a.csv")(failing(), file)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.csv", "old")]


def test_others_may_read_the_file_as_any_other(tmp_path: Path) -> None:
    write(tmp_path / "a.csv")
    (tmp_path / "usual").touch()
    assert (tmp_path / "a.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_missing_folder_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="no folder"), replacing(tmp_path / "no" / "a.csv"):
        pass
    with pytest.raises(ListingsError, match="is a folder"), replacing(tmp_path):
        pass
