"""One small made-up file for each difficulty of reading, with what must come out of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.read import read_listings
from car_price_prediction.listings.table import BAD_SCHEMA

FOLDER = Path(__file__).parents[2] / "data" / "files" / "read"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
READABLE = sorted(name for name, expected in EXPECTED.items() if "rows" in expected)
UNREADABLE = sorted(EXPECTED.keys() - set(READABLE))


@pytest.mark.parametrize("name", READABLE)
def test_a_file_gives_the_rows_that_it_holds(name: str) -> None:
    expected = EXPECTED[name]
    table = read_listings([str(FOLDER / name)])
    frame = table.frame.drop("_source", "_row")
    assert frame.columns == expected["columns"]
    assert [list(row) for row in frame.rows()] == expected["rows"]
    assert table.bad_rows.select("_row", "_reason").rows() == [tuple(bad) for bad in expected["bad"]]
    for note in expected["notes"]:
        assert any(note in told for told in table.notes), f"{note!r} is not among {table.notes}"


@pytest.mark.parametrize("name", READABLE)
def test_a_table_keeps_to_its_contract(name: str) -> None:
    table = read_listings([str(FOLDER / name)])
    assert table.frame.columns[-2:] == ["_source", "_row"]
    assert {str(kind) for kind in table.frame.dtypes[:-1]} == {"String"}
    assert str(table.frame.schema["_row"]) == "UInt32"
    assert dict(table.bad_rows.schema) == BAD_SCHEMA
    assert [source.name for source in table.sources] == [name]
    places = table.frame.select("_source", "_row")
    assert places.is_unique().all()


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_holds_no_listings_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ListingsError) as caught:
        read_listings([str(FOLDER / name)])
    assert EXPECTED[name]["error"] in caught.value.message


def test_every_file_has_its_expectation() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {"expected.json", ".gitattributes"} == set(EXPECTED)
