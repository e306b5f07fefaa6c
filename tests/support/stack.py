"""The whole deployment on a real Docker engine, from a copy of the project, beside whatever else runs there."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from car_price_prediction.local.ports import free_port

ROOT = Path(__file__).parents[2]
PARTS = ("src", "deploy", "requirements", "pyproject.toml", "hatch_build.py")
DOCKER = ("Dockerfile", ".dockerignore", "docker-compose.yml", "docker-compose.scale.yml")
DOCS = ("README.md", "LICENSE")
INTERVAL_S = 2
OVERRIDE = """
services:
  car-price-api: {{container_name: {name}-api}}
  mlflow-server: {{container_name: {name}-mlflow}}
networks: {{car-price-network: {{name: {name}}}}}
volumes: {{mlflow-data: {{name: {name}-mlflow}}}}
"""
FIND = """
import os, pathlib
for entry in sorted(pathlib.Path("/proc").iterdir(), key=lambda e: int(e.name) if e.name.isdigit() else 0):
    if entry.name.isdigit() and int(entry.name) != os.getpid():
        parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        words = (entry / "cmdline").read_bytes().replace(bytes(1), b" ").decode()
        print(entry.name, parent, words, sep="|")
"""


def engine_problem() -> str:
    """Return why there is no engine to test on, or ``""``."""
    if shutil.which("docker") is None:
        return "no docker command is installed"
    found = subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=60)
    return "" if found.returncode == 0 else "no Docker engine answers"


def docker(*args: str, check: bool = True) -> str:
    """Run a docker command and return what it printed."""
    found = subprocess.run(["docker", *args], capture_output=True, text=True, check=False, timeout=600)
    assert found.returncode == 0 or not check, f"docker {' '.join(args)}: {found.stderr}"
    return found.stdout


def wait_until(done: Callable[[], Any], timeout_s: float, what: str) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (found := done()):
        assert time.monotonic() < deadline, f"not within {timeout_s:.0f} s: {what}"
        time.sleep(0.2)
    return found


class Stack:
    """A copy of the project with names, ports and volumes of its own, so that it meets no other deployment."""

    files: tuple[str, ...] = ("docker-compose.yml", "override.yml")

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder, self.name = folder, f"e2e-{secrets.token_hex(3)}"
        self.port, self.mlflow_port = free_port(), free_port()
        self.files = tuple(type(self).files)
        self.seen_first: tuple[int, Any, str] = (0, None, "")
        for part in (*PARTS, *DOCKER, *DOCS):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
        (folder / "override.yml").write_text(OVERRIDE.format(name=self.name))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAR_PRICE_", "COMPOSE_", "MLFLOW_"))}
        self.environ = kept | {
            "CAR_PRICE_PORT": str(self.port),
            "CAR_PRICE_MLFLOW_PORT": str(self.mlflow_port),
            "CAR_PRICE_HEALTH_INTERVAL_S": str(INTERVAL_S),
            **variables,
        }

    @property
    def api(self) -> str:
        return f"{self.name}-api"

    @property
    def mlflow(self) -> str:
        return f"{self.name}-mlflow"

    @property
    def compose_command(self) -> list[str]:
        files = [word for name in self.files for word in ("-f", name)]
        return [str(Path(sys.prefix) / "bin" / "docker-compose"), "-p", self.name, *files]

    def compose(self, *args: str, check: bool = True, **variables: str) -> str:
        """Run a compose command and return what it printed."""
        command = [*self.compose_command, *args]
        found = subprocess.run(
            command, cwd=self.folder, env=self.environ | variables, capture_output=True, text=True, check=False
        )
        assert found.returncode == 0 or not check, f"{' '.join(args)}: {found.stderr[-3_000:]}"
        return found.stdout + found.stderr

    def prepare(self) -> None:
        """Have the folders made and given to the image's user, as every service waits for."""
        self.compose("up", "-d", "--build", "--no-deps", "prepare")
        assert docker("wait", f"{self.name}-prepare-1").strip() == "0", self.compose("logs", "prepare")

    def remove(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
        # What containers wrote belongs to their user.
        for name in ("artifacts", "logs"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def ask(
        self, path: str, body: Any = None, *, port: int | None = None, timeout_s: float = 5.0, **headers: str
    ) -> tuple[int, Any]:
        """Ask the API, or whoever listens on `port`; 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=timeout_s)
        data = None if body is None else json.dumps(body)
        try:
            connection.request("POST" if data else "GET", path, data, {"Content-Type": "application/json"} | headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text

    def inspect(self, container: str) -> Any:
        return json.loads(docker("inspect", container))[0]

    def health(self, container: str) -> str:
        return str(self.inspect(container)["State"]["Health"]["Status"])

    def run_in(self, container: str, code: str, *, check: bool = True) -> str:
        """Run Python in a container that runs, as its user."""
        return docker("exec", container, "python", "-c", code, check=check)

    def processes(self, container: str) -> list[tuple[int, int, str]]:
        """Return the processes of a container: id, parent, command."""
        found = [line.split("|", 2) for line in self.run_in(container, FIND).splitlines()]
        return [(int(number), int(parent), words) for number, parent, words in found]

    def wait_until_priced(self, timeout_s: float = 120.0) -> Any:
        """Wait until the API is well inside and out, and return its state."""
        wait_until(lambda: self.ask("/info/status")[0] == 200, timeout_s, "the API prices")
        wait_until(lambda: self.health(self.api) == "healthy", 60, "the API is healthy for Docker")
        return self.ask("/info/status")[1]

    def wait_until_tracked(self) -> None:
        wait_until(lambda: self.ask("/health", port=self.mlflow_port)[0] == 200, 300, "MLflow answers")
        wait_until(lambda: self.health(self.mlflow) == "healthy", 60, "MLflow is healthy for Docker")

    def runs(self) -> set[str]:
        """Return the ids of the runs in MLflow."""
        path = "/api/2.0/mlflow/runs/search"
        experiments = self.ask("/api/2.0/mlflow/experiments/search", {"max_results": 100}, port=self.mlflow_port)[1]
        ids = [found["experiment_id"] for found in experiments["experiments"]]
        status, found = self.ask(path, {"experiment_ids": ids, "max_results": 1000}, port=self.mlflow_port)
        assert status == 200, found
        return {run["info"]["run_id"] for run in found.get("runs", [])}
