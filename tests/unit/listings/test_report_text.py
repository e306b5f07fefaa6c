from __future__ import annotations

import io

import pytest
from rich.console import Console

from car_price_prediction.listings.report import build_report
from car_price_prediction.listings.report_text import bar, print_report, spark
from support.market import loaded_market


def printed(loaded, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_report(build_report(loaded), console)
    return console.file.getvalue()


def test_everything_is_said():
    text = printed(loaded_market(["1", "Kia", "Rio", "2015", "80000", "1", "Petrol"], notes=("separator ;",)))
    for part in (
        "market.csv",
        "separator ;",
        "ad id",
        "price_token",
        "Price by age",
        "Price by mileage",
        "Skoda",
        "EUR",
    ):
        assert part in text


def test_cells_that_look_like_markup_are_shown_as_they_are():
    assert "[red]Kia[/red]" in printed(
        loaded_market(*[["1", "[red]Kia[/red]", "[/]", "2015", str(i), "9000", "[b]"] for i in range(40)])
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_any_width_of_terminal_will_do(width: int):
    assert all(len(line) <= width for line in printed(loaded_market(), width).splitlines())


def test_small_counts_are_seen_in_a_histogram():
    assert spark([0, 1, 1000]) == " ▁█"
    assert spark([]) == ""


def test_a_bar_of_nothing_is_empty():
    assert bar(0, 10) == ""
    assert bar(1, 0) == ""
