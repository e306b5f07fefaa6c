import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from car_price_prediction.local.child import Child, describe_exit


def python(code: str, *, log: Path) -> Child:
    return Child("test", [sys.executable, "-c", code], environ=dict(os.environ), log=log)


def wait_for(done, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


GRANDCHILD = """
import subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", {inner!r}])
print(inner.pid, flush=True)
{rest}
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


def test_output_is_appended_to_the_log_and_the_last_line_is_known(tmp_path):
    log = tmp_path / "logs" / "child.log"
    for word in ("one", "two"):
        child = python(f"import sys; print('{word}'); print('bad {word}', file=sys.stderr)", log=log)
        wait_for(lambda child=child: child.exit_code is not None)
    assert log.read_text().splitlines() == ["one", "bad one", "two", "bad two"] or log.read_text().count("\n") == 4
    assert child.last_line() in ("two", "bad two")


def test_a_large_log_is_put_aside_first(tmp_path, monkeypatch):
    monkeypatch.setattr("car_price_prediction.local.child.LARGE_LOG_BYTES", 10)
    log = tmp_path / "child.log"
    log.write_text("a line of before\n")
    child = python("print('new')", log=log)
    wait_for(lambda: child.exit_code is not None)
    assert log.read_text() == "new\n"
    assert (tmp_path / "child.log.1").read_text() == "a line of before\n"


def test_stop_asks_first(tmp_path):
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(0)); print('up', flush=1); time.sleep(60)"
    child = python(code, log=tmp_path / "log")
    wait_for(lambda: child.last_line() == "up")
    child.stop(grace_s=10)
    assert child.exit_code == 0


def test_stop_kills_what_does_not_listen(tmp_path):
    child = python(STUBBORN, log=tmp_path / "log")
    wait_for(lambda: child.last_line() == "deaf")
    child.stop(grace_s=0.2)
    assert child.exit_code == -signal.SIGKILL


def test_stop_in_a_hurry_does_not_wait(tmp_path):
    child = python(STUBBORN, log=tmp_path / "log")
    wait_for(lambda: child.last_line() == "deaf")
    since = time.monotonic()
    child.stop(grace_s=60, hurry=lambda: True)
    assert time.monotonic() - since < 5


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize("rest", ["time.sleep(60)", "pass"], ids=["while the child runs", "after the child has ended"])
def test_stop_reaches_grandchildren(tmp_path, rest):
    log = tmp_path / "log"
    child = python(GRANDCHILD.format(inner="import time; time.sleep(60)", rest=rest), log=log)
    wait_for(child.last_line)
    grandchild = int(child.last_line())
    if rest == "pass":
        wait_for(lambda: child.exit_code is not None)
    assert is_alive(grandchild)
    child.stop(grace_s=5)
    wait_for(lambda: not is_alive(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can")
def test_a_child_does_not_outlive_a_killed_parent(tmp_path):
    log = tmp_path / "log"
    parent = f"""
import os, sys, time
from pathlib import Path
from car_price_prediction.local.child import Child
Child("inner", [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"],
      environ=dict(os.environ), log=Path({str(log)!r}))
time.sleep(60)
"""
    child = python(parent, log=tmp_path / "parent.log")
    wait_for(lambda: log.exists() and log.read_text().endswith("\n"))
    inner = int(log.read_text())
    os.kill(child._process.pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(inner))
    child.stop(grace_s=1)


def test_exit_codes_in_words():
    assert describe_exit(0) == "exit code 0"
    assert describe_exit(-15) == "killed by SIGTERM"
    assert describe_exit(-250) == "killed by signal 250"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the state of a process")
def test_one_with_a_process_that_somebody_stopped_is_stopped():
    script = "import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    read, write = os.pipe()
    with open(read) as told:  # noqa: PTH123
        child = Child("one", [sys.executable, "-c", script], environ=os.environ, log=Path(f"/dev/fd/{write}"))
        try:
            worker = int(told.readline())
            assert not child.is_stopped
            os.kill(worker, signal.SIGSTOP)
            deadline = time.monotonic() + 20
            while not child.is_stopped:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        finally:
            child.stop(grace_s=5)
            os.close(write)
