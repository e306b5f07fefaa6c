from __future__ import annotations

import re
from html.parser import HTMLParser

import polars as pl
import pytest

from car_price_prediction.evaluation.page import report_page
from support.priced import evaluated, priced, report_of

VOID = {"meta", "br"}
EVIL = '<script>alert(1)</script>"><img src=x onerror=y>'


class Balanced(HTMLParser):
    """Notes every tag that is closed by another's end, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(report_of(evaluated(*priced())))


def test_the_page_is_well_formed(page: str) -> None:
    parser = Balanced()
    parser.feed(page)
    assert (parser.wrong, parser.open) == ([], [])


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r"<[^>]*\b(src|href|on\w+)=|@import|url\(|https?://|<script", page)


def test_the_page_can_be_read_without_seeing_it(page: str) -> None:
    assert '<html lang="en">' in page
    assert re.search(r"<title>Evaluation: market.csv", page)
    pictures = re.findall(r"<svg [^>]*>", page)
    assert len(pictures) == 3
    assert all('role="img"' in svg and re.search(r'aria-label="[^"]{10,}"', svg) for svg in pictures)
    assert "<th>" not in page


def test_figures_groups_misses_and_candidates_are_on_the_page(page: str) -> None:
    report = report_of(evaluated(*priced()))
    overall, worst = report.main.overall, report.main.worst[0]
    for part in (
        f"{overall.mdape:.1%}", f"{overall.coverage:.1%}", "By predicted price", "By make", "By age", "By mileage",
        "By fuel", f"market.csv row {worst.row}<", "lightgbm", "2024-01-23", "the same listing stands",
    ):  # fmt: skip
        assert part in page


def test_why_there_is_no_split_by_time_is_told() -> None:
    found = evaluated(*priced())
    text = report_page(report_of(found, splits={"folds": found}, time_split=None, no_time_split="nobody knows when"))
    assert "There is no split by time: nobody knows when." in text


def test_words_of_the_file_are_escaped() -> None:
    figures, cars = priced()
    cars = cars.with_columns(make=pl.lit(EVIL), model=pl.lit(EVIL), fuel=pl.lit(EVIL), _source=pl.lit(EVIL))
    changes = {"market": EVIL, "files": (EVIL,), "notes": (EVIL,), "warnings": (EVIL,), "no_time_split": EVIL}
    text = report_page(report_of(evaluated(figures, cars), **changes, time_split=None, set_aside={EVIL: 1}))
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script") > 50


def test_a_hundred_thousand_listings_make_a_small_page() -> None:
    assert len(report_page(report_of(evaluated(*priced(100_000))))) < 400_000
