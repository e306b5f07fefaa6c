from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.listings.decode import Decoder

TEXT = "make;colour\r\nŠkoda;žlutá\r\nCitroën;bleu\r\n大众;黑色\r\n"


def decoded(data: bytes, cuts: list[int]) -> tuple[str, Decoder]:
    decoder = Decoder()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    blocks = [data[a:b] for a, b in itertools.pairwise(places)]
    return b"".join(decoder.blocks(block for block in blocks if block)).decode(), decoder


@settings(deadline=None)
@given(st.sampled_from(["utf-8", "utf-8-sig"]), st.lists(st.integers(0, 200), max_size=8))
def test_the_text_is_the_same_wherever_blocks_end(codec: str, cuts: list[int]) -> None:
    data = TEXT.encode(codec)
    start = data.index(b"\n")  # a byte order mark comes in one piece
    text, _ = decoded(data, [start + cut for cut in cuts])
    assert text == TEXT.replace("\r\n", "\n")


@settings(deadline=None)
@given(st.lists(st.integers(4, 200), max_size=8))
def test_wide_characters_may_be_cut(cuts: list[int]) -> None:
    data = TEXT.encode("utf-16")
    text, decoder = decoded(data, [cut + 40 for cut in cuts])
    assert text == TEXT.replace("\r\n", "\n")
    assert decoder.notes() == ["read as UTF-16"]


def test_the_first_block_beyond_ascii_settles_the_encoding() -> None:
    decoder = Decoder()
    blocks = [b"make;colour\n", b"Audi;red\n", "Opel;grün\n".encode("latin-1")]
    assert b"".join(decoder.blocks(blocks)).decode().endswith("Opel;grün\n")
    assert decoder.notes() == ["read as latin-1"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\rb\r", "a\nb\n"),
        (b"a\r\r\nb\r\r\n", "a\nb\n"),
        (b"a b\rc\nd\n", "a b c\nd\n"),
        (b"a\n\x1a", "a\n"),
    ],
)
def test_line_ends_become_line_feeds(written: bytes, read: str) -> None:
    assert decoded(written, [])[0] == read


def test_no_bytes_are_no_text() -> None:
    assert b"".join(Decoder().blocks([])) == b""
