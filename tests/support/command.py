"""The command line, asked for JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from car_price_prediction.cli.main import run_command


def run_json(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> Any:
    """Run a command that is to end with a code, and return what it prints."""
    capsys.readouterr()
    assert run_command([*args, "--json"]) == code
    return json.loads(capsys.readouterr().out)
