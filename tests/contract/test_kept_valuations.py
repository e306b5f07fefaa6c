"""Kept valuations as an operator meets them: a real server, a real database that comes and goes."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from car_price_prediction.bootstrap_behind import NICENESS
from car_price_prediction.cli.main import run_command
from car_price_prediction.valuations.database import FILE, Database
from car_price_prediction.valuations.journal import FOLDER
from car_price_prediction.valuations.store import Valuations
from support.kept import locked, wait_until
from support.monitoring import samples_of, total
from support.postgres import programs, running_postgres
from support.server import running_server
from support.web import FABIA


@pytest.fixture
def artifacts(trained_artifacts, tmp_path):
    return shutil.copytree(trained_artifacts, tmp_path / "artifacts")


@pytest.fixture
def postgres():
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with running_postgres(folder) as server:
        yield server


def count(address, folder):
    database = Database(address, folder)
    found = Valuations(database).count()
    database.close()
    return found


def test_a_server_that_is_told_to_stop_loses_no_answer_that_it_gave(artifacts, tmp_path):
    given = []

    def ask_all_the_time(server):
        while True:
            try:
                status, _ = server.ask("POST", "/predict/price", FABIA)
            except OSError:
                return
            given.append(status)

    with running_server(artifacts, tmp_path, workers="2", valuations_url="sqlite") as server:
        client = threading.Thread(target=ask_all_the_time, args=(server,))
        client.start()
        wait_until(lambda: len(given) > 500)
        server.process.terminate()
        client.join()
        server.process.wait(30)
    assert set(given) == {200}
    assert len(given) <= count("sqlite", artifacts) <= len(given) + 1  # the last answer may not have reached its client


def test_while_the_database_is_stopped_every_request_is_answered(artifacts, tmp_path, postgres):
    with running_server(artifacts, tmp_path, valuations_url=postgres.url) as server:
        assert server.ask("POST", "/predict/price", FABIA)[0] == 200
        wait_until(lambda: count(postgres.url, tmp_path) == 1)
        postgres.stop()
        assert [server.ask("POST", "/predict/price", FABIA)[0] for _ in range(50)] == [200] * 50
        assert server.ask("GET", "/valuations/x")[0] == 503
        time.sleep(0.3)
        postgres.start()
        wait_until(lambda: count(postgres.url, tmp_path) == 51)


def in_files(artifacts):
    """Return how many answers wait in files."""
    found = 0
    for path in (artifacts / FOLDER).glob("*"):
        with contextlib.suppress(FileNotFoundError):
            found += sum(len(json.loads(line)) for line in path.read_bytes().splitlines())
    return found


def counted(server, result):
    return total(samples_of(server.ask_raw("GET", "/metrics")[2].decode()), "car_price_valuations_total", result=result)


def waiting(server):
    return total(samples_of(server.ask_raw("GET", "/metrics")[2].decode()), "car_price_valuations_waiting")


def price(server, times):
    assert {server.ask("POST", "/predict/price", FABIA)[0] for _ in range(times)} <= {200}


def writers_of(server):
    # One that was started again is the child of another thread than the first.
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    children = [pid for task in tasks for pid in task.read_text().split()]
    said = {int(pid): Path(f"/proc/{pid}/cmdline") for pid in children}
    return [pid for pid, words in said.items() if words.exists() and b"\0valuations\0" in words.read_bytes()]


def test_a_worker_that_is_killed_takes_nothing_with_it_that_is_in_its_file(artifacts, tmp_path):
    with running_server(artifacts, tmp_path, valuations_url="sqlite") as server:
        price(server, 10)
        wait_until(lambda: count("sqlite", artifacts) == 10)
        with locked(artifacts):
            for asked in (1, 30):  # handed over, and not
                price(server, asked)
                wait_until(lambda asked=asked: in_files(artifacts) == {1: 1, 30: 31}[asked])
            server.forget_connection()
            server.kill_worker()
        server.wait_for("/health/ready", 200)
        wait_until(lambda: count("sqlite", artifacts) == 41)
        wait_until(lambda: counted(server, "written") == 41)


def test_what_writes_may_be_killed_and_what_waits_is_written_once(artifacts, tmp_path):
    with running_server(artifacts, tmp_path, valuations_url="sqlite") as server:
        price(server, 5)
        wait_until(lambda: count("sqlite", artifacts) == 5)
        with locked(artifacts):
            price(server, 20)
            wait_until(lambda: in_files(artifacts) == 20)
            wait_until(lambda: waiting(server) == 20)
            (killed,) = writers_of(server)
            assert os.getpriority(os.PRIO_PROCESS, killed) == NICENESS
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: writers_of(server) not in ([], [killed]))
            price(server, 20)
        wait_until(lambda: count("sqlite", artifacts) == 45)
        wait_until(lambda: counted(server, "written") == 45 and waiting(server) == 0)
        assert server.stop() == 0
    assert in_files(artifacts) == counted_twice(artifacts) == 0


def counted_twice(artifacts):
    with contextlib.closing(sqlite3.connect(artifacts / FILE)) as other:
        return other.execute("SELECT count(*) - count(DISTINCT id) FROM car_price_valuations").fetchone()[0]


def test_beyond_the_room_on_disk_answers_are_dropped_and_counted_and_no_request_fails(artifacts, tmp_path):
    settings = {"valuations_url": "sqlite", "valuations_waiting_bytes": "1048576", "log_level": "WARNING"}
    with running_server(artifacts, tmp_path, **settings) as server:
        price(server, 1)
        wait_until(lambda: count("sqlite", artifacts) == 1)
        asked = 1
        with locked(artifacts):
            while not counted(server, "dropped"):
                results = server.ask("POST", "/predict/batch", [FABIA] * 500)[1]["results"]
                assert all("price" in one for one in results)
                price(server, 1)
                asked += 501
        wait_until(lambda: counted(server, "written") + counted(server, "dropped") == asked)
        assert count("sqlite", artifacts) == counted(server, "written")
    assert "are dropped" in server.log.read_text()


def test_what_a_server_left_behind_the_command_writes(artifacts, tmp_path, capsys, monkeypatch):
    with running_server(artifacts, tmp_path, valuations_url="sqlite") as server:
        price(server, 1)
        wait_until(lambda: count("sqlite", artifacts) == 1)
        with locked(artifacts):
            price(server, 3)
            wait_until(lambda: in_files(artifacts) == 3)
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "sqlite")
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(artifacts))
    assert run_command(["valuations", "write"]) == 0
    assert capsys.readouterr().out == "3 written, 0 could not be kept\n"
    assert (count("sqlite", artifacts), in_files(artifacts)) == (4, 0)


def test_a_key_that_prices_looks_up_and_an_admins_deletes(artifacts, tmp_path, capsys):
    keys = {}
    for name, scope in (("shop", "price"), ("boss", "admin")):
        assert run_command(["keys", "add", name, "--scope", scope, "--artifacts", str(artifacts)]) == 0
        keys[name] = {"X_API_Key": capsys.readouterr().out.strip()}
    with running_server(artifacts, tmp_path, valuations_url="sqlite") as server:
        quote = server.ask("POST", "/predict/price", FABIA, **keys["shop"])[1]
        address = f"/valuations/{quote['valuation_id']}"
        wait_until(lambda: server.ask("GET", address, **keys["shop"])[0] == 200)
        assert server.ask("DELETE", address, **keys["shop"])[1]["code"] == "key_scope"
        assert server.ask("DELETE", address, **keys["boss"])[0] == 204
        assert server.ask("GET", address, **keys["shop"])[0] == 404


def test_the_command_shows_exports_and_deletes(artifacts, tmp_path, capsys, monkeypatch):
    with running_server(artifacts, tmp_path, valuations_url="sqlite") as server:
        valuation_id = server.ask("POST", "/predict/price", FABIA)[1]["valuation_id"]
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "sqlite")
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(artifacts))

    def said(*args):
        return run_command(["valuations", *args]), capsys.readouterr().out

    assert json.loads(said("show", valuation_id)[1])["car"] == FABIA
    assert json.loads(said("export", str(tmp_path / "out.parquet"), "--json")[1])["valuations"] == 1
    assert json.loads(said("export", str(tmp_path / "out.parquet"), "--json", "--until", "2020-01-01")[1]) == {
        "valuations": 0,
        "out": str(tmp_path / "out.parquet"),
    }
    assert said("delete", valuation_id) == (0, f"deleted {valuation_id}\n")
    assert said("show", valuation_id)[0] == 1


def test_without_the_setting_the_command_says_what_to_set(capsys, monkeypatch):
    monkeypatch.delenv("CAR_PRICE_VALUATIONS_URL", raising=False)
    assert run_command(["valuations", "show", "x"]) == 1
    assert "CAR_PRICE_VALUATIONS_URL=sqlite" in capsys.readouterr().err
