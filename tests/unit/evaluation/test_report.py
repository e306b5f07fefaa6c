from __future__ import annotations

import polars as pl

from car_price_prediction.evaluation.report import FEWEST, Report, weak_groups
from support.priced import evaluated, priced, report_of


def test_a_report_is_read_back_as_it_was() -> None:
    report = report_of(evaluated(*priced()))
    assert Report.model_validate_json(report.as_json()) == report


def test_a_report_of_a_newer_program_can_be_read() -> None:
    text = report_of(evaluated(*priced())).as_json().replace('"market"', '"more": 1, "market"', 1)
    assert Report.model_validate_json(text).market == "market.csv"


def test_where_it_was_trained_on_some_listings_the_others_are_told_in_full() -> None:
    flattering, honest = evaluated(*priced()), evaluated(*priced(factor=1.2))
    report = report_of(flattering, splits={"file": flattering, "file_new": honest})
    assert report.main == honest


def test_a_group_that_is_clearly_worse_is_named_with_the_reason() -> None:
    figures, cars = priced(1_000)
    kia = (cars["make"] == "Kia").fill_null(value=False)
    too_high = [pl.when(kia).then(pl.col(c) * 1.6).otherwise(c).alias(c) for c in ("predicted", "low", "high")]
    found = weak_groups(evaluated(figures.with_columns(too_high), cars), 0.9)
    weak = {(w.table, w.group.label): w.why for w in found}
    assert "median error" in weak["make", "Kia"]
    assert "ranges hold" in weak["make", "Kia"]
    assert ("make", "BMW") not in weak
    assert all(w.group.count >= FEWEST for w in found)


def test_what_chance_explains_is_no_weak_group() -> None:
    assert weak_groups(evaluated(*priced(60)), 0.8) == ()
