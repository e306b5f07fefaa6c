"""The real server in a process of its own, for tests that are its clients."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from car_price_prediction.local.ports import free_port

START_S = 60.0


@dataclass
class Server:
    """A server that runs, and a connection to it that is kept."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Send one request over a connection that is kept, and return status and parsed answer."""
        status, _, data = self.ask_raw(method, path, json.dumps(body).encode() if body is not None else None, **headers)
        return status, json.loads(data) if data[:1] in (b"{", b"[") else data

    def ask_raw(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            self.forget_connection()
            raise

    def forget_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def wait_for(self, path: str, status: int, timeout_s: float = START_S) -> Any:
        deadline = time.monotonic() + timeout_s
        found: tuple[int, Any] = (0, None)
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError, http.client.HTTPException):
                found = self.ask("GET", path)
                if found[0] == status:
                    return found[1]
            time.sleep(0.02)
        raise AssertionError(f"{path} still answers {found} after {timeout_s} s: {self.log.read_text()}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.forget_connection()
        self.process.send_signal(number)
        return self.process.wait(30)

    def workers(self) -> list[int]:
        """Return the process ids of the workers that live, the oldest first. Skips where nothing lists them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if not children.exists():
            pytest.skip("this system does not list the children of a process")
        return [int(pid) for pid in children.read_text().split() if _works(pid)]

    def kill_worker(self, which: int = 0) -> None:
        """Kill a worker outright, and wait until it is gone."""
        killed = self.workers()[which]
        os.kill(killed, signal.SIGKILL)
        while killed in self.workers():
            time.sleep(0.01)


def _works(pid: str) -> bool:
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False  # it went just now
    return b"resource_tracker" not in said and b"\0valuations\0" not in said


@contextlib.contextmanager
def running_server(
    artifacts: Path, folder: Path, *options: str, port: int | None = None, **settings: str
) -> Iterator[Server]:
    """Start `car-price serve`, and wait until it answers at all."""
    port, log = port or free_port(), folder / "server.log"
    command = [sys.executable, "-m", "car_price_prediction.cli.main", "serve", "--port", str(port)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CAR_PRICE_")}
    environ |= {"CAR_PRICE_LOGS": str(folder / "logs"), "CAR_PRICE_JOBS_FOLDER": str(folder / "jobs")}
    environ |= {"CAR_PRICE_STOP_WAIT_S": "0", "CAR_PRICE_METRICS_FOLDER": str(folder / "numbers")}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--artifacts", str(artifacts), *options],
            env=environ | {f"CAR_PRICE_{name.upper()}": value for name, value in settings.items()},
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )
    server = Server(process, port, log)
    try:
        server.wait_for("/health/live", 200)
        yield server
    finally:
        server.forget_connection()
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
