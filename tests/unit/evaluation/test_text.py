from __future__ import annotations

import io

import polars as pl
from rich.console import Console

from car_price_prediction.evaluation.text import print_report
from support.priced import evaluated, priced, report_of


def shown(**changes: object) -> str:
    out = io.StringIO()
    print_report(report_of(evaluated(*priced()), **changes), Console(file=out, width=140, color_system=None))
    return out.getvalue()


def test_all_listings_tenths_makes_and_misses_are_told() -> None:
    found = evaluated(*priced())
    text = shown(splits={"file": found}, trained=found.overall)
    assert "every listing of the file" in text
    assert text.count(f"{found.overall.mdape:.1%}") >= 2
    assert "By predicted price" in text
    assert "Skoda" in text
    assert f"market.csv row {found.worst[0].row} " in text
    assert "20 rows of 420 set aside: 15 duplicate, 5 price_zero" in text


def test_brackets_in_a_files_words_are_no_markup() -> None:
    figures, cars = priced()
    found = evaluated(figures, cars.with_columns(make=pl.lit("[red]Kia[/]")))
    assert "[red]Kia[/]" in shown(splits={"file": found}, files=("[b].csv",))
    assert "[b].csv" in shown(splits={"file": found}, files=("[b].csv",))
