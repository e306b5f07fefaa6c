"""Measure batches over HTTP and whole files on the command line.

make bench-batches ROWS=1000000 measures with the model of `make bench-serving`; with ARTIFACTS=artifacts, with the
current one of that folder.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from serving_model import make_model

from car_price_prediction.bootstrap import current_valuer
from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.read import read_listings
from car_price_prediction.local.ports import free_port

PEAK_KB = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command and prints its peak, in a process of its own: a child is taken to begin with its parent's memory."""
COMMAND = [sys.executable, "-m", "car_price_prediction.cli.main"]
CARS, ROUNDS, REQUESTS = 1_000, 3, 20
CLIENTS = 2
"""One reads its answer while the worker prices for the other."""


def main() -> None:
    """Measure, and print a table."""
    given, rows = os.environ.get("ARTIFACTS"), int(os.environ.get("ROWS") or 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        if not given:
            make_model(Path(folder), None)
        artifacts = Path(given or Path(folder, "artifacts"))
        source = Path(folder, "sample.csv")
        subprocess.run([*COMMAND, "sample", source, "--rows", str(rows), "--seed", "7"], check=True)
        print(f"POST /predict/batch, {CARS:,} cars, one worker: {_batches(artifacts, source):,.0f} cars/s")
        seconds, peak_mb = _predict(artifacts, source)
        print(f"car-price predict, {rows:,} rows: {seconds:.1f} s, {rows / seconds:,.0f} rows/s, {peak_mb:.0f} MB")


def _predict(artifacts: Path, source: Path) -> tuple[float, float]:
    began = time.monotonic()
    told = [*COMMAND, "predict", source, source.with_name("priced.csv"), "--artifacts", artifacts]
    done = subprocess.run([sys.executable, "-c", PEAK_KB, *told], check=True, stdout=subprocess.PIPE, text=True)
    return time.monotonic() - began, int(done.stdout.split()[-1]) / 1024


def _batches(artifacts: Path, source: Path) -> float:
    body = json.dumps(_cars(artifacts, source)).encode()
    with _server(artifacts) as port, ThreadPoolExecutor(CLIENTS) as pool:
        return statistics.median(_round(pool, port, body) for _ in range(ROUNDS))


def _round(pool: ThreadPoolExecutor, port: int, body: bytes) -> float:
    began = time.perf_counter()
    list(pool.map(lambda _: _ask(port, body), range(CLIENTS)))
    return CARS * REQUESTS * CLIENTS / (time.perf_counter() - began)


def _ask(port: int, body: bytes) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(REQUESTS):
        client.request("POST", "/predict/batch", body, {"Content-Type": "application/json"})
        answer = client.getresponse()
        if answer.status != 200 or len(json.loads(answer.read())["results"]) != CARS:
            raise SystemExit(f"the service answered {answer.status}")


def _cars(artifacts: Path, source: Path) -> list[dict[str, object]]:
    valuer = current_valuer(artifacts)
    head = source.with_name("head.csv")
    pl.read_csv(source, infer_schema=False, n_rows=CARS).write_csv(head)
    found = interpret_frame(read_listings([str(head)]).cells.head(CARS), valuer.manifest.columns)
    names = [info.name for info in valuer.fields]
    return [{k: v for k, v in row.items() if v is not None} for row in found.select(names).iter_rows(named=True)]


@contextmanager
def _server(artifacts: Path) -> Iterator[int]:
    port = free_port()
    command = [*COMMAND, "serve", "--port", str(port), "--workers", "1", "--artifacts", artifacts]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _wait(port: int) -> None:
    for _ in range(600):
        client = http.client.HTTPConnection("127.0.0.1", port)
        try:
            client.request("GET", "/health/ready")
            if client.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            client.close()
        time.sleep(0.1)
    raise SystemExit("the service did not become ready")


if __name__ == "__main__":
    main()
