from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.listings.scan import scan_block

CELL = st.text(st.sampled_from('ab",\n '), max_size=6)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8))
def test_records_and_cells_are_those_of_the_standard_parser(rows: list[list[str]]) -> None:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    found = scan_block(target.getvalue().encode(), ",", '"')
    assert found.well_formed
    assert found.cells.tolist() == [len(row) for row in rows]
    assert found.rest == len(target.getvalue().encode())


@pytest.mark.parametrize("text", ['a,19" wheels\n', 'a,"b"c\n', 'a, "b"\n', 'a,"b" \n'])
def test_a_quote_out_of_place_is_noticed(text: str) -> None:
    assert not scan_block(text.encode(), ",", '"').well_formed


def test_a_record_that_the_block_does_not_end_is_left_over() -> None:
    found = scan_block(b'a,b\nc,"d\ne', ",", '"')
    assert found.rest == 4


def test_nothing_holds_no_records() -> None:
    assert scan_block(b"", ",", '"').rest == 0
