"""Listings written in any dialect and encoding are read back the same."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from car_price_prediction.listings.read import read_listings

WORDS = {
    "ascii": ["red", "blue metallic", "no rust; one owner", "garage, dry", "says 'new'", "a|b", 'so called "mint"'],
    "cp1252": ["größer", "weiß", "Coupé bleu", "grün; dry", "schön, sehr"],
    "cp1250": ["żółty", "błękitny, srebrny", "ciężarowy; nowy", "biały"],
    "cp1251": ["чёрный", "белый; новый", "зелёный, сухой", "синий металлик"],
    "cp1254": ["kırmızı", "açık mavi; yeni", "gümüş, temiz", "yeşil"],  # noqa: RUF001
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
PACKERS: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}
HEADER = ["make", "model", "year", "price", "text"]


@st.composite
def listings(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    alphabet = draw(st.sampled_from(sorted(WORDS)))
    words = st.sampled_from(WORDS[alphabet])
    text = st.one_of(words, st.just(""), st.lists(words, min_size=2, max_size=3).map("\n".join))
    row = st.tuples(
        st.sampled_from(["Audi", "BMW", "Opel", "Lada"]),
        st.sampled_from(["A4", "320d", "Astra 1.6", "Niva"]),
        st.integers(1990, 2024).map(str),
        st.integers(500, 99_000).map(lambda n: f"{n:,}") | st.integers(500, 99_000).map(str),
        text,
    ).map(list)
    rows = draw(st.lists(row, min_size=12, max_size=40))
    return alphabet, [[*["Audi", "A4", "2015", "12500"], word] for word in WORDS[alphabet]] * 2 + rows


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    listings(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.integers(0, 5),
    st.sampled_from(sorted(PACKERS)),
    st.booleans(),
)
def test_what_is_written_is_read_back(
    market: tuple[str, list[list[str]]],
    separator: str,
    line_end: str,
    quoting: int,
    encoding: int,
    packer: str,
    has_header: bool,
) -> None:
    alphabet, rows = market
    target = io.StringIO()
    csv.writer(target, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(
        [HEADER] * has_header + rows
    )
    data = target.getvalue().encode([*ENCODINGS, alphabet][encoding])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"cars.csv{packer}")
        path.write_bytes(PACKERS[packer](data))
        table = read_listings([str(path)])
    assert table.bad_rows.height == 0, table.bad_rows.rows()
    assert table.frame.columns[:5] == (HEADER if has_header else [f"column_{i}" for i in range(1, 6)])
    assert [list(row[:5]) for row in table.frame.rows()] == [[_tidy(cell) for cell in row] for row in rows]


def _tidy(cell: str) -> str | None:
    return cell.strip() or None
