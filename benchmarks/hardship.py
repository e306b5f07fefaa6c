"""Hard times for a server: ten times as many clients as it takes on, and workers killed at random.

SECONDS says for how long each. Latencies are those of a client beside the load, of answers that were accepted.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from serving_load import LUA, Subject, family, rss_mb, running, tools_missing
from serving_model import make_model

from car_price_prediction.settings import Settings

SECONDS = float(os.environ.get("SECONDS", "60"))
ASKED_PER_S, CLIENTS, KILL_EVERY_S = 200, 8, (0.5, 3.5)
WORKERS = (2, 4)
"""A killed worker takes its share of the connections with it: a half, and a quarter."""
LATER = ("nice", "-n", "15")  # after what was given a higher priority


@dataclass
class Seen:
    """What the clients saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    accepted_s: list[float] = field(default_factory=list)
    twice: int = 0

    def lines(self) -> str:
        """Return it for people."""
        ends = statistics.quantiles(self.accepted_s, n=100) if len(self.accepted_s) > 1 else [0.0] * 99
        told = ", ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))
        return (
            f"{told}; accepted: p50 {ends[49] * 1e3:.1f} ms, p99 {ends[98] * 1e3:.1f} ms; twice in a row: {self.twice}"
        )


def keep_asking(port: int, body: str, due: float, every_s: float, until: float, seen: Seen) -> None:
    """Ask at a steady pace, over a connection that is kept while the server keeps it; retry a failure at once."""
    connection, failed = http.client.HTTPConnection("127.0.0.1", port, timeout=10), False
    while time.monotonic() < until:
        if not failed:
            time.sleep(max(due - time.monotonic(), 0))
            due += every_s
        begun = time.perf_counter()
        try:
            if connection.sock and select.select([connection.sock], [], [], 0)[0]:
                connection.close()  # the server did, as clients find out that keep connections
            connection.request("POST", "/predict/price", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            seen.statuses[str(answer.status)] += 1
            if answer.status == http.HTTPStatus.OK:
                seen.accepted_s.append(time.perf_counter() - begun)
            failed = False
        except (OSError, http.client.HTTPException):
            seen.statuses["failed"] += 1
            seen.twice += failed
            failed = True
            connection.close()


def crowd(port: int, body: str, *, clients: int, per_s: float, seconds: float) -> Seen:
    """Let some clients ask so often together."""
    seen, begun, every_s = Seen(), time.monotonic(), clients / per_s
    threads = [
        threading.Thread(target=keep_asking, args=(port, body, begun + number / per_s, every_s, begun + seconds, seen))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def overload(subject: Subject, body: str) -> None:
    """Ask with ten times as many clients as the server takes on."""
    most = 10 * Settings().max_waiting
    with running(subject) as (process, port), tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA)
        script.flush()
        address = f"http://127.0.0.1:{port}{subject.path}"
        options = ["-t1", f"-c{most}", f"-d{SECONDS:g}s", "-s", script.name, address]
        environ = os.environ | {"BODIES": str(subject.bodies)}
        crowd(port, body, clients=CLIENTS, per_s=ASKED_PER_S, seconds=1)
        before = rss_mb(process)
        with contextlib.suppress(PermissionError):
            # This client is to find out how long the server takes, not how long it waits for a processor itself.
            os.setpriority(os.PRIO_PROCESS, 0, -15)
        load = subprocess.Popen(
            [*LATER, "taskset", "-c", "1", "wrk", *options], env=environ, stdout=subprocess.PIPE, text=True
        )
        seen = crowd(port, body, clients=CLIENTS, per_s=ASKED_PER_S, seconds=SECONDS - 2)
        said = json.loads(load.communicate()[0].partition("JSON")[2])
        after = crowd(port, body, clients=1, per_s=50, seconds=1)
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, 0)
        print(f"{most} clients for {SECONDS:g} s: {said['requests']:,} answers, {said['bad']:,} of them refusals")
        print(f"  a client beside them: {seen.lines()}")
        print(f"  memory of a worker: {before:.0f} MB before, {rss_mb(process):.0f} MB after; then {after.lines()}")


def killing(subject: Subject, body: str, workers: int) -> None:
    """Kill workers at random while clients ask at a steady pace."""
    with running(subject) as (process, port):
        done, killed = threading.Event(), 0

        def kill() -> None:
            nonlocal killed
            while not done.wait(random.uniform(*KILL_EVERY_S)):  # noqa: S311
                with contextlib.suppress(ProcessLookupError, IndexError):
                    os.kill(random.choice(family(process)[1:]), signal.SIGKILL)  # noqa: S311
                    killed += 1

        killer = threading.Thread(target=kill)
        killer.start()
        seen = crowd(port, body, clients=CLIENTS, per_s=ASKED_PER_S, seconds=SECONDS)
        done.set()
        killer.join()
        told = f"with {workers} workers, {killed} killed within {SECONDS:g} s"
        print(f"{ASKED_PER_S} requests a second, {told}: {seen.lines()}")


def main() -> None:
    """Do both."""
    if missing := tools_missing():
        sys.exit(f"error: {' and '.join(missing)} cannot be found (Debian: apt install wrk util-linux)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.environ.get("MODEL_FOLDER", name))
        bodies = make_model(folder, None)
        body = bodies.read_text(encoding="utf-8").splitlines()[0]
        serve = (sys.executable, "-m", "car_price_prediction.cli.main", "serve", "--port", "PORT")
        command = (*serve, "--artifacts", str(folder / "artifacts"))
        logs = {"CAR_PRICE_LOGS": str(Path(name) / "logs")}
        overload(Subject("this service", command, "/predict/price", bodies, logs), body)
        for workers in WORKERS:
            several = (*command, "--workers", str(workers))
            killing(Subject("this service", several, "/predict/price", bodies, logs), body, workers)


if __name__ == "__main__":
    main()
