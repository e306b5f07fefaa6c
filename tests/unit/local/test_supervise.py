import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from car_price_prediction.local.ports import free_port, why_not_free
from car_price_prediction.local.probe import ask
from car_price_prediction.local.supervise import wake_supervisors

FAKE = str(Path(__file__).with_name("fake_servers.py"))
PROGRAM = """
import logging, os, sys
from car_price_prediction.domain.errors import LocalRunError
from car_price_prediction.local.supervise import Watch, supervise
logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")
port, start_s, *command = sys.argv[1:]
try:
    beside = {"the follower": os.environ["BESIDE"].split()} if "BESIDE" in os.environ else {}
    supervise(command, dict(os.environ), Watch("127.0.0.1", int(port), 2, 0.2, float(start_s)), beside)
except LocalRunError as error:
    sys.exit(error.message)
"""


class Supervised:
    """A supervisor in a process of its own, over a stand-in for the API that tells its process id."""

    def __init__(self, folder, *, start_s=60.0, command=None):
        self.port, self.ready, self.log = free_port(), folder / "ready", folder / "log"
        server = command or [sys.executable, FAKE, str(self.port), str(self.ready)]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(self.port), str(start_s), *server],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until_up(self):
        deadline = time.monotonic() + 20
        while ask("127.0.0.1", self.port, "/").code == 0:
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)
        time.sleep(0.5)
        return int(self.log.read_text().split()[0])

    def end(self):
        code = self.process.wait(30)
        assert not why_not_free("127.0.0.1", self.port)
        return code, self.log.read_text()


@pytest.fixture
def start(tmp_path):
    started = []

    def start(**options):
        started.append(Supervised(tmp_path, **options))
        return started[-1]

    yield start
    for found in started:
        with suppress(ProcessLookupError):
            os.killpg(found.process.pid, signal.SIGKILL)
        found.process.wait()


def test_it_stops_when_asked(start, tmp_path):
    (tmp_path / "ready").touch()
    found = start()
    found.wait_until_up()
    found.process.terminate()
    code, log = found.end()
    assert code == 0
    assert "stopped as asked" in log


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGKILL, "the API ended by itself (killed by SIGKILL)"),
        (signal.SIGSTOP, "the API failed 3 checks in a row: it does not answer"),
    ],
)
def test_it_ends_with_a_server_that_was_killed_or_stopped(start, tmp_path, number, reason):
    (tmp_path / "ready").touch()
    found = start()
    os.kill(found.wait_until_up(), number)
    code, log = found.end()
    assert code == 1
    assert reason in log


def test_it_ends_when_the_server_says_three_times_that_it_is_not_well(start, tmp_path):
    (tmp_path / "ready").touch()
    found = start()
    found.wait_until_up()
    (tmp_path / "ready").unlink()
    code, log = found.end()
    assert code == 1
    assert "the API failed 3 checks in a row" in log


def test_that_there_is_no_model_is_no_reason_to_end(start, monkeypatch):
    monkeypatch.setenv("FAKE_PROBLEM", "no_model")
    found = start(start_s=0)
    found.wait_until_up()
    with pytest.raises(subprocess.TimeoutExpired):
        found.process.wait(1.5)
    found.process.terminate()
    code, log = found.end()
    assert code == 0
    assert "failed" not in log


@pytest.mark.parametrize("options", [[], ["--follow"]])
def test_a_stopped_supervisor_is_let_go_on(tmp_path, options):
    program = tmp_path / "car-price"
    program.write_text("import time\ntime.sleep(60)\n")
    with subprocess.Popen([sys.executable, str(program), "supervise", *options]) as process:
        try:
            assert process.pid not in wake_supervisors()
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
            assert process.pid in wake_supervisors()
            os.waitid(os.P_PID, process.pid, os.WCONTINUED | os.WNOWAIT)
        finally:
            process.kill()


def test_a_slow_start_is_no_failure_but_a_start_without_end_is(start):
    found = start(start_s=1.0, command=[sys.executable, "-c", "import time; time.sleep(60)"])
    since = time.monotonic()
    code, log = found.end()
    assert code == 1
    assert time.monotonic() - since > 1.0
    assert "the API failed 3 checks in a row: it does not answer" in log


def test_it_ends_with_what_runs_beside_the_server(start, tmp_path, monkeypatch):
    (tmp_path / "ready").touch()
    monkeypatch.setenv("BESIDE", "sleep 4")
    code, log = start().end()
    assert code == 1
    assert "the follower ended by itself" in log
