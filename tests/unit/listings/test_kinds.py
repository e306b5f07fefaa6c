from __future__ import annotations

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.kinds import refuse_other_kinds


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"  <!DOCTYPE html><html>", "a web page"),
        (b"<HTML>", "a web page"),
        (b"<?xml version='1.0'?>", "an XML document"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"\x80\x04\x95\x00", "a Python pickle"),
        (bytes(257) + b"ustar", "a tar archive"),
    ],
)
def test_other_kinds_of_file_are_named(head: bytes, kind: str) -> None:
    with pytest.raises(ListingsError, match=kind) as caught:
        refuse_other_kinds(head, "cars")
    assert caught.value.hint


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ListingsError, match="cars is not text"):
        refuse_other_kinds(bytes(range(32)) * 10, "cars")


@pytest.mark.parametrize("text", ["make,price\n", "MZ;price\n", "марка;цена\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_text_passes(text: str, codec: str) -> None:
    refuse_other_kinds(text.encode(codec), "cars")
