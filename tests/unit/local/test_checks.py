import os
import shutil
import socket

import pytest

from car_price_prediction.local import checks
from car_price_prediction.local.checks import find_problems
from car_price_prediction.local.plan import Plan
from car_price_prediction.local.ports import free_port
from car_price_prediction.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(
        artifacts=tmp_path / "artifacts",
        logs=tmp_path / "logs",
        mlflow_data=tmp_path / "mlflow-data",
        port=free_port(),
        mlflow_port=free_port(),
    )


def messages(plan: Plan) -> list[str]:
    return [problem.message for problem in find_problems(plan)]


def test_nothing_is_wrong_on_a_machine_that_is_ready(settings, tmp_path):
    (tmp_path / "cars.csv").write_text("make,price\n")
    plan = Plan(settings, (str(tmp_path / "cars.csv"), str(tmp_path / "*.csv"), "https://example.com/cars.csv"))
    assert messages(plan) == []


def test_every_problem_is_told_at_once_with_what_to_do(settings, tmp_path):
    with socket.create_server(("127.0.0.1", settings.port)):
        problems = find_problems(Plan(settings, (str(tmp_path / "nope.csv"),)))
    assert [problem.message for problem in problems] == [
        f"{tmp_path}/nope.csv: no such file or directory",
        f"port {settings.port} for the API: another program listens there",
    ]
    assert all(problem.hint for problem in problems)


def test_a_file_that_cannot_be_listings_is_told(settings, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    assert messages(Plan(settings, (str(tmp_path / "empty.csv"),))) == [f"{tmp_path}/empty.csv: the file is empty"]
    assert messages(Plan(settings, (str(tmp_path),))) == [f"{tmp_path}: is a directory"]
    assert messages(Plan(settings, (f"{tmp_path}/*.parquet",))) == [f"{tmp_path}/*.parquet: no file matches"]
    assert "standard input" in messages(Plan(settings, ("-",)))[0]


def test_the_port_of_mlflow_matters_only_where_one_is_started(settings):
    with socket.create_server(("127.0.0.1", settings.mlflow_port)):
        assert messages(Plan(settings)) == [f"port {settings.mlflow_port} for MLflow: another program listens there"]
        elsewhere = settings.model_copy(update={"mlflow_tracking_uri": "http://mlflow.example:5000"})
        assert messages(Plan(elsewhere)) == []


def test_two_servers_cannot_share_a_port(settings):
    same = settings.model_copy(update={"mlflow_port": settings.port})
    assert messages(Plan(same)) == [f"port {settings.port} is wanted by the API and by MLflow"]


def test_a_full_disk_is_told(settings, monkeypatch):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 12_000_000))
    assert messages(Plan(settings))[0] == f"{settings.artifacts}: 12 MB are free on its disk, 500 MB are needed"


def test_a_folder_that_is_a_file_is_told(settings, tmp_path):
    (tmp_path / "artifacts").write_text("")
    assert messages(Plan(settings)) == [f"{settings.artifacts}: cannot be written to (file exists)"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_to_is_told(settings):
    settings.artifacts.mkdir(mode=0o500)
    assert messages(Plan(settings)) == [f"{settings.artifacts}: cannot be written to (permission denied)"]
