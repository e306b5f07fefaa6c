"""`car-price retrain` over the command line, once and by a schedule, as an operator meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from car_price_prediction.cli.main import run_command
from car_price_prediction.package.store import ModelStore
from support.market import write_market

QUICK = ["--settle", "0", "--budget", "quick", "--monotone", "off"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(tmp_path / "artifacts"))
    monkeypatch.setenv("CAR_PRICE_LOGS", str(tmp_path / "logs"))
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def test_once_its_report_is_printed_and_the_exit_code_is_for_cron(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["retrain", str(place)]) == 0
    assert capsys.readouterr().out.startswith("# Nothing new: nothing was trained\n")
    write_market(place / "market.csv", cars=200)
    assert run_command(["retrain", str(place), *QUICK, "--dry-run"]) == 0
    assert not (tmp_path / "artifacts" / "models").exists()
    assert run_command(["retrain", str(place), *QUICK, "--json"]) == 0
    capsys.readouterr()
    assert run_command(["retrain", str(place), str(tmp_path / "none"), "--settle", "0", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["problems"] == [f"{tmp_path / 'none'}: there is no such folder"]
    assert (report["state"], report["files"][0]["verdict"]) == ("nothing_new", "trained")
    assert report["champion"] == ModelStore(tmp_path / "artifacts").current_version()


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        ([], 2, "Missing argument 'PLACE…'"),
        (["in/market.csv"], 2, "is a file: name its folder"),
        (["in", "--allow-drift"], 2, "go together"),
        (["in", "--why", "x"], 2, "go together"),
        (["in", "--schedule", "0 4 * * *", "--dry-run"], 2, "are for one run"),
        (["in", "--schedule", "0 25 * * *"], 1, '"0 25 * * *" is no schedule: bad hour'),
        (["in", "--schedule", "0 4 * * *", "--timezone", "Mars"], 1, 'there is no time zone "Mars"'),
    ],
)
def test_what_cannot_be_meant_is_refused_before_any_work(
    place: Path,
    args: list[str],
    code: int,
    text: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(place.parent)
    write_market(place / "market.csv", cars=60)
    assert run_command(["retrain", *args]) == code
    assert text in capsys.readouterr().err


def test_a_service_retrains_at_its_moments_and_sigterm_ends_it_in_the_middle_of_one(
    place: Path, tmp_path: Path
) -> None:
    # Real processes; a run is due at once.
    write_market(place / "market.csv", cars=200)
    log = tmp_path / "out"
    # The service's own clock is 59 s ahead of the minute, so that the first run is due at once.
    code = (
        "import sys, time\n"
        "from datetime import UTC, datetime, timedelta\n"
        "from functools import partial\n"
        "from car_price_prediction.cli import retrain\n"
        "from car_price_prediction.cli.main import run_command\n"
        "from car_price_prediction.retraining import schedule\n"
        "ahead = timedelta(seconds=59.5 - time.time() % 60)\n"
        "schedule.keep_to = partial(schedule.keep_to, clock=lambda: datetime.now(UTC) + ahead)\n"
        "sys.exit(run_command(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", code, "retrain", str(place), "--schedule", "* * * * *", *QUICK]
    with log.open("w") as output:
        service = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            state = tmp_path / "artifacts" / "retraining" / "state.json"
            deadline = time.monotonic() + 120
            while not (state.exists() and json.loads(state.read_text())["under_way"]):
                assert time.monotonic() < deadline, log.read_text()
                assert service.poll() is None, log.read_text()
                time.sleep(0.01)
            service.terminate()
            assert service.wait(60) == 0, log.read_text()
        finally:
            if service.poll() is None:
                os.killpg(service.pid, signal.SIGKILL)
                service.wait()
    said = log.read_text()
    assert "the next retraining is due" in said
    assert "the retraining is stopped" in said
    assert "Traceback" not in said
    assert ModelStore(tmp_path / "artifacts").versions() == []
    assert [path.name for path in (tmp_path / "artifacts" / "models").glob(".*")] == []
    # The next one begins anew, and says so.
    assert run_command(["retrain", str(place), *QUICK]) == 0
    assert len(ModelStore(tmp_path / "artifacts").versions()) == 1
