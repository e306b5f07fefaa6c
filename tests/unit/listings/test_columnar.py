from __future__ import annotations

import datetime as dt
import io

import polars as pl
import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings import columnar
from car_price_prediction.listings.columnar import read_parquet, read_workbook
from support.workbook import workbook


def parquet(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def cells(values: pl.Series) -> list[str | None]:
    found = read_parquet(parquet(values.to_frame("x")), "cars.parquet")
    assert found.frame["c0"].dtype == pl.String
    return found.frame["c0"].to_list()


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pl.Series([2015.0, 1.5, None, float("nan"), 1e20]), ["2015", "1.5", None, None, "1e+20"]),
        (pl.Series([1.2], dtype=pl.Float32), ["1.2"]),
        (pl.Series([2015, None]), ["2015", None]),
        (pl.Series([True, None]), ["true", None]),
        (pl.Series([" Audi ", ""]), ["Audi", None]),
        (pl.Series(["a"], dtype=pl.Categorical), ["a"]),
        (pl.Series([dt.date(2024, 1, 31)]), ["2024-01-31"]),
        (pl.Series(["2024-01-31 17:05"]).str.to_datetime(), ["2024-01-31 17:05:00"]),
        (pl.Series([["a", "b"], [], None]), ["a, b", None, None]),
        (pl.Series([None], dtype=pl.Null), [None]),
        (pl.Series([b"a\xff"]), ["a\ufffd"]),
    ],
)
def test_typed_cells_become_text(values: pl.Series, texts: list[str | None]) -> None:
    assert cells(values) == texts


def test_nested_fields_get_columns_of_their_own() -> None:
    frame = pl.DataFrame({"make": ["Audi"], "engine": [{"litres": 2.0, "power": {"kw": 110}}]})
    found = read_parquet(parquet(frame), "cars.parquet")
    assert found.headers == ["make", "engine.litres", "engine.power.kw"]
    assert found.frame.rows() == [("Audi", "2", "110", 1)]


def test_a_small_file_of_very_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "FREE_CELLS", 1000)
    with pytest.raises(ListingsError, match="holds 1,000,000 cells"):
        read_parquet(parquet(pl.DataFrame({"make": ["Audi"] * 1_000_000})), "cars.parquet")


def test_sheets_of_one_workbook_are_tables_by_their_names() -> None:
    sheets = {"Audi": [["model", "price"], ["A4", 1]], "BMW": [["model", "price"], ["320d", 2]], "empty": []}
    found = list(read_workbook(workbook(sheets), "cars.xlsx"))
    assert [(table.name, table.frame.rows()) for table in found] == [
        ("Audi", [("A4", "1", 1)]),
        ("BMW", [("320d", "2", 1)]),
    ]


def test_row_numbers_are_those_of_the_sheet_counted_from_the_header() -> None:
    sheets = {"Stock": [["Title"], [], ["make", "price"], ["Audi", 1], [], ["BMW", 2]]}
    (found,) = read_workbook(workbook(sheets), "cars.xlsx")
    assert found.frame.rows() == [("Audi", "1", 1), ("BMW", "2", 3)]


@pytest.mark.parametrize("data", [b"PK\x03\x04nonsense", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_a_damaged_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(ListingsError, match="cannot be read as an Excel workbook"):
        list(read_workbook(data, "cars.xlsx"))


def test_an_interrupt_is_never_taken_for_damage() -> None:
    with pytest.raises(KeyboardInterrupt), columnar.reading("cars", "Parquet"):
        raise KeyboardInterrupt
