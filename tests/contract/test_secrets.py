"""A password in MLflow's address comes out of no command and no log, however the command ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SECRET = "sup3r-s3cret"
RIGHT, WRONG = f"http://ann:{SECRET}@127.0.0.1:9", f"http://ann:{SECRET}/@127.0.0.1:9"
COMMANDS = [
    (["doctor"], RIGHT),
    (["doctor", "--json"], WRONG),
    (["models", "promote"], RIGHT),
    (["models", "sync", "--json"], WRONG),
    (["models", "sync"], RIGHT),
    (["run", "--data", "nowhere.csv"], RIGHT),
]


@pytest.mark.parametrize(("command", "address"), COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS])
def test_a_password_is_told_to_nobody(tmp_path, command, address):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CAR_PRICE_", "MLFLOW"))}
    environ |= {"MLFLOW_TRACKING_URI": address, "CAR_PRICE_LOGS": str(tmp_path / "logs")}
    found = subprocess.run(
        [sys.executable, "-m", "car_price_prediction.cli.main", *command],
        cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    files = [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert [text for text in (found.stdout, found.stderr, *files) if SECRET in text] == []
