from __future__ import annotations

import re

import pytest

from car_price_prediction.listings.report import build_report
from car_price_prediction.listings.report_html import report_page
from support.market import loaded_market


@pytest.fixture(scope="module")
def page() -> str:
    evil = [
        ["1", "<script>alert(1)</script>", '"><img src=x>', "2015", str(70_000 + i), "9000", "Petrol"] for i in range(9)
    ]
    return report_page(build_report(loaded_market(*evil, ["2", "Kia", "Rio", "2015", "80000", "1", "Petrol"])))


def test_everything_is_on_the_page(page: str):
    for part in ("market.csv", "price_token", "Mileage km", "Largest makes", "Skoda", "0123456789abcdef"):
        assert part in page


def test_cells_of_the_file_are_escaped(page: str):
    assert "<script" not in page
    assert "<img" not in page


def test_the_page_needs_nothing_else(page: str):
    assert not re.search(r"<[^>]*\b(src|href)=|@import|url\(|https?://", page)


def test_the_page_has_a_light_and_a_dark_face(page: str):
    assert "prefers-color-scheme: dark" in page


def test_there_are_three_charts(page: str):
    assert page.count("<svg") == 3
