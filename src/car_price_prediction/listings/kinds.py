"""What kind of file a part is, told from its first bytes, and the reader for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from car_price_prediction.domain.errors import ListingsError

from .columnar import read_parquet, read_workbook
from .decode import Decoder
from .delimited import read_delimited
from .encoding import wide_encoding
from .json_rows import looks_like_json, read_json
from .pieces import Store
from .streams import Stream
from .table import PartTable

NOT_TABLES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "an SQLite database"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x80\x05\x95", "a Python pickle"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
)
MAX_WHOLE = 2 << 30
"""Bytes of a file in a format that cannot be read piece by piece."""

CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f\x1b"))


def read_part(stream: Stream, store: Store) -> Iterator[PartTable]:
    """Read one part into a store; a workbook gives a table for each sheet.

    Raises
    ------
    ListingsError
        Where it is no table.
    """
    if not stream.head.strip():
        raise ListingsError(f"{stream.name} is empty")
    if stream.head.startswith(b"PAR1"):
        yield checked(read_parquet(stream.on_disk(store.new_file), stream.name, store))
        return
    if stream.head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        yield from read_workbook(stream.everything(MAX_WHOLE), stream.name, store)
        return
    refuse_other_kinds(stream.head, stream.name)
    decoder = Decoder()
    blocks = decoder.blocks(stream.blocks())
    first = next(blocks, b"")
    read = read_json if looks_like_json(first) else read_delimited
    table = read(chain([first], blocks), stream.name, store)
    table.notes[:0] = decoder.notes()
    yield checked(table)


def refuse_other_kinds(head: bytes, name: str) -> None:
    """Refuse what is not text.

    Raises
    ------
    ListingsError
        Naming the kind where it is known.

    Examples
    --------
    >>> refuse_other_kinds(b"%PDF-1.7", "cars.pdf")
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.ListingsError: cars.pdf is a PDF document, not a table
    """
    hint = "give a CSV, Parquet, JSON or Excel file"
    start = head[:64].lstrip().lower()
    for mark, kind in NOT_TABLES:
        if head.startswith(mark) or start.startswith(mark.lower() if mark.startswith(b"<") else b"\xff\xff\xff"):
            raise ListingsError(f"{name} is {kind}, not a table", hint=hint)
    if head[257:262] == b"ustar":
        raise ListingsError(f"{name} is a tar archive, not a table", hint="unpack it, or pack the files as .zip")
    sample = head[: 1 << 16]
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    if controls > len(sample) / 50 and not wide_encoding(head):
        raise ListingsError(f"{name} is not text", hint=hint)


def checked(table: PartTable) -> PartTable:
    """Return the table, once it has rows.

    Raises
    ------
    ListingsError
        Where it has none.
    """
    if table.height and table.headers:
        return table
    if table.bad and any(bad.row for bad in table.bad):
        raise ListingsError(
            f"{table.name}: none of its {len(table.bad)} rows has the {len(table.headers)} cells of its header",
            hint="is it damaged, or not a table?",
        )
    raise ListingsError(f"{table.name} has a header but no rows" if table.headers else f"{table.name} holds no table")
