from __future__ import annotations

import json
from pathlib import Path

import pytest

from car_price_prediction.cli.main import run_command


@pytest.fixture(autouse=True)
def _artifacts(trained_artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(trained_artifacts))
    monkeypatch.setenv("CAR_PRICE_LOGS", str(tmp_path))


def test_nothing_wrong_is_exit_0_and_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "nothing is wrong"
    assert any(line.split()[:2] == ["ok", "model.price"] for line in lines)


def test_something_wrong_is_exit_1_with_a_hint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(tmp_path / "none"))
    assert run_command(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "hint: train one with `car-price train FILE`" in out
    assert out.endswith("1 of 27 checks failed\n")


@pytest.mark.parametrize(
    ("variable", "value"), [("CAR_PRICE_PORT", "none"), ("MLFLOW_TRACKING_URI", "http://changeme:5000")]
)
def test_bad_settings_are_a_finding_and_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert run_command(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == 1
    assert variable in found["checks"][0]["message"]
    assert {check["status"] for check in found["checks"][1:]} == {"skipped"}


def test_an_api_that_was_named_must_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["doctor", "--url", "http://127.0.0.1:9"]) == 1
    assert "no API answers at http://127.0.0.1:9" in capsys.readouterr().out
