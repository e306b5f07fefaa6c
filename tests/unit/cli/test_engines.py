"""`--engine ray` over the command line, as far as it goes without a cluster."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from car_price_prediction.cli.main import run_command
from support.market import write_market


@pytest.fixture(autouse=True)
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name, *rest: None if name == "ray" else found(name, *rest))


@pytest.mark.parametrize("command", ["train", "predict"])
def test_without_ray_the_extra_is_named_before_any_work(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(write_market(tmp_path / "cars.csv"))
    args = [source] if command == "train" else [source, str(tmp_path / "out.csv")]
    assert run_command([command, *args, "--engine", "ray", "--artifacts", str(tmp_path / "artifacts")]) == 1
    told = capsys.readouterr().err
    assert "--engine ray needs Ray" in told
    assert "car-price-prediction[scale]" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cars.csv"]
