"""A training run: what it leaves behind when it ends well, and when it does not."""

from __future__ import annotations

import functools
import os
import resource
from dataclasses import dataclass
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import PackageError, TrackingError
from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.package.store import ModelStore
from car_price_prediction.package.unlogged import Unlogged
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training import job as module
from car_price_prediction.training import runlog
from car_price_prediction.training.job import NOT_TRACKED, Outcome, TrainingJob
from car_price_prediction.training.pipeline import Trainer
from car_price_prediction.training.track import RunRecord, Tracked
from support.market import write_market
from support.model import SMALL_CANDIDATES, SilentStages


@dataclass(frozen=True)
class JobSettings:
    artifacts: Path
    mlflow_tracking_uri: str | None = None
    mlflow_experiment: str = "experiment"
    mlflow_model: str = "model"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Trainer", functools.partial(Trainer, kinds=SMALL_CANDIDATES))


def run(folder: Path, *, uri: str | None = None, cars: int = 200) -> Outcome:
    file = write_market(folder / "market.csv", cars=cars)
    settings = JobSettings(folder / "artifacts", uri)
    return TrainingJob(settings, SilentStages()).run([str(file)], LoadOptions())


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in (folder / "artifacts").rglob(".*") if path.name != ".lock"]


def test_a_run_that_is_not_tracked_says_why_and_answers(tmp_path: Path) -> None:
    outcome = run(tmp_path)
    assert (outcome.tracked, outcome.untracked) == (None, NOT_TRACKED)
    store = ModelStore(tmp_path / "artifacts")
    assert store.current_version() == outcome.manifest.version
    assert store.history()[0]["why"] == "trained on market.csv"
    assert leftovers(tmp_path) == []


def test_the_tracker_is_told_all_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[RunRecord] = []

    def track(record: RunRecord, **where: str) -> Tracked:
        told.append(record)
        assert where == {"tracking_uri": "http://m", "experiment": "experiment", "registered_model": "model"}
        return Tracked("run", "1", "http://m/run")

    monkeypatch.setattr(runlog, "track", track)
    outcome = run(tmp_path, uri="http://m")
    record = told[0]
    assert record.tags["data_fingerprint"] == outcome.manifest.data.fingerprint
    assert (record.params["seed"], record.params["candidate"]) == (0, "huber")
    assert record.metrics == outcome.manifest.metrics
    assert record.input_example["make"] in ("Skoda", "BMW", "Kia")
    assert record.output_example["price"] > 0
    assert outcome.as_dict()["tracking"] == {"url": "http://m/run", "problem": None}


def test_a_tracker_that_refuses_spoils_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def track(record: RunRecord, **where: str) -> Tracked:
        raise TrackingError("MLflow refused")

    monkeypatch.setattr(runlog, "track", track)
    outcome = run(tmp_path, uri="http://m")
    problem = outcome.as_dict()["tracking"]["problem"]
    assert problem.startswith("not logged: MLflow refused; `car-price models register` logs it")
    store = ModelStore(tmp_path / "artifacts")
    assert store.current_version() == outcome.manifest.version
    assert Unlogged(store).versions() == store.versions()


def test_a_training_that_is_killed_while_it_logs_leaves_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def track(record: RunRecord, **where: str) -> Tracked:
        raise SystemExit

    monkeypatch.setattr(runlog, "track", track)
    with pytest.raises(SystemExit):
        run(tmp_path, uri="http://m")
    store = ModelStore(tmp_path / "artifacts")
    assert len(store.versions()) == 1
    assert Unlogged(store).versions() == store.versions()


def test_what_could_not_be_logged_is_logged_with_the_next_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    answers = iter([False, True, False, True, True])

    def track(record: RunRecord, **where: str) -> Tracked:
        if not next(answers):
            raise TrackingError("MLflow is away")
        logged.append(record.version)
        return Tracked("run", "1", "http://m/run")

    monkeypatch.setattr(runlog, "track", track)
    first, second = (run(tmp_path, uri="http://m") for _ in range(2))
    version = first.manifest.version
    assert logged == [second.manifest.version]
    assert second.late == ()
    third = run(tmp_path, uri="http://m")
    assert logged == [second.manifest.version, third.manifest.version, version]
    assert third.late == (version,)
    assert f"{version} is logged now: MLflow was away when it was trained" in third.notes
    assert Unlogged(ModelStore(tmp_path / "artifacts")).versions() == []


def test_a_model_that_prices_no_typical_car_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(tmp_path).manifest.version

    def probe(self: Valuer) -> None:
        raise PackageError("prices a typical car nan")

    monkeypatch.setattr(Valuer, "probe", probe)
    with pytest.raises(PackageError, match="typical car"):
        run(tmp_path)
    assert ModelStore(tmp_path / "artifacts").current_version() == first


@pytest.mark.parametrize("what", ["draft", "publish"])
def test_ctrl_c_while_publishing_leaves_the_old_model_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    first = run(tmp_path).manifest.version

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(*((module.ModelStore, "publish") if what == "publish" else (os, "fsync")), stop)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    monkeypatch.undo()
    store = ModelStore(tmp_path / "artifacts")
    assert (store.current_version(), store.versions()) == (first, [first])
    assert leftovers(tmp_path) == []


def test_a_full_disk_leaves_the_old_model_and_no_rest(tmp_path: Path) -> None:
    first = run(tmp_path).manifest.version
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            run(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store = ModelStore(tmp_path / "artifacts")
    assert (store.current_version(), store.versions()) == (first, [first])
    assert leftovers(tmp_path) == []


def test_a_market_is_named_after_its_files(tmp_path: Path) -> None:
    assert run(tmp_path).manifest.market.name == "market.csv"
