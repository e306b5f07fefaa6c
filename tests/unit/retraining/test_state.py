"""What is remembered between runs, and that only one runs."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import RetrainingError
from car_price_prediction.retraining.state import Learnt, State, StateFile, UnderWay

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "retraining")
    assert file.read() == State()
    state = State(
        files={"ab": Learnt(name="a.csv", at=NOW, version="v1")}, under_way=UnderWay(at=NOW, files=("ab", "cd"))
    )
    file.write(state)
    assert file.read() == state
    assert [path.name for path in (tmp_path / "retraining").iterdir()] == ["state.json"]


def test_a_damaged_state_is_not_taken_for_none(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    (tmp_path / "state.json").write_text('{"files": {"ab": ')
    with pytest.raises(RetrainingError, match=r"state.json cannot be read"):
        file.read()


def test_a_second_one_is_refused_and_one_that_was_killed_lets_go(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from car_price_prediction.retraining.state import StateFile\n"
        "with StateFile(pathlib.Path(sys.argv[1])).alone():\n"
        "    print('in', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        with pytest.raises(RetrainingError, match="another retraining is at work"), StateFile(tmp_path).alone():
            pass
        other.kill()
        other.wait()
    with StateFile(tmp_path).alone():
        assert (tmp_path / ".lock").exists()
