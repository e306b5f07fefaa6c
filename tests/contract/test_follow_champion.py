"""`car-price models sync --follow` as a service, and the command line beside it, against a real MLflow server."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import mlflow
import pytest

from car_price_prediction.doctor.mlflow import INVALID_HOST
from car_price_prediction.local.ports import free_port
from car_price_prediction.package.store import ModelStore, Package
from support.mlflow import register, running_mlflow
from support.model import small_package
from support.versions import copy_version

COMMAND = (sys.executable, "-m", "car_price_prediction.cli.main", "models")
FOLLOWED_S = 60.0
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return small_package(tmp_path_factory.mktemp("elsewhere"))


class Machine:
    """One artifacts folder that knows an MLflow server."""

    def __init__(self, folder: Path, address: str, model: str) -> None:
        self.store, self.address, self.model = ModelStore(folder / "artifacts"), address, model
        self.log = folder / "sync.log"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("CAR_PRICE_")} | {
            "CAR_PRICE_ARTIFACTS": str(self.store.artifacts),
            "CAR_PRICE_LOGS": str(folder / "logs"),
            "CAR_PRICE_MLFLOW_MODEL": model,
            "MLFLOW_TRACKING_URI": address,
        }

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *args]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=False, timeout=60)

    def follow(self) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            command = [*COMMAND, "sync", "--follow", "--interval", "0.2"]
            return subprocess.Popen(command, env=self.environ, stdout=log, stderr=log, text=True)

    def champion(self) -> str:
        client = mlflow.MlflowClient(self.address, self.address)
        return str(client.get_model_version_by_alias(self.model, "champion").tags["package_version"])

    def crown(self, number: str) -> None:
        """Move the alias as MLflow's own page does."""
        mlflow.MlflowClient(self.address, self.address).set_registered_model_alias(self.model, "champion", number)


def wait_until(is_so: Callable[[], bool], machine: Machine) -> None:
    deadline = time.monotonic() + FOLLOWED_S
    while not is_so():
        assert time.monotonic() < deadline, machine.log.read_text()
        time.sleep(0.05)


@pytest.fixture
def followed(mlflow_server: str, tmp_path: Path, package: Package) -> Iterator[tuple[Machine, list[str]]]:
    """A machine whose follower runs, and the names of two versions that are registered as 1 and 2."""
    elsewhere = ModelStore(tmp_path / "elsewhere")
    versions = [copy_version(elsewhere, package, number) for number in (1, 2)]
    machine = Machine(tmp_path, mlflow_server, f"followed-{tmp_path.name}")
    for version in versions:
        register(mlflow_server, machine.model, elsewhere.load(version))
    process = machine.follow()
    yield machine, versions
    process.terminate()
    assert process.wait(30) == 0
    assert "Traceback" not in machine.log.read_text()


def test_a_moved_alias_is_followed_and_a_move_here_moves_it(followed: tuple[Machine, list[str]]) -> None:
    machine, (first, second) = followed
    for number, version in (("1", first), ("2", second)):
        machine.crown(number)
        wait_until(lambda version=version: machine.store.current_or_none() == version, machine)
    assert machine.run("sync", "--check").returncode == 0
    found = machine.run("rollback", "--why", "too dear", "--json")
    assert json.loads(found.stdout)["version"] == first
    assert machine.champion() == first
    time.sleep(1)  # several rounds of the follower: it has nothing to undo
    assert machine.store.current_version() == first
    assert [line["why"] for line in machine.store.history()][-1] == "rolled back: too dear"


def test_mlflow_may_go_and_come_back(tmp_path: Path, package: Package) -> None:
    elsewhere, data, port = ModelStore(tmp_path / "elsewhere"), tmp_path / "mlflow", free_port()
    data.mkdir()
    first, second = (copy_version(elsewhere, package, number) for number in (1, 2))
    machine = Machine(tmp_path, f"http://127.0.0.1:{port}", "car-price")
    with running_mlflow(data, port):
        for version in (first, second):
            register(machine.address, machine.model, elsewhere.load(version))
        process = machine.follow()
        for number, version in (("1", first), ("2", second)):
            machine.crown(number)
            wait_until(lambda version=version: machine.store.current_or_none() == version, machine)
    wait_until(lambda: "does not answer" in machine.log.read_text(), machine)
    found = machine.run("rollback")
    assert found.returncode == 0
    assert "follows at the next" in found.stdout
    assert machine.store.current_version() == first
    time.sleep(1)
    assert machine.log.read_text().count("does not answer") == 1
    with running_mlflow(data, port):
        wait_until(lambda: machine.champion() == first, machine)
        assert machine.store.current_version() == first
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_host_that_mlflow_was_not_started_for_is_refused_in_the_words_that_doctor_knows(mlflow_server: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(mlflow_server).netloc, timeout=20)
    connection.request(
        "GET", "/api/2.0/mlflow/registered-models/alias?name=x&alias=y", headers={"Host": "evil.example"}
    )
    answer = connection.getresponse()
    assert answer.status == 403
    assert INVALID_HOST in answer.read().decode().lower()
    connection.close()
