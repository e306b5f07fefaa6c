from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings import json_rows
from car_price_prediction.listings.json_rows import looks_like_json, read_json

CARS = [{"make": "Audi", "price": 12500}, {"make": "BMW", "price": 15900}, {"make": "VW", "price": 9000}]
ROWS = [("Audi", "12500", 1), ("BMW", "15900", 2), ("VW", "9000", 3)]


@pytest.mark.parametrize(
    "document",
    [
        CARS,
        {"listings": CARS},
        {"status": "ok", "page": {"number": 1}, "listings": CARS},
        {"make": ["Audi", "BMW", "VW"], "price": [12500, 15900, 9000]},
        {"make": {"0": "Audi", "1": "BMW", "2": "VW"}, "price": {"0": 12500, "1": 15900, "2": 9000}},
        {"a": CARS[0], "b": CARS[1], "c": CARS[2]},
        [["make", "price"], ["Audi", 12500], ["BMW", 15900], ["VW", 9000]],
        {"columns": ["make", "price"], "index": [0, 1, 2], "data": [["Audi", 12500], ["BMW", 15900], ["VW", 9000]]},
    ],
)
def test_the_shapes_that_programs_write_give_the_same_rows(document: Any) -> None:
    found = read_json(iter([json.dumps(document).encode()]), "cars.json")
    assert found.headers == ["make", "price"]
    assert found.frame.rows() == ROWS


def test_lines_may_be_cut_anywhere_by_blocks() -> None:
    data = "\n".join(json.dumps(car) for car in CARS).encode()
    found = read_json(iter([data[:45], data[45:50], data[50:]]), "cars.jsonl")
    assert found.frame.rows() == ROWS


def test_columns_are_those_of_all_records_in_the_order_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "BATCH", 1)
    records = [{"a": 1}, {"b": True, "a": None}, {"c": {"d": [1, 2], "e": {}}}]
    found = read_json(iter(["\n".join(map(json.dumps, records)).encode()]), "cars.jsonl")
    assert found.headers == ["a", "b", "c.d", "c.e"]
    assert found.frame.rows() == [
        ("1", None, None, None, 1),
        (None, "true", None, None, 2),
        (None, None, "1, 2", "{}", 3),
    ]


def test_a_cut_document_is_refused() -> None:
    with pytest.raises(ListingsError, match="is not valid JSON"):
        read_json(iter([b'[{"make": "Audi"}, {"ma']), "cars.json")


@pytest.mark.parametrize("document", ["[]", "{}", "[{}]", "[[]]"])
def test_a_document_without_cells_has_no_columns(document: str) -> None:
    try:
        found = read_json(iter([document.encode()]), "cars.json")
    except ListingsError:
        return
    assert found.headers == []


def test_endless_keys_are_refused() -> None:
    with pytest.raises(ListingsError, match="more than 2000 columns"):
        read_json(iter([json.dumps([{f"key {i}": i} for i in range(3000)]).encode()]), "cars.json")


def test_deep_nests_are_kept_as_text() -> None:
    nest: Any = 1
    for _ in range(20):
        nest = {"a": nest}
    found = read_json(iter([json.dumps([nest, nest]).encode()]), "cars.json")
    assert found.headers == ["a.a.a.a.a.a"]


def test_only_what_begins_as_json_is_taken_for_it() -> None:
    assert looks_like_json(b' \n{"make": 1}')
    assert looks_like_json(b"[[1]]")
    assert not looks_like_json(b"{make};{price}\n")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None)
@given(ANY, st.booleans())
def test_any_json_gives_a_table_or_a_reason(document: Any, ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only)
    with contextlib.suppress(ListingsError):
        read_json(iter([text.encode("utf-8", errors="replace")]), "cars.json")
