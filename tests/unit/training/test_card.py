import re
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.evaluation.report import CandidateLine, Report
from car_price_prediction.package.contents import EVALUATION
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.training.card import card_of
from support.priced import evaluated, priced, report_of


@pytest.fixture(scope="module")
def package(trained_artifacts: Path) -> Package:
    store = ModelStore(trained_artifacts)
    return store.load(store.current_version())


@pytest.fixture
def manifest(package: Package) -> Manifest:
    return package.manifest


@pytest.fixture
def report(package: Package) -> Report:
    return Report.model_validate_json((package.folder / EVALUATION).read_text())


def test_each_candidate_says_whether_it_is_served_and_why_not(manifest: Manifest, report: Report) -> None:
    served = CandidateLine(name="lightgbm", served=True, not_served="", mdape=0.1, mae=900, r2_log=0.9)
    other = served.model_copy(update={"name": "xgboost", "served": False, "not_served": "another engine"})
    report = report.model_copy(update={"candidates": (other, served, other.model_copy(update={"not_served": ""}))})
    rows = [line for line in card_of(manifest, report).splitlines() if " | 900 | " in line]
    assert [row.split("| ")[-1] for row in rows] == ["not served: another engine |", "served |", " |"]


def test_a_currency_that_was_not_told_is_said(manifest: Manifest, report: Report) -> None:
    market = manifest.market.model_copy(update={"currency": None})
    assert "(currency not told)" in card_of(manifest.model_copy(update={"market": market}), report)
    assert "| Currency | EUR |" in card_of(manifest, report)


def test_only_the_sample_market_is_said_to_be_made_up(manifest: Manifest, report: Report) -> None:
    sample = manifest.market.model_copy(update={"sample": True})
    assert "Not for real valuations" in card_of(manifest.model_copy(update={"market": sample}), report)
    assert "Not for real valuations" not in card_of(manifest, report)


def test_both_splits_are_told_where_there_are_two_and_why_where_there_is_one(
    manifest: Manifest, report: Report
) -> None:
    assert "There is no split by time: no column" in card_of(manifest, report)
    card = card_of(manifest, report_of(evaluated(*priced())))
    assert "| Measure | cars not seen | later listings |" in card
    assert "2024-01-23" in card
    assert "| Listed | 2024-01-01 to 2024-01-28 |" in card


def test_weak_groups_and_the_ends_of_coverage_are_named(manifest: Manifest) -> None:
    figures, cars = priced(1_000)
    old = (cars["year"] < 1991).fill_null(value=False)
    wrong = [pl.when(old).then(pl.col(c) * 2).otherwise(c).alias(c) for c in ("predicted", "low", "high")]
    card = card_of(manifest, report_of(evaluated(figures.with_columns(wrong), cars)))
    assert re.search(r"^\| age in years: 30 and more \| \d+ \| median error", card, re.MULTILINE)
    assert "the ranges held least often from" in card
    fair = card_of(manifest, report_of(evaluated(*priced()), promised=0.9))
    assert "No group of 50 listings or more is clearly worse" in fair


def test_words_of_the_file_break_no_table(manifest: Manifest, report: Report) -> None:
    market = manifest.market.model_copy(update={"name": "a | b\n# c <script>"})
    card = card_of(manifest.model_copy(update={"market": market}), report)
    assert card.startswith("# Model card: a \\| b # c \\<script>\n")
