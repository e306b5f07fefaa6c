"""`car-price models` and `train --promote` over the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from car_price_prediction.cli.main import run_command
from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry import promotion
from car_price_prediction.registry.checks import Check
from support.versions import copy_version, told


@pytest.fixture
def store(trained_artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """Return a store of three versions, the first current; the environment names it."""
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(tmp_path / "artifacts"))
    source, store = ModelStore(trained_artifacts), ModelStore(tmp_path / "artifacts")
    package = source.load(source.current_version())
    made = [copy_version(store, package, number) for number in (1, 2, 3)]
    store.set_current(made[0], who="test", why="the first")
    return store


@pytest.fixture
def _closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion, "examine", lambda *_: [Check("accuracy", False, "median error 20%, not 10%")])


def run(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run_command(["models", *args]) == code
    shown = capsys.readouterr()
    return shown.out, shown.err


def run_json(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> Any:
    return json.loads(run(capsys, *args, "--json", code=code)[0])


def test_versions_are_listed(store: ModelStore, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = run_json(capsys, "list")["models"]
    assert [row["role"] for row in rows] == ["challenger", "", "champion"]
    lines = run(capsys, "list")[0].splitlines()
    assert [line.split()[0] for line in lines] == [row["version"] for row in rows]
    assert "no version in" in run(capsys, "list", "--artifacts", str(tmp_path / "none"))[0]


def test_a_version_is_shown_with_its_card_and_history(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "show")[0]
    assert out.startswith("# Model card")
    assert "test: None -> " in out
    shown = run_json(capsys, "show", "challenger")
    assert (shown["manifest"]["version"], shown["current"], shown["history"]) == (store.versions()[2], False, [])
    assert "is not in" in run(capsys, "show", "2001", code=1)[1]


def test_promote_and_rollback(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    first, _, third = store.versions()
    out = run(capsys, "promote", "--why", "newer data")[0]
    assert f"{third} answers now (before: {first})" in out
    assert "passed  accuracy: " in out
    assert store.current_version() == third
    assert run(capsys, "rollback")[0] == f"{first} answers again (before: {third})\n"
    assert [why for _, _, why in told(store)] == ["the first", "promoted: newer data", "rolled back"]
    assert "no version before" in run(capsys, "rollback", code=1)[1]


@pytest.mark.usefixtures("_closed")
def test_a_refusal_names_the_check_and_its_figures(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    first, _, third = store.versions()
    out, err = run(capsys, "promote", code=1)
    assert out == "FAILED  accuracy: median error 20%, not 10%\n"
    assert err.splitlines()[0] == f"error: {third} is not promoted: accuracy; {first} answers on"
    move = run_json(capsys, "promote", code=1)
    assert (move["moved"], move["checks"][0]["id"], store.current_version()) == (False, "accuracy", first)


@pytest.mark.usefixtures("_closed")
def test_force_needs_a_reason(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--force needs --why" in run(capsys, "promote", "--force", code=2)[1]
    run(capsys, "promote", "--force", "--why", "prices rose")
    assert told(store)[-1][2] == "forced past accuracy: prices rose"


def test_sync_needs_a_server(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no MLflow server to follow" in run(capsys, "sync", code=1)[1]
    assert "--follow goes with neither" in run(capsys, "sync", "--follow", "--check", code=2)[1]
    assert "no follower has written" in run(capsys, "sync", "--check", code=1)[1]


def test_a_server_that_is_down_is_one_line_and_stops_no_rollback(
    store: ModelStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert "does not answer" in run(capsys, "sync", code=1)[1]
    run(capsys, "promote")
    out = run(capsys, "rollback")[0]
    assert "follows at the next `car-price models sync`" in out
    assert store.current_version() == store.versions()[0]


def test_a_database_that_is_down_leaves_sales_out_and_nothing_else(
    store: ModelStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "postgresql://127.0.0.1:1/x")
    assert run_json(capsys, "show", "challenger")["shadow"] == {"prices": None, "sales": None}
    assert run_json(capsys, "show", "champion")["shadow"] is None
    assert "## In the shadow" not in run(capsys, "show", "challenger")[0]
