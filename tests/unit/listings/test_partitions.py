from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.partitions import partitions_of
from car_price_prediction.listings.read import read_listings
from car_price_prediction.listings.sources import find_files

CARS = pl.DataFrame(
    {
        "make": [" Audi ", '"BMW"', "", "Kia"],
        "year": [2015.0, 2016.5, None, 2018.0],
        "of": [{"km": 1}, None, {}, {"km": 4}],
    }
)


def written(folder: Path, **frames: pl.DataFrame) -> str:
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return str(folder)


def test_any_rows_of_a_partition_are_those_that_reading_all_of_it_gives(tmp_path: Path) -> None:
    source = written(tmp_path, a=CARS, b=CARS.reverse())
    whole = read_listings([source]).frame
    parts = partitions_of(find_files([source], tmp_path))
    assert [part.rows for part in parts] == [4, 4]
    pieces = [part.read(start, 3) for part in parts for start in (0, 3)]
    assert pl.concat(pieces).equals(whole)


def test_every_file_that_is_no_partition_of_the_others_is_named(tmp_path: Path) -> None:
    source = written(tmp_path, a=CARS, b=CARS.drop("year"))
    (tmp_path / "c.csv").write_text("make,year\nAudi,2015\n")
    (tmp_path / "d.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(ListingsError) as raised:
        partitions_of(find_files([source], tmp_path))
    told = raised.value.message
    assert "b.parquet has other columns than a.parquet" in told
    assert "c.csv is no Parquet file" in told
    assert "d.parquet cannot be read as Parquet" in told
