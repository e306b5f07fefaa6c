from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings import delimited
from car_price_prediction.listings.delimited import read_delimited
from car_price_prediction.listings.table import PartTable

HEADER = "make,model,price,text\n"


def read(text: str, *cuts: int) -> PartTable:
    data = text.encode()
    places = [0, *sorted(cuts), len(data)]
    return read_delimited(iter([data[a:b] for a, b in itertools.pairwise(places)]), "cars.csv")


def cells(table: PartTable) -> list[tuple[object, ...]]:
    return table.frame.rows()


TEXTS = ["plain", '"open', '19" wheels', '"a,\nb"']
DIRTY = [
    'Audi,A4,1,"two\nlines"\n',
    "BMW,320d,2,plain\n",
    "short,row\n",
    "VW,Golf,3,too,long\n",
    'Opel,Astra,4,"a ""quote"""\n',
    'Seat,Ibiza,5,19" wheels\n',
    "\n",
    ",,,\n",
    '"Fiat,Punto,6,whole"\n',
    " Lada , Niva , 7 , \n",
    HEADER,
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(DIRTY), min_size=3, max_size=30), st.lists(st.integers(0, 900), max_size=6))
def test_rows_are_the_same_wherever_blocks_end(lines: list[str], cuts: list[int]) -> None:
    text = HEADER + "Audi,A4,1,x\nBMW,320d,2,y\nVW,Golf,3,z\n" + "".join(lines)
    whole = read(text)
    # The first block is what the dialect is told from, so it stays whole.
    parts = read(text, *(80 + cut for cut in cuts if 80 + cut < len(text)))
    assert cells(parts) == cells(whole)
    assert [(b.row, b.reason) for b in parts.bad] == [(b.row, b.reason) for b in whole.bad]


@settings(deadline=None)
@given(st.lists(st.sampled_from(DIRTY), max_size=30))
def test_every_row_is_read_or_set_aside(lines: list[str]) -> None:
    table = read(HEADER + "Audi,A4,1,x\n" * 3 + "".join(lines))
    numbers = sorted([*table.frame["_row"].to_list(), *(bad.row for bad in table.bad)])
    wanted = 3 + sum(1 for line in lines if line.strip())
    assert numbers == list(range(1, wanted + 1))


LETTERS = st.one_of(st.characters(codec="utf-8", exclude_categories=["Cc"]), st.sampled_from('",\n '))
CELL = st.one_of(st.none(), st.text(LETTERS, min_size=1, max_size=12))


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20), st.booleans())
def test_what_the_standard_writer_writes_is_read_back(rows: list[tuple[str | None, ...]], quote_all: bool) -> None:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerows([("make", "model", "text"), *(("Audi", "A4", "1"),) * 9, *rows])
    table = read(target.getvalue())
    found = {row[-1]: row[:-1] for row in table.frame.rows()}
    assert not [bad for bad in table.bad if bad.reason != "repeated_header"]
    for number, row in enumerate(rows, start=10):
        assert found[number] == tuple(_tidy(cell) for cell in row)


def _tidy(cell: str | None) -> str | None:
    text = (cell or "").strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return text or None


def test_rows_between_two_stray_quotes_are_not_swallowed() -> None:
    rows = [f"Audi,A{i},{i},plain\n" for i in range(300)]
    rows[100], rows[200] = 'Audi,A100,100,"open\n', 'Audi,A200,200,19"\n'
    table = read(HEADER + "".join(rows))
    assert table.frame["_row"].to_list() == list(range(1, 301))
    assert table.frame["c3"][100] == '"open'
    assert table.frame["c3"][200] == '19"'


def test_a_ragged_row_over_several_lines_does_not_shift_the_numbers() -> None:
    table = read(HEADER + "Audi,A4,1,x\n" * 20 + 'BMW,"320\nd"\n' + "VW,Golf,3,z\n" * 3)
    numbers = [*table.frame["_row"].to_list(), *(bad.row for bad in table.bad)]
    assert len(set(numbers)) == len(numbers)
    assert table.frame.height == 23


def test_pieces_of_ill_formed_blocks_are_read_like_whole_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"Audi,A{i},{i},{TEXTS[i % 13 % 4]}\n" for i in range(2000)]
    whole = read(HEADER + "".join(rows))
    monkeypatch.setattr(delimited, "PIECE", 300)
    pieces = read(HEADER + "".join(rows))
    assert cells(pieces) == cells(whole)
    assert pieces.frame["_row"].to_list() == list(range(1, 2001))


def test_a_wrong_number_of_rows_never_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    real = delimited.pl.read_csv
    monkeypatch.setattr(delimited.pl, "read_csv", lambda *args, **kwargs: real(*args, **kwargs).head(1))
    table = read("make,price\nAudi,1\nBMW,2\nVW,3\n")
    assert cells(table) == [("Audi", "1", 1), ("BMW", "2", 2), ("VW", "3", 3)]


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_LINE", 1000)
    with pytest.raises(ListingsError, match="a line is longer"):
        read("make,price\nAudi,1\n" + "x" * 5000, 20, 1500, 3000)


def test_more_columns_than_any_listing_has_are_refused() -> None:
    with pytest.raises(ListingsError, match="3000 columns, more than 2000"):
        read(",".join(f"c{i}" for i in range(3000)) + "\n" + ",".join("1" * 3000) + "\n")
