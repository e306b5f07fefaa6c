from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.read import read_listings

CARS = "make,model,price\nAudi,A4,12500\nBMW,320d,15900\n"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def test_several_files_become_one_table(tmp_path: Path) -> None:
    write(tmp_path, one=CARS, two="price;make\n9000;VW\n")
    table = read_listings([str(tmp_path / "one.csv"), str(tmp_path / "two.csv")])
    assert table.frame.rows()[-1] == ("VW", None, "9000", "two.csv", 1)
    assert [source.name for source in table.sources] == ["one.csv", "two.csv"]
    assert "one.csv: separator comma" in table.notes


def test_what_cannot_be_read_in_a_folder_is_left_out_and_said(tmp_path: Path) -> None:
    write(tmp_path, one=CARS, two="", three="make,price\n")
    table = read_listings([str(tmp_path)])
    assert table.frame.height == 2
    assert "left out: two.csv is empty" in table.notes
    assert "left out: three.csv has a header but no rows" in table.notes


def test_a_folder_with_nothing_readable_is_refused(tmp_path: Path) -> None:
    write(tmp_path, two="", three="make,price\n")
    with pytest.raises(ListingsError, match=r"three.csv has a header but no rows; two.csv is empty"):
        read_listings([str(tmp_path)])


def test_every_named_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, one=CARS, two="")
    (tmp_path / "three.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ListingsError, match=r"two.csv is empty; three.csv is a picture"):
        read_listings([str(tmp_path / f"{name}.csv") for name in ("one", "two", "three")])


def test_progress_is_told(tmp_path: Path) -> None:
    write(tmp_path, one=CARS)
    told: list[tuple[str, int, int]] = []
    read_listings([str(tmp_path / "one.csv")], progress=lambda *what: told.append(what))
    assert told[-1] == ("reading one.csv", len(CARS), len(CARS))


def test_rows_over_several_blocks_keep_their_numbers_and_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("car_price_prediction.listings.unpack.BLOCK", 1 << 16)
    lines = [f'make {i},"model\n{i}",{i}' if i % 7 else f"short {i}" for i in range(1, 30_001)]
    path = tmp_path / "cars.csv.gz"
    path.write_bytes(gzip.compress(("make,model,price\n" + "\n".join(lines)).encode(), mtime=0))
    table = read_listings([str(path)])
    wanted = [i for i in range(1, 30_001) if i % 7]
    assert table.frame["_row"].to_list() == wanted
    assert table.frame["price"].to_list() == [str(i) for i in wanted]
    assert table.frame["model"][0] == "model\n1"
    assert table.bad_rows["_row"].to_list() == [i for i in range(1, 30_001) if not i % 7]


def test_a_folder_named_as_a_file_is_no_surprise(tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="holds no listings files"):
        read_listings([str(tmp_path)])
