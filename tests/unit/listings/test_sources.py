from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.sources import Given, find_files, source_of


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    folder = tmp_path / "stock"
    folder.mkdir()
    for name in ("audi.csv", "bmw.csv.gz", "README.md", ".hidden.csv", "~$book.xlsx"):
        (folder / name).write_text("make,price\nAudi,1\n")
    return folder


def names(files: list[Given]) -> list[str]:
    return [given.name for given in files]


def test_a_folder_means_the_listings_files_in_it(stock: Path, tmp_path: Path) -> None:
    found = find_files([str(stock)], tmp_path)
    assert names(found) == ["audi.csv", "bmw.csv.gz"]
    assert all(given.found for given in found)


def test_a_pattern_means_the_files_that_match(stock: Path, tmp_path: Path) -> None:
    assert names(find_files([str(stock / "*.csv")], tmp_path)) == ["audi.csv"]
    assert names(find_files([str(tmp_path / "**" / "*.gz")], tmp_path)) == ["bmw.csv.gz"]


def test_a_file_that_is_named_twice_is_read_once(stock: Path, tmp_path: Path) -> None:
    assert names(find_files([str(stock / "audi.csv"), str(stock)], tmp_path)) == ["audi.csv", "bmw.csv.gz"]


def test_a_name_with_pattern_marks_in_it_is_a_name_where_it_exists(tmp_path: Path) -> None:
    (tmp_path / "cars [1].csv").write_text("make,price\nAudi,1\n")
    assert names(find_files([str(tmp_path / "cars [1].csv")], tmp_path)) == ["cars [1].csv"]


def test_every_path_that_leads_nowhere_is_named(stock: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ListingsError) as caught:
        find_files([str(stock), "gone.csv", "*.gone", str(empty)], tmp_path)
    message = caught.value.message
    assert "gone.csv: there is no such file" in message
    assert "*.gone: no file matches" in message
    assert "the folder holds no listings files" in message


def test_no_path_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="no file was given"):
        find_files([], tmp_path)


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"make,price\nAudi,1\n")))
    (given,) = find_files(["-"], tmp_path)
    assert given.name == "stdin"
    assert given.path.read_bytes() == b"make,price\nAudi,1\n"


def test_a_source_tells_size_and_checksum(stock: Path) -> None:
    data = (stock / "audi.csv").read_bytes()
    source = source_of(Given(stock / "audi.csv", "audi.csv"))
    assert (source.name, source.bytes, source.sha256) == ("audi.csv", len(data), hashlib.sha256(data).hexdigest())


def test_what_the_system_refuses_is_said(tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="file name too long"):
        find_files(["x" * 5000], tmp_path)
    with pytest.raises(ListingsError, match=r"gone.csv: no such file"):
        source_of(Given(tmp_path / "gone.csv", "gone.csv"))
