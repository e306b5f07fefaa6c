from dataclasses import replace
from pathlib import Path

import pytest

from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore
from car_price_prediction.training.card import card_of
from car_price_prediction.training.compare import Comparison


@pytest.fixture
def manifest(trained_artifacts: Path) -> Manifest:
    store = ModelStore(trained_artifacts)
    return store.load(store.current_version()).manifest


@pytest.fixture
def table(manifest: Manifest) -> list[Comparison]:
    served = Comparison("huber", manifest.metrics, "")
    return [replace(served, name="xgboost", not_served="another engine"), served, replace(served, name="other")]


def test_each_candidate_says_whether_it_is_served_and_why_not(manifest: Manifest, table: list[Comparison]) -> None:
    rows = {line.split(" | ")[0][2:]: line for line in card_of(manifest, table).splitlines() if line.startswith("| ")}
    assert rows["huber"].endswith("| served |")
    assert rows["xgboost"].endswith("| not served: another engine |")
    assert rows["other"].endswith("|  |")


def test_a_currency_that_was_not_told_is_said(manifest: Manifest, table: list[Comparison]) -> None:
    market = manifest.market.model_copy(update={"currency": None})
    assert "(currency not told)" in card_of(manifest.model_copy(update={"market": market}), table)
    assert "| Currency | EUR |" in card_of(manifest, table)


def test_only_the_sample_market_is_said_to_be_made_up(manifest: Manifest, table: list[Comparison]) -> None:
    sample = manifest.market.model_copy(update={"sample": True})
    assert "Not for real valuations" in card_of(manifest.model_copy(update={"market": sample}), table)
    assert "Not for real valuations" not in card_of(manifest, table)
