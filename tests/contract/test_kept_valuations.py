"""Kept valuations as an operator meets them: a real server, a real database that comes and goes."""

import json
import shutil
import threading
import time

import pytest

from car_price_prediction.cli.main import run_command
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.store import Valuations
from support.kept import wait_until
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
