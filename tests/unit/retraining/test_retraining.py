"""Whole retrainings on real files with real, small models."""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from car_price_prediction.domain.errors import RetrainingError
from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry import promotion
from car_price_prediction.registry.checks import Check
from car_price_prediction.registry.promotion import LifeCycle
from car_price_prediction.retraining import run as module
from car_price_prediction.retraining.report import Report
from car_price_prediction.retraining.retraining import Retraining
from car_price_prediction.retraining.state import StateFile, UnderWay
from car_price_prediction.retraining.wanted import Wanted
from car_price_prediction.settings import Settings
from car_price_prediction.training import job
from car_price_prediction.training.pipeline import Trainer
from support.market import HEADER, market_rows
from support.model import SMALL_CANDIDATES, SilentStages

LONG_AGO = 1_700_000_000


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "Trainer", functools.partial(Trainer, kinds=SMALL_CANDIDATES))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with ``january.csv`` in its place, and a version that learnt from it by a retraining."""
    folder = tmp_path_factory.mktemp("january")
    (folder / "in").mkdir()
    put(folder / "in", "january.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "Trainer", functools.partial(Trainer, kinds=SMALL_CANDIDATES))
        assert retrain(folder).state == "promoted"
    return folder


@pytest.fixture
def january(trained: Path, tmp_path: Path) -> str:
    """Give the test's own folder what `trained` holds; return its champion."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return store_of(tmp_path).current_version()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    return folder


def put(place: Path, name: str, month: int = 0, *, change: Callable[[list[str]], Any] = list) -> Path:
    """Write a third of the cars of a small market, each changed."""
    rows = [[*row] for row in market_rows(1_200)[month::3]]
    for row in rows:
        change(row)
    path = place / name
    path.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n")
    os.utime(path, (LONG_AGO + month, LONG_AGO + month))
    return path


def retrain(tmp_path: Path, *, dry_run: bool = False, **wanted: Any) -> Report:
    settings = Settings(artifacts=tmp_path / "artifacts")
    life = LifeCycle(ModelStore(settings.artifacts))
    told = {"places": (str(tmp_path / "in"),), "options": LoadOptions(currency="EUR"), **wanted}
    return Retraining(settings, life, Wanted(**told), SilentStages()).run(dry_run=dry_run)


def verdicts(report: Report) -> dict[str, str]:
    return {line.name: line.verdict for line in report.files}


def store_of(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "artifacts")


def reports(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "artifacts" / "retraining" / "reports").glob("*.md"))


def test_new_files_become_the_champion_and_are_not_trained_on_twice(tmp_path: Path, place: Path) -> None:
    put(place, "january.csv")
    first = retrain(tmp_path)
    assert (first.state, first.problems, first.champion) == ("promoted", (), None)
    again = retrain(tmp_path)
    assert (again.state, again.problems, verdicts(again)) == ("nothing_new", (), {"january.csv": "trained"})
    put(place, "february.csv", 1)
    (place / "january.csv").rename(place / "old.csv")
    second = retrain(tmp_path)
    assert verdicts(second) == {"february.csv": "new", "old.csv": "trained"}
    assert (second.state, second.champion, second.problems) == ("promoted", first.version, ())
    assert [check.passed for check in second.checks] == [True] * len(second.checks)
    assert len(second.checks) > 5
    assert second.over == ()
    assert {line.field for line in second.drift} >= {"make", "mileage_km", "price"}
    store = store_of(tmp_path)
    assert store.current_version() == second.version
    assert store.history()[-1]["why"] == "promoted: retrained on february.csv, old.csv"
    sources = store.manifest(str(second.version)).data.sources
    assert [source.name for source in sources] == ["february.csv", "old.csv"]
    assert len(reports(tmp_path)) == 2
    last = json.loads((tmp_path / "artifacts" / "retraining" / "last.json").read_text())
    assert Report.model_validate(last) == second
    assert retrain(tmp_path).state == "nothing_new"
    assert len(reports(tmp_path)) == 2


def test_what_was_trained_on_by_hand_is_not_new(tmp_path: Path, place: Path) -> None:
    file = put(place, "january.csv")
    settings = Settings(artifacts=tmp_path / "artifacts")
    job.TrainingJob(settings, SilentStages()).run([str(file)], LoadOptions(currency="EUR"))
    assert retrain(tmp_path).state == "nothing_new"


def twice_as_far(row: list[str]) -> None:
    row[4] = str(int(row[4]) * 3)


def test_listings_that_drifted_past_the_limit_are_refused_until_somebody_says_why_not(
    tmp_path: Path, place: Path, january: str
) -> None:
    champion = january
    put(place, "odd.csv", 1, change=twice_as_far)
    refused = retrain(tmp_path)
    assert (refused.state, refused.version, "mileage_km" in refused.over) == ("refused", None, True)
    assert refused.problems[0].startswith("drifted past the limit: ")
    assert (
        "**over the limit** Mileage" in (tmp_path / "artifacts/retraining/reports" / reports(tmp_path)[-1]).read_text()
    )
    assert store_of(tmp_path).versions() == [champion]
    assert retrain(tmp_path).state == "refused"
    allowed = retrain(tmp_path, allow="vans came in")
    assert allowed.version is not None
    assert any(note.endswith("drifted past the limit: vans came in") for note in allowed.notes)
    assert retrain(tmp_path).state == "nothing_new"


def test_a_price_level_that_moved_is_what_retraining_is_for(tmp_path: Path, place: Path, january: str) -> None:

    def dearer(row: list[str]) -> None:
        row[5] = f"{float(row[5]) * 1.1:.0f}"

    put(place, "june.csv", 1, change=dearer)
    report = retrain(tmp_path)
    assert report.over == ()
    assert report.state in ("promoted", "challenger")


def test_a_field_that_is_not_told_any_more_is_as_far_as_one_that_moved(
    tmp_path: Path, place: Path, january: str
) -> None:

    def silent(row: list[str]) -> None:
        row[4] = ""

    put(place, "odd.csv", 1, change=silent)
    report = retrain(tmp_path)
    assert (report.state, "mileage_km" in report.over) == ("refused", True)
    assert any("0% of the cars tell it, 100% in training" in line.sentence for line in report.drift)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 and then it broke off", "bad"),
        (b"name,town\nann,Bonn\n", "does not look like car listings"),
        ("\n".join([HEADER.replace("EUR", "USD"), *(",".join(r) for r in market_rows(99))]).encode(), "USD"),
    ],
)
def test_a_bad_file_is_told_of_and_keeps_nothing_else_from_being_learnt(
    tmp_path: Path, place: Path, january: str, content: bytes, why: str
) -> None:
    options = LoadOptions()
    champion = january
    bad = place / "bad.csv"
    bad.write_bytes(content)
    os.utime(bad, (LONG_AGO, LONG_AGO))
    alone = retrain(tmp_path, options=options)
    assert (alone.state, verdicts(alone)["bad.csv"]) == ("nothing_new", "unusable")
    put(place, "february.csv", 1)
    report = retrain(tmp_path, options=options)
    assert verdicts(report) == {"bad.csv": "unusable", "february.csv": "new", "january.csv": "trained"}
    assert why in next(line.detail for line in report.files if line.name == "bad.csv")
    assert report.problems == ("1 file cannot be used; move them away, or mend them",)
    assert report.state == "promoted"
    assert report.version != champion


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(tmp_path: Path, place: Path, trained: Path) -> None:
    put(place, "january.csv")
    assert retrain(tmp_path, dry_run=True).state == "would_train"
    assert not (tmp_path / "artifacts").exists()
    retrain(tmp_path)
    put(place, "odd.csv", 1, change=twice_as_far)
    before = sorted(path for path in tmp_path.rglob("*"))
    assert retrain(tmp_path, dry_run=True).state == "refused"
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_what_the_gate_refuses_is_the_challenger_and_is_told_of_once(
    tmp_path: Path, place: Path, january: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = january
    monkeypatch.setattr(promotion, "examine", lambda *_: [Check("accuracy", False, "median error 20%, not 10%")])
    put(place, "february.csv", 1)
    report = retrain(tmp_path)
    assert (report.state, store_of(tmp_path).current_version()) == ("challenger", champion)
    assert f"the gate does not let {report.version} through: accuracy" in report.problems[0]
    assert (retrain(tmp_path).state, retrain(tmp_path).problems) == ("nothing_new", ())


def test_without_the_gate_it_stays_the_challenger_and_nothing_is_wrong(
    tmp_path: Path, place: Path, january: str
) -> None:
    put(place, "february.csv", 1)
    report = retrain(tmp_path, promote=False)
    assert (report.state, report.problems) == ("challenger", ())


def test_only_the_newest_are_learnt_from_where_that_is_wanted(tmp_path: Path, place: Path, january: str) -> None:
    put(place, "february.csv", 1)
    report = retrain(tmp_path, newest=1)
    assert verdicts(report) == {"february.csv": "new", "january.csv": "left"}
    assert [s.name for s in store_of(tmp_path).manifest(str(report.version)).data.sources] == ["february.csv"]


def test_a_training_that_fails_is_reported_and_begun_anew_the_next_time(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(place, "january.csv")

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(job.TrainingJob, "run", fail)
        failed = retrain(tmp_path)
    assert (failed.state, failed.version) == ("failed", None)
    assert failed.problems[0].startswith("not enough memory")
    assert verdicts(failed) == {"january.csv": "new"}
    following = retrain(tmp_path)
    assert following.state == "promoted"
    assert not any("interrupted" in note for note in following.notes)


@pytest.mark.parametrize("when", ["training", "gate"])
def test_a_run_that_was_interrupted_begins_anew_or_is_ended(
    tmp_path: Path, place: Path, january: str, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    champion = january
    put(place, "february.csv", 1)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if when == "training":
            patch.setattr(Trainer, "train", interrupt)
        else:
            patch.setattr(module, "standing_of", interrupt)
        with pytest.raises(KeyboardInterrupt):
            retrain(tmp_path)
    store = store_of(tmp_path)
    assert len(store.versions()) == (1 if when == "training" else 2)
    assert store.current_version() == champion
    report = retrain(tmp_path)
    assert report.state == "promoted"
    assert ("is new again" if when == "training" else "it is ended now") in report.notes[0]
    assert len(store.versions()) == 2
    assert store.current_version() == report.version
    assert StateFile(tmp_path / "artifacts" / "retraining").read().under_way is None
    assert retrain(tmp_path).state == "nothing_new"


def test_an_interruption_is_told_once(tmp_path: Path, january: str) -> None:
    file = StateFile(tmp_path / "artifacts" / "retraining")
    file.write(
        file.read().model_copy(update={"under_way": UnderWay(at=datetime(2026, 1, 1, tzinfo=UTC), files=("x",))})
    )
    dry = retrain(tmp_path, dry_run=True)
    first, second = retrain(tmp_path), retrain(tmp_path)
    assert [len(report.notes) for report in (dry, first, second)] == [1, 1, 0]
    assert {report.state for report in (dry, first, second)} == {"nothing_new"}


def test_two_at_once_are_one_too_many(tmp_path: Path, place: Path) -> None:
    put(place, "january.csv")
    with StateFile(tmp_path / "artifacts" / "retraining").alone(), pytest.raises(RetrainingError, match="another"):
        retrain(tmp_path)


def test_a_champion_of_the_sample_market_is_nothing_to_have_drifted_from(
    tmp_path: Path, place: Path, trained_artifacts: Path
) -> None:
    from support.model import small_package

    small_package(tmp_path / "artifacts", sample=True)
    put(place, "january.csv", change=twice_as_far)
    report = retrain(tmp_path)
    assert (report.state, report.drift) == ("promoted", ())
    assert any("sample market" in note for note in report.notes)
