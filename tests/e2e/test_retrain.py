"""The profile `retrain` in containers: a file that comes into the folder becomes a version, or is refused."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from car_price_prediction.listings.sample import sample_frame
from support.stack import Stack, wait_until

OPTIONS = "--currency EUR --budget quick --settle 1"
RUNS_S = 600


def put(folder: Path, name: str, seed: int, *, rows: int = 2_000, factor: float = 1.0) -> None:
    """Put listings of the sample market there in one step, as whoever exports should."""
    cars = sample_frame(rows, seed).drop("market")
    cars = cars.with_columns((cars["price_eur"] * factor).round())
    cars.write_csv(folder / f".{name}")
    (folder / f".{name}").rename(folder / name)


@pytest.fixture(scope="module")
def retraining(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A deployment of the folders and `retrain` alone, which looks each minute."""
    stack = Stack(tmp_path_factory.mktemp("project"))
    folder = stack.folder / "exports"
    folder.mkdir()
    put(folder, "january.csv", seed=1)
    stack.environ |= {
        "RETRAIN_FOLDER": "./exports", "RETRAIN_SCHEDULE": "* * * * *", "RETRAIN_OPTIONS": OPTIONS,
    }  # fmt: skip
    try:
        stack.prepare()
        stack.compose("--profile", "retrain", "up", "-d", "--build", "--no-deps", "retrain")
        yield stack
    finally:
        stack.compose("--profile", "retrain", "down", "--volumes", "--remove-orphans", "--timeout", "30", check=False)
        for name in ("artifacts", "logs"):
            shutil.rmtree(stack.folder / name, ignore_errors=True)


def met(stack: Stack, name: str) -> dict:
    """Return the report of the run that met a new file of this name."""
    reports = stack.folder / "artifacts" / "retraining" / "reports"

    def told() -> dict | None:
        for file in sorted(reports.glob("*.json")):
            found = json.loads(file.read_text())
            if any(line["name"] == name and line["verdict"] == "new" for line in found["files"]):
                return dict(found)
        return None

    since = time.monotonic()
    try:
        found = wait_until(told, RUNS_S, f"a run that meets {name}")
    except AssertionError:
        raise AssertionError(stack.compose("--profile", "retrain", "logs", "retrain")) from None
    print(f"\n{name}: {found['state']} after {time.monotonic() - since:.0f} s")  # noqa: T201 - for whoever reads
    return dict(found)


def test_a_file_that_comes_is_learnt_and_asked_about_and_a_wrong_one_refused(retraining: Stack) -> None:
    artifacts, exports = retraining.folder / "artifacts", retraining.folder / "exports"
    first = met(retraining, "january.csv")
    assert (first["state"], first["problems"]) == ("promoted", [])
    assert json.loads((artifacts / "current.json").read_text())["version"] == first["version"]
    put(exports, "february.csv", seed=2)
    second = met(retraining, "february.csv")
    assert {line["name"]: line["verdict"] for line in second["files"]} == {
        "january.csv": "trained", "february.csv": "new",
    }  # fmt: skip
    # What the gate makes of it is its matter: here, that it was asked, and that its word counts.
    failed = [check["id"] for check in second["checks"] if not check["passed"]]
    assert {check["id"] for check in second["checks"]} >= {"listings", "accuracy", "coverage", "prices_median"}
    assert second["state"] == ("challenger" if failed else "promoted")
    answers = first if failed else second
    assert json.loads((artifacts / "current.json").read_text())["version"] == answers["version"]
    put(exports, "march.csv", seed=3, factor=3.0)
    refused = met(retraining, "march.csv")
    assert (refused["state"], refused["over"], refused["version"]) == ("refused", ["price"], None)
    assert len(list((artifacts / "models").iterdir())) == 2
    assert len(list((artifacts / "retraining" / "reports").glob("*.md"))) >= 3
    assert json.loads((artifacts / "retraining" / "schedule.json").read_text())["broke"] == ""


def test_it_ends_when_it_is_asked_to(retraining: Stack) -> None:
    name = f"{retraining.name}-retrain-1"
    retraining.compose("--profile", "retrain", "stop", "--timeout", "30", "retrain")
    assert retraining.inspect(name)["State"]["ExitCode"] == 0
    assert not (retraining.folder / "artifacts" / "retraining" / "schedule.json").exists()
