from __future__ import annotations

import polars as pl

from car_price_prediction.listings.pieces import Piece
from car_price_prediction.listings.table import ROW, PartTable
from car_price_prediction.listings.unite import unite


def part(
    name: str, headers: list[str], *rows: tuple[str, ...], has_header: bool = True, named: bool = True
) -> PartTable:
    columns = {f"c{i}": pl.Series([row[i] for row in rows], dtype=pl.String) for i in range(len(headers))}
    columns[ROW] = pl.Series(range(1, len(rows) + 1), dtype=pl.UInt32)
    notes = [] if has_header else ["no header row: columns are column_1 …"]
    return PartTable(name, headers, [Piece(pl.DataFrame(columns))], has_header=has_header, named=named, notes=notes)


AUDI = part("audi.csv", ["model", "price"], ("A4", "1"), ("A3", "2"))


def test_columns_are_united_by_header() -> None:
    table = unite([AUDI, part("bmw.csv", ["price", "tax"], ("3", "30"))], ())
    assert table.frame.columns == ["model", "price", "tax", "_source", "_row"]
    assert table.frame.rows()[-1] == (None, "3", "30", "bmw.csv", 1)
    assert "bmw.csv has no column model" in table.notes


def test_headers_that_differ_in_case_or_blanks_only_are_one() -> None:
    other = part("bmw.csv", ["MODEL", "Price_"], ("320d", "3"))
    assert unite([AUDI, other], ()).frame.columns == ["model", "price", "_source", "_row"]


def test_two_columns_of_one_file_are_never_made_one() -> None:
    table = unite([part("a.csv", ["Price", "price"], ("1", "2"))], ())
    assert table.frame.columns == ["Price", "price", "_source", "_row"]


def test_a_piece_without_header_takes_that_of_the_first_piece() -> None:
    piece = part("audi-2.csv", ["column_1", "column_2"], ("A6", "4"), has_header=False)
    table = unite([AUDI, piece], ())
    assert table.frame.columns == ["model", "price", "_source", "_row"]
    assert table.notes == ("audi-2.csv: no header row: columns are those of audi.csv",)


def test_files_of_one_name_are_told_apart() -> None:
    other = part("audi.csv", ["model", "price"], ("A6", "4"))
    assert unite([AUDI, other], ()).frame["_source"].to_list() == ["audi.csv", "audi.csv", "audi (2).csv"]


def test_a_table_of_something_else_is_left_out_unless_it_was_named() -> None:
    meanings = ["column", "meaning", "type"]
    beside = part("columns.csv", meanings, ("model", "the model", "text"), named=False)
    table = unite([AUDI, beside], ())
    assert table.frame.height == 2
    assert table.notes == ("left out: columns.csv has other columns than audi.csv",)
    assert unite([AUDI, part("columns.csv", meanings, ("a", "b", "c"))], ()).frame.height == 3


def test_what_holds_for_all_files_is_said_once() -> None:
    parts = [part(f"{i}.csv", ["a", "b"], ("1", "2")) for i in range(5)]
    for one in parts:
        one.notes.append("read as UTF-8")
    for one in parts[1:]:
        one.notes.append("separator ;")
    assert unite(parts, ()).notes == ("read as UTF-8", "1.csv, 2.csv, 3.csv and 1 more: separator ;")
