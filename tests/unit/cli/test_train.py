"""`car-price train` over the command line: a file in, a model or one clear line out."""

from __future__ import annotations

import functools
import json
import re
import shutil
import signal
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.cli.main import run_command
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.training import job
from car_price_prediction.training.pipeline import Trainer
from support.command import run_json
from support.market import HEADER, market_rows, write_market
from support.model import SMALL_CANDIDATES


def test_training_publishes_a_model_and_keeps_the_data(artifacts: Path) -> None:
    current = json.loads((artifacts / "current.json").read_text())
    manifest = json.loads((artifacts / "models" / current["version"] / "manifest.json").read_text())
    data = artifacts / "data" / manifest["data"]["fingerprint"]
    assert {p.name for p in data.iterdir()} == {"listings.parquet", "rejected.parquet", "report.json"}
    assert pl.read_parquet(data / "listings.parquet").height == manifest["data"]["rows_used"]
    history = [json.loads(line) for line in (artifacts / "history.jsonl").read_text().splitlines()]
    assert [(line["from"], line["to"]) for line in history] == [(None, current["version"])]


def five_rows() -> bytes:
    return "\n".join([HEADER, *(",".join(row) for row in market_rows(5))]).encode()


def no_price() -> bytes:
    lines = [HEADER, *(",".join(row) for row in market_rows(100))]
    return "\n".join(",".join(c for i, c in enumerate(line.split(",")) if i != 5) for line in lines).encode()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(HEADER.encode() + b"\n", "no rows|no data|only a header", id="header-only"),
        pytest.param(no_price(), "price", id="no-price-column"),
        pytest.param(bytes(range(256)) * 40, "bad.csv is not text", id="binary"),
        pytest.param(five_rows(), "5 usable listings|at least 50", id="five-rows"),
        pytest.param(None, "no such file|is not there|not found|does not exist", id="not-there"),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, text: str
) -> None:
    file = tmp_path / "bad.csv"
    if content is not None:
        file.write_bytes(content)
    assert run_command(["train", str(file), "--artifacts", str(tmp_path / "artifacts")]) == 1
    error = capsys.readouterr().err
    assert re.search(text, error), error
    assert "Traceback" not in error
    assert not (tmp_path / "artifacts" / "current.json").exists()


def test_a_file_of_one_make_is_learnt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [",".join(row) for row in market_rows(400) if row[1] == "Skoda"]
    file = tmp_path / "one.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    summary = run_json(capsys, "train", str(file), "--artifacts", str(tmp_path / "artifacts"))
    assert summary["rows_used"] >= 190


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_training_that_is_stopped_ends_at_once_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    publish = ModelStore.publish

    def stopped_while_publishing(self: ModelStore, draft: Path, manifest: Manifest) -> Package:
        signal.raise_signal(sent)
        return publish(self, draft, manifest)

    monkeypatch.setattr(ModelStore, "publish", stopped_while_publishing)
    file = write_market(tmp_path / "market.csv", cars=100)
    before = signal.getsignal(signal.SIGTERM)
    assert run_command(["train", str(file), "--artifacts", str(tmp_path / "artifacts")]) == 130
    assert capsys.readouterr().err.endswith("stopped\n")
    assert list((tmp_path / "artifacts" / "models").iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_without_the_libraries_of_training_what_to_install_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "sklearn" else ...)
    assert run_command(["train", "cars.csv", "--artifacts", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "sklearn not installed" in error
    assert "car-price-prediction[train]" in error


def test_a_seed_beyond_what_the_libraries_take_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["train", "cars.csv", "--seed", str(2**31)]) == 2
    assert "--seed" in capsys.readouterr().err


def test_an_unreachable_mlflow_does_not_spoil_a_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    file = write_market(tmp_path / "market.csv", cars=100)
    summary = run_json(capsys, "train", str(file), "--artifacts", str(tmp_path / "artifacts"))
    assert summary["tracking"]["url"] is None
    assert "not logged" in summary["tracking"]["problem"]
    assert (tmp_path / "artifacts" / "current.json").exists()


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "Trainer", functools.partial(Trainer, kinds=SMALL_CANDIDATES))


@pytest.mark.usefixtures("_small")
def test_a_later_version_is_the_challenger_until_it_is_promoted(
    artifacts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(artifacts, tmp_path / "artifacts"))
    store, file = ModelStore(folder), write_market(tmp_path / "market.csv", cars=320)
    first = store.current_version()
    outcome = run_json(capsys, "train", str(file), "--artifacts", str(folder))
    assert (outcome["answers"], store.current_version()) == (False, first)
    forced = ["--promote", "--force", "--why", "asked for"]
    outcome = run_json(capsys, "train", str(file), "--artifacts", str(folder), *forced)
    assert (outcome["answers"], store.current_version()) == (True, outcome["version"])
    assert {"market", "listings", "accuracy"} <= {check["id"] for check in outcome["checks"]}
    assert str(store.history()[-1]["why"]).endswith(": asked for")


@pytest.mark.usefixtures("_small")
def test_a_promotion_that_the_gate_refuses_is_an_error_and_keeps_the_version(
    artifacts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(artifacts, tmp_path / "artifacts"))
    store, file = ModelStore(folder), write_market(tmp_path / "market.csv", cars=300)
    first = store.current_version()
    assert run_command(["train", str(file), "--currency", "USD", "--artifacts", str(folder), "--promote"]) == 1
    shown = capsys.readouterr()
    assert "gate: market: it prices in USD, the champion in EUR" in shown.out
    assert "is the challenger" in shown.out
    assert (store.current_version(), len(store.versions())) == (first, 2)


@pytest.mark.parametrize("args", [["--force"], ["--why", "x"], ["--promote", "--force"]])
def test_options_of_a_promotion_go_together(capsys: pytest.CaptureFixture[str], args: list[str]) -> None:
    assert run_command(["train", "market.csv", *args]) == 2
    assert "--why" in capsys.readouterr().err
