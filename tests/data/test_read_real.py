"""The real files are read whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from car_price_prediction.listings.read import read_listings

FOLDER = Path(os.environ.get("CAR_PRICE_REAL_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
FILES = {
    "georgia.csv": (19_237, 18, "read as UTF-8"),
    "uk.csv.gz": (97_891, 10, "read as UTF-8"),
    "india.csv": (8_128, 13, "read as UTF-8"),
    "germany.csv": (18_705, 20, "read as cp1252"),
    "poland.csv.gz": (117_828, 11, "read as UTF-8"),
}


@pytest.mark.real
@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_read_whole(name: str) -> None:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not in {FOLDER.name}")
    rows, columns, encoding = FILES[name]
    table = read_listings([str(path)])
    assert table.frame.shape == (rows, columns + 2)
    assert table.bad_rows.height == 0
    assert table.notes == (encoding, "separator comma")
    assert table.frame["_row"].to_list() == list(range(1, rows + 1))
