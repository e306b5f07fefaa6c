"""The scaled-out deployment on a Docker engine, and clients that keep asking it."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from car_price_prediction.local.ports import free_port

from .stack import Stack, docker, wait_until
from .web import FABIA

BODY = json.dumps(FABIA).encode()
HEADERS = {"Content-Type": "application/json"}
CLIENTS = 8


class ScaledStack(Stack):
    """A copy of the project with three replicas behind a balancer."""

    # The last file takes the container's name away again, which only one could have.
    files = ("docker-compose.yml", "override.yml", "docker-compose.scale.yml")

    def __init__(self, folder: Path, **variables: str) -> None:
        first = free_ports(3)
        self.replica_ports = [first, first + 1, first + 2]
        self.balancer, self.statistics = free_port(), free_port()
        ports = {
            "REPLICA_PORTS": f"{first}-{first + 2}",
            "BALANCER_PORT": str(self.balancer),
            "BALANCER_STATISTICS_PORT": str(self.statistics),
        }
        super().__init__(folder, **ports, **variables)
        self.port = self.balancer

    def replicas(self) -> list[str]:
        """Return the ids of the replicas that run, by their ports."""
        found = self.compose("ps", "-q", "--status", "running", "car-price-api").split()
        return sorted(found, key=self.port_of)

    def port_of(self, container: str) -> int:
        # None while it stops.
        bound = self.inspect(container)["NetworkSettings"]["Ports"].get("5000/tcp")
        return int(bound[0]["HostPort"]) if bound else 0

    def wait_until_all_ready(self, count: int = 3) -> None:
        """Wait until the balancer sends requests to so many replicas."""
        wait_until(lambda: self.in_rotation() == count, 90, f"{count} replicas are in rotation")

    def in_rotation(self) -> int:
        status, text = self.ask("/;csv", port=self.statistics)
        lines = text.decode().splitlines() if status == 200 else []
        rows = [line.split(",") for line in lines]
        return sum(row[:1] == ["prices"] and row[1].startswith("replica") and row[17].startswith("UP") for row in rows)

    @contextlib.contextmanager
    def rollout(self, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """Start a rollout, which ends before the test does."""
        environ = self.environ | {"COMPOSE": " ".join(self.compose_command)} | variables
        command = ["sh", "deploy/rollout.sh"]
        with subprocess.Popen(command, cwd=self.folder, env=environ, stderr=subprocess.PIPE, text=True) as process:
            yield process

    def image(self, lines: str) -> str:
        """Make a further image of the program's, and return its tag."""
        return image_of(self.name, lines).rpartition(":")[2]

    def remove(self) -> None:
        super().remove()
        remove_images_of(self.name)


def image_of(name: str, lines: str) -> str:
    """Make a further image of the program's for a deployment, and return its name and tag."""
    image = f"car-price-prediction:{name}-{abs(hash(lines)) % 10_000}"
    text = f"FROM car-price-prediction\n{lines}\n"
    command = ["docker", "build", "-q", "-t", image, "-"]
    subprocess.run(command, input=text, text=True, check=True, capture_output=True, timeout=120)
    return image


def remove_images_of(name: str) -> None:
    """Remove the images that were made for a deployment."""
    images = docker("images", "-q", "--filter", f"reference=car-price-prediction:{name}-*").split()
    if images:
        docker("rmi", "-f", *images, check=False)


def free_ports(count: int) -> int:
    """Return the first of so many free ports in a row, below those that connections take by themselves."""
    while True:
        first = random.randrange(20_000, 30_000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                probe = stack.enter_context(socket.socket())
                probe.bind(("127.0.0.1", port))
            return first


@dataclass
class Load:
    """What became of many requests."""

    answered: int = 0
    failed: list[Any] = field(default_factory=list)
    slowest_s: float = 0.0

    @property
    def share_failed(self) -> float:
        return len(self.failed) / max(1, self.answered + len(self.failed))

    def __str__(self) -> str:
        asked = self.answered + len(self.failed)
        return f"{asked} requests, {len(self.failed)} failed, the slowest took {self.slowest_s:.2f} s"


@contextlib.contextmanager
def load(port: int, per_s: float = 200.0) -> Iterator[Load]:
    """Ask for prices so often, half of the clients over connections that are kept, while a test does something."""
    found, done = Load(), threading.Event()
    lock = threading.Lock()

    def client(number: int) -> None:
        kept, due = number % 2 == 0, time.monotonic() + number / per_s
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not done.wait(max(0.0, due - time.monotonic())):
            due, since = max(due + CLIENTS / per_s, time.monotonic() - 1), time.monotonic()
            try:
                connection.request("POST", "/predict/price", BODY, HEADERS)
                answer = connection.getresponse()
                said = answer.read()
                problem = None if answer.status == 200 else (answer.status, said)
            except (OSError, http.client.HTTPException) as error:
                problem = (0, repr(error))
            if problem or not kept:
                connection.close()
            with lock:
                found.slowest_s = max(found.slowest_s, time.monotonic() - since)
                if problem:
                    found.failed.append(problem)
                else:
                    found.answered += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        done.set()
        for thread in threads:
            thread.join(30)


def signal_all(stack: Stack, container: str, number: int) -> None:
    """Send a signal to every process of a container but its first."""
    pids = [pid for pid, _, _ in stack.processes(container) if pid != 1]
    stack.run_in(container, f"import os\nfor pid in {pids}: os.kill(pid, {number})", check=False)
