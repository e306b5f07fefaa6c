import os
import signal
import sys

from car_price_prediction.valuations import beside as module
from car_price_prediction.valuations.beside import Beside
from support.kept import wait_until

WAITS = "import os, sys; open(sys.argv[1], 'a').write(str(os.getpid()) + chr(10)); sys.stdin.read()"


def started(path):
    return path.read_text().split() if path.exists() else []


def beside(tmp_path, said=WAITS):
    return Beside((sys.executable, "-c", f"{said}; open(sys.argv[1] + '.end', 'w')", str(tmp_path / "a")), os.environ)


def test_it_ends_by_itself_once_it_is_told(tmp_path):
    one = beside(tmp_path)
    one.start()
    wait_until(lambda: started(tmp_path / "a"))
    one.stop(20)
    assert one.pid is None
    assert (tmp_path / "a.end").exists()


def test_one_that_is_killed_is_started_again(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    one = beside(tmp_path)
    one.start()
    wait_until(lambda: len(started(tmp_path / "a")) == 1)
    os.kill(one.pid, signal.SIGKILL)
    wait_until(lambda: len(started(tmp_path / "a")) == 2)
    one.stop(20)
    assert "ended with -9" in caplog.text
    assert (tmp_path / "a.end").exists()


def test_one_that_does_not_end_is_ended(tmp_path, caplog):
    one = beside(tmp_path, f"{WAITS}; import time; time.sleep(600)")
    one.start()
    wait_until(lambda: started(tmp_path / "a"))
    one.stop(0.1)
    assert one.pid is None
    assert not (tmp_path / "a.end").exists()
    assert "does not end" in caplog.text
