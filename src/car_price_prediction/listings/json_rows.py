"""Reads JSON: one object a line, or one document that holds a list of objects somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import orjson
import polars as pl

from car_price_prediction.domain.errors import ListingsError

from .header import looks_like_header
from .pieces import Piece, Store
from .table import MAX_COLUMNS, ROW, BadRow, PartTable, tidy_cells, unique_headers

BATCH = 20_000
MAX_DOCUMENT = 1 << 30
MAX_DEPTH = 5
START = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\]])")


def looks_like_json(head: bytes) -> bool:
    """Tell whether text begins as JSON does.

    Examples
    --------
    >>> looks_like_json(b'[{"make": '), looks_like_json(b"[id],[make]")
    (True, False)
    """
    return START.match(head) is not None


def read_json(blocks: Iterator[bytes], name: str, store: Store | None = None) -> PartTable:
    r"""Read JSON lines or a JSON document.

    Parameters
    ----------
    blocks : iterator of bytes
        The text as UTF-8.
    name : str
        Of the file, for messages.
    store : Store, optional
        Where the rows are kept; without one, in memory while they are few.

    Raises
    ------
    ListingsError
        Where it is no JSON, or holds no list of objects.

    Examples
    --------
    >>> found = read_json(iter([b'{"make": "Audi", "engine": {"litres": 2.0}}\n{"make": "BMW"}\n']), "cars.jsonl")
    >>> found.headers, found.frame.rows()
    (['make', 'engine.litres'], [('Audi', '2.0', 1), ('BMW', None, 2)])
    """
    first = next(blocks, b"")
    line, _, rest = first.lstrip().partition(b"\n")
    if isinstance(_value(line), dict) and (rest.strip() or not _value(first)):
        return _lines(_joined(first, blocks), name, store)
    document = first + b"".join(_bounded(blocks, name))
    found = _value(document)
    if found is None:
        raise ListingsError(f"{name} is not valid JSON", hint="it may be cut short")
    return _table(enumerate(_records(found, name), start=1), name, "JSON", store)


def _bounded(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_DOCUMENT:
            raise ListingsError(
                f"{name} is larger than {MAX_DOCUMENT >> 20} MB", hint="write one object a line instead"
            )
        yield block


def _value(text: bytes) -> Any:
    """Return what JSON text holds; None where it is no JSON."""
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(text)  # knows NaN and numbers of any length
    except (ValueError, RecursionError):
        return None


def _joined(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines, whole ones."""
    left = first
    for block in blocks:
        *lines, left = (left + block).split(b"\n")
        yield from lines
        if len(left) > MAX_DOCUMENT:
            raise ListingsError("a line is too long to be one listing")
    yield from left.split(b"\n")


def _lines(lines: Iterator[bytes], name: str, store: Store | None) -> PartTable:
    bad: list[BadRow] = []
    table = _table(_numbered(lines, bad), name, "JSON lines", store)
    table.bad += bad
    return table


def _numbered(lines: Iterator[bytes], bad: list[BadRow]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    number = 0
    for line in lines:
        if not line.strip():
            continue
        number += 1
        found = _value(line)
        if isinstance(found, dict):
            yield number, found
        else:
            bad.append(BadRow(number, "not_json", "is not a JSON object", line.decode(errors="replace")))


def _records(document: Any, name: str) -> Iterable[Mapping[str, Any]]:
    """Find the records in a document, in the shapes that programs write them in."""
    if isinstance(document, list):
        if document and all(isinstance(row, list) for row in document):
            return _from_rows(document)
        return [row if isinstance(row, dict) else {"value": row} for row in document]
    if isinstance(document, dict) and document:
        return _from_object(document, name)
    raise ListingsError(f"{name} holds no list of objects", hint='write [{"make": "Audi", "price": 9000}, …]')


def _from_object(document: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    if isinstance(document.get("columns"), list) and isinstance(document.get("data"), list):
        return _from_rows([document["columns"], *(r for r in document["data"] if isinstance(r, list))])
    inner = list(document.values())
    if all(isinstance(value, dict) for value in inner):
        return _from_dicts(document)
    if len(inner) > 1 and all(isinstance(value, list) for value in inner):
        return [dict(zip(document, row, strict=True)) for row in zip_longest(*inner)]
    lists = [value for value in inner if isinstance(value, list) and value and isinstance(value[0], dict)]
    return _records(max(lists, key=len), name) if lists else [document]


def _from_rows(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    names = [_text(cell) or "" for cell in rows[0]]
    below = [[_text(cell) or "" for cell in row] for row in rows[1:500]]
    if not looks_like_header(names, below):
        names, rows = [f"column_{i}" for i in range(1, max(map(len, rows)) + 1)], [[], *rows]
    names = unique_headers(names)
    return [dict(zip(names, row, strict=False)) for row in rows[1:]]


def _from_dicts(document: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Either a column in each entry (there are more rows than columns), or a record in each."""
    inner = next(iter(document.values()))
    if len(document) > len(inner):
        return [dict(record) for record in document.values()]
    keys = dict.fromkeys(key for column in document.values() for key in column)
    return [{name: column.get(key) for name, column in document.items()} for key in keys]


@dataclass(slots=True)
class _Columns:
    """Collects records into pieces; columns are numbered as they are first met."""

    name: str
    store: Store
    numbers: dict[str, int] = field(default_factory=dict)
    batch: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def add(self, row: int, record: Mapping[str, Any]) -> None:
        flat = _flat(record)
        if not flat.keys() <= self.numbers.keys():
            for key in flat:
                self.numbers.setdefault(key, len(self.numbers))
        if len(self.numbers) > MAX_COLUMNS:
            raise ListingsError(f"{self.name} has more than {MAX_COLUMNS} columns", hint="is it a table of cars?")
        self.batch.append((row, flat))
        if len(self.batch) >= BATCH:
            self.close_batch()

    def close_batch(self) -> None:
        batch, self.batch = self.batch, []
        data = {
            f"c{i}": pl.Series([flat.get(k) for _, flat in batch], dtype=pl.String) for k, i in self.numbers.items()
        }
        data[ROW] = pl.Series([row for row, _ in batch], dtype=pl.UInt32)
        self.pieces.append(self.store.put(tidy_cells(pl.DataFrame(data))))


def _table(records: Iterable[tuple[int, Mapping[str, Any]]], name: str, kind: str, store: Store | None) -> PartTable:
    columns = _Columns(name, store or Store())
    for row, record in records:
        columns.add(row, record)
    columns.close_batch()
    return PartTable(name, unique_headers(list(columns.numbers)), columns.pieces, notes=[f"read as {kind}"])


def _flat(record: Mapping[str, Any]) -> dict[str, str | None]:
    return {key: value if type(value) is str and value.isascii() else _text(value) for key, value in _pairs(record)}


def _pairs(record: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterable[tuple[str, Any]]:
    """Return the fields, those of fields within a field by the names of both."""
    if not before and not any(type(value) is dict for value in record.values()):
        return record.items()
    pairs: list[tuple[str, Any]] = []
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < MAX_DEPTH:
            pairs += _pairs(value, f"{before}{key}.", depth + 1)
        else:
            pairs.append((f"{before}{key}", value))
    return pairs


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and value.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ", ".join(_text(item) or "" for item in value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=True)
    return str(value)
