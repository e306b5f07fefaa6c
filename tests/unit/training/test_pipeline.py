import csv
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.evaluation.report import Report
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training.bytime import NO_DAYS
from car_price_prediction.training.choices import Choices
from car_price_prediction.training.measure import LEVELS
from car_price_prediction.training.pipeline import Trained, Trainer, TrainOptions
from support.market import loaded_market
from support.model import SMALL_CANDIDATES, SilentStages, train_small


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train_small(tmp_path_factory.mktemp("pipeline"), sample=True)


def test_a_package_holds_what_the_design_says(trained: Trained) -> None:
    names = {path.name for path in trained.package.folder.iterdir()}
    assert {
        "manifest.json",
        "booster.txt",
        "card.md",
        "evaluation.html",
        "evaluation.json",
        "model_comparison.json",
        "feature_importance.csv",
        "feature_importance.json",
        "feature_importance.png",
    } <= names
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib"))]


def test_importance_is_told_in_three_ways_that_agree(trained: Trained) -> None:
    folder = trained.package.folder
    shares = json.loads((folder / "feature_importance.json").read_text())
    rows = list(csv.DictReader((folder / "feature_importance.csv").read_text().splitlines()))
    assert sum(shares.values()) == pytest.approx(1)
    assert [row["field"] for row in rows] == list(shares)
    assert (folder / "feature_importance.png").read_bytes().startswith(b"\x89PNG")


def test_the_card_says_sample_market_and_asking_prices(trained: Trained) -> None:
    card = (trained.package.folder / "card.md").read_text()
    assert "sample market" in card
    assert "asking prices" in card
    assert f"{trained.package.manifest.metrics['mdape']:.1%}" in card


def test_metrics_are_of_cars_that_the_model_did_not_see(trained: Trained) -> None:
    metrics = trained.package.manifest.metrics
    assert {"mae", "rmse", "r2", "r2_log", "mdape", "mape", "within_10", "within_20", "coverage", "width"} <= set(
        metrics
    )
    assert 0.01 < metrics["mdape"] < 0.2
    assert 0.8 <= metrics["coverage"] <= 0.97


def test_the_evaluation_tells_the_figures_of_the_manifest(trained: Trained) -> None:
    report = Report.model_validate_json((trained.package.folder / "evaluation.json").read_text())
    metrics = trained.package.manifest.metrics
    assert report.main.overall.model_dump(exclude={"count"}) == metrics
    assert report.main.overall.count == trained.package.manifest.data.rows_used
    assert (report.no_time_split, "time_mdape" in metrics) == (NO_DAYS, False)
    assert len(report.main.calibration) == len(LEVELS)


def test_dated_listings_are_split_by_time_as_well(tmp_path: Path) -> None:
    loaded = loaded_market(cars=400)
    days = pl.select(pl.date(2024, 1, 1) + pl.duration(days=pl.int_range(400) % 40)).to_series()
    found = train_small(tmp_path, replace(loaded, listings=loaded.listings.with_columns(days.alias("_listed"))))
    report = Report.model_validate_json((found.package.folder / "evaluation.json").read_text())
    metrics = found.package.manifest.metrics
    assert set(report.splits) == {"folds", "time"}
    assert metrics["time_mdape"] == report.splits["time"].overall.mdape
    assert {"time_mae", "time_bias", "time_coverage"} < set(metrics)
    assert report.time_split is not None
    assert (report.time_split.trained, report.time_split.scored) == (320, 80)
    assert "_listed" not in found.package.manifest.served.features


def test_the_same_listings_and_seed_give_the_same_model(tmp_path: Path, trained: Trained) -> None:
    again = train_small(tmp_path, sample=True)
    files, twice = trained.package.manifest.files, again.package.manifest.files
    for name in ("booster.txt", "spread.txt", "encoder.json", "calibration.json", "facts.json"):
        assert files[name] == twice[name]


def test_every_candidate_learns_a_small_market_and_only_a_package_is_served(tmp_path: Path) -> None:
    stages = SilentStages()
    found = Trainer(ModelStore(tmp_path), stages).train(loaded_market(cars=300), TrainOptions(market="m"))
    errors = {row.name: row.metrics["mdape"] for row in found.compared.table}
    assert {"linear", "random_forest", "xgboost", "huber", "absolute", "extra"} <= set(errors)
    assert max(errors.values()) < 0.3
    assert any("not served" in note for note in stages.notes)
    assert any("rise with mileage" in note for note in stages.notes)
    served, table = (
        found.package.manifest.served,
        json.loads((found.package.folder / "model_comparison.json").read_text()),
    )
    assert sum(served.members.values()) == pytest.approx(1.0)
    assert served.members == table["weights"]
    assert served.candidate == ("blend" if len(served.members) > 1 else next(iter(served.members)))
    assert {row["name"] for row in table["candidates"]} == set(errors)


def test_a_quick_budget_fits_one_member_and_nothing_beside_it(tmp_path: Path) -> None:
    options = TrainOptions(market="m", choices=Choices(budget="quick", monotone="on"))
    found = Trainer(ModelStore(tmp_path), SilentStages()).train(loaded_market(cars=200), options)
    assert [row.name for row in found.compared.table] == ["huber"]
    assert found.package.manifest.served.monotone


def test_a_market_of_one_make_can_be_learnt(tmp_path: Path) -> None:
    loaded = loaded_market(cars=400)
    one = replace(loaded, listings=loaded.listings.filter(pl.col("make") == "Skoda"))
    found = train_small(tmp_path, one)
    quote = Valuer.load(found.package.folder).quote({"model": "Fabia", "year": 2015.0})
    assert quote.price > 0


def test_a_thorough_budget_tunes_one_more_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("car_price_prediction.training.tune.TRIALS", 4)
    monkeypatch.setattr("car_price_prediction.training.tune.QUICK_ROUNDS", 20)
    monkeypatch.setattr("car_price_prediction.training.tune.SLOW_ROUNDS", 60)
    monkeypatch.setattr("car_price_prediction.training.pipeline.members", lambda *_: SMALL_CANDIDATES)
    options = TrainOptions(market="m", choices=Choices(budget="thorough", monotone="off"))
    found = Trainer(ModelStore(tmp_path), SilentStages()).train(loaded_market(cars=200), options)
    assert {"huber", "tuned"} <= {row.name for row in found.compared.table}
