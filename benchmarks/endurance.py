"""Asks for many prices while models are swapped, and prints the workers' memory on the way: it must stay flat.

REQUESTS and RELOADS say how many; a million and a thousand take about an hour.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from serving_load import Subject, load, running, tools_missing
from serving_model import Quiet

from car_price_prediction.listings.load import LoadOptions, load_listings
from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.package.store import ModelStore
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.pipeline import Trainer, TrainOptions

REQUESTS, RELOADS = (int(os.environ.get(name, default)) for name, default in (("REQUESTS", "50000"), ("RELOADS", "50")))
LISTINGS, CLIENTS, SLICE_S, RELOAD_S = 4_000, 16, 5.0, 0.2
BODY = '{"make": "Skoda", "model": "Fabia", "year": 2015, "mileage_km": 80000}\n'


def two_models(folder: Path) -> list[str]:
    """Publish two small models of the sample market, and return their versions."""
    sample_frame(LISTINGS, seed=1).write_csv(folder / "cars.csv")
    loaded = load_listings([str(folder / "cars.csv")], LoadOptions())
    kind = member("small", HUBER | {"num_leaves": 31}, 100)
    store = ModelStore(folder / "artifacts")
    trained = [Trainer(store, Quiet(), (kind,)).train(loaded, TrainOptions(market="bench")) for _ in range(2)]
    versions = [one.package.manifest.version for one in trained]
    store.set_current(versions[0], who="a benchmark", why="to be measured")
    return versions


def keep_swapping(store: ModelStore, versions: list[str], done: threading.Event) -> None:
    """Make one and the other version current, in turn."""
    for number in range(RELOADS):
        if done.wait(RELOAD_S):
            return
        store.set_current(versions[(number + 1) % 2], who="a benchmark", why="to be measured")
    done.wait()


def main() -> None:
    """Print the memory after each slice of requests."""
    if missing := tools_missing():
        sys.exit(f"error: {' and '.join(missing)} cannot be found (Debian: apt install wrk util-linux)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        versions = two_models(folder)
        (folder / "bodies.jsonl").write_text(BODY, encoding="utf-8")
        serve = (sys.executable, "-m", "car_price_prediction.cli.main", "serve", "--port", "PORT")
        settings = {"CAR_PRICE_LOGS": str(folder / "logs"), "CAR_PRICE_RELOAD_S": str(RELOAD_S / 2)}
        command = (*serve, "--artifacts", str(folder / "artifacts"))
        subject = Subject("this service", command, "/predict/price", folder / "bodies.jsonl", settings)
        with running(subject) as (process, port):
            done, asked, started = threading.Event(), 0, time.monotonic()
            swapping = threading.Thread(
                target=keep_swapping, args=(ModelStore(folder / "artifacts"), versions, done), daemon=True
            )
            swapping.start()
            while asked < REQUESTS or time.monotonic() - started < RELOADS * RELOAD_S:
                run = load(subject, process, port, clients=CLIENTS, seconds=SLICE_S)
                asked += round(run.per_s * SLICE_S)
                print(f"{asked:>9,} requests: {run.rss_mb:.1f} MB a worker, {run.bad:.0f} failed", flush=True)
            done.set()


if __name__ == "__main__":
    main()
