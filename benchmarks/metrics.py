"""What counting costs: a price with and without it, and a scrape after a million requests. A Markdown table.

Both ways take turns, through the guard and in this process, so that other programs on the machine count for both alike.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving_model import make_model

from car_price_prediction.bootstrap_web import guarded_application
from car_price_prediction.logs.lines import LOGGER
from car_price_prediction.settings import Settings
from car_price_prediction.web.metrics import BUCKETS_S
from car_price_prediction.web.numbers_folder import MEMORY, prepare_folder, remove_folder

TURNS, PER_TURN, REQUESTS, SCRAPES = 600, 50, 1_000_000, 200
ROUTES = ("/predict/price", "/predict/batch", "/predict/file", "/info/status", "/health/ready", "/jobs", "/", "/model")


class Headers(dict[str, str]):
    """A request's headers, as RSGI gives them."""


@dataclass
class Request:
    """A request that is here with its body, and takes its answer: RSGI's scope and protocol in one."""

    path: str
    body: bytes
    method: str = "POST"
    status: int = 0
    http_version, server, client, scheme, query_string = "1.1", "127.0.0.1:5000", "127.0.0.1:1", "http", ""

    @property
    def headers(self) -> Headers:
        """The headers."""
        return Headers({"host": "x", "content-type": "application/json", "content-length": str(len(self.body))})

    async def __call__(self) -> bytes:
        """Return the body."""
        return self.body

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Take the answer."""
        self.status = status


async def per_request(guard: Any, bodies: list[bytes]) -> float:
    """Return microseconds of this thread for a price."""
    begun = time.thread_time()
    for i in range(PER_TURN):
        request = Request("/predict/price", bodies[i % len(bodies)])
        await guard.__rsgi__(request, request)
        assert request.status == 200
    return (time.thread_time() - begun) / PER_TURN * 1e6


async def compare(guards: dict[str, Any], bodies: list[bytes]) -> dict[str, list[float]]:
    """Return what a price takes with each guard, turn by turn."""
    found: dict[str, list[float]] = {name: [] for name in guards}
    gc.freeze()
    for turn in range(TURNS):
        names = list(guards)[turn % len(guards) :] + list(guards)[: turn % len(guards)]
        for name in names:
            found[name].append(await per_request(guards[name], bodies))
    return found


def counting(observer: Any) -> float:
    """Return microseconds for what is counted of one price, alone."""
    quote = {"model_version": "1", "confidence": "high", "warnings": []}
    begun = time.thread_time()
    for _ in range(TURNS * PER_TURN):
        observer.answered("/predict/price", "POST", 200, 0.0004)
        observer.quoted("price", quote)
    return (time.thread_time() - begun) / (TURNS * PER_TURN) * 1e6


def scrapes(guard: Any) -> list[float]:
    """Return milliseconds of each scrape, after many requests to several routes."""
    observer = guard._observer
    for i in range(REQUESTS):
        observer.answered(ROUTES[i % len(ROUTES)], "GET", 200, BUCKETS_S[i % len(BUCKETS_S)])
    client, took = guard._app.test_client(), []
    for _ in range(SCRAPES):
        begun = time.perf_counter()
        assert client.get("/metrics").status_code == 200
        took.append((time.perf_counter() - begun) * 1e3)
    return took


def main() -> None:
    """Measure, and print."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench")
    bodies = [line.encode() for line in make_model(folder, None).read_text(encoding="utf-8").splitlines()]
    numbers = Path(tempfile.mkdtemp(prefix="car-price-bench-", dir=MEMORY))
    prepare_folder(numbers)

    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log's lines are written, and read by nobody
    settings = Settings(
        artifacts=folder / "artifacts",
        logs=numbers,
        jobs_folder=numbers / "jobs",
        jobs_at_once=0,
        metrics_folder=numbers,
    )
    off = settings.model_copy(update={"metrics": "off"})
    # Twice without: how far two of the same are apart tells what the figure is worth.
    made = {"off": off, "on": settings, "off again": off}
    guards = {}
    for name, one in made.items():
        guards[name] = guarded_application(one, bool)
        logging.getLogger(LOGGER).handlers.clear()  # the next would close the handler of this one
    took = asyncio.run(compare(guards, bodies))
    plain = [(one + other) / 2 for one, other in zip(took["off"], took["off again"], strict=True)]
    ratio = statistics.median(on / off for on, off in zip(took["on"], plain, strict=True))
    null = statistics.median(one / other for one, other in zip(took["off again"], took["off"], strict=True))
    scraped = sorted(scrapes(guards["on"]))
    alone = counting(guards["on"]._observer)
    os.dup2(output, 1)
    remove_folder(numbers)
    print(f"load {os.getloadavg()[0]:.1f}\n\n| what | figure |\n|---|---|")
    print(f"| a price without metrics, median | {statistics.median(plain):.1f} µs |")
    print(f"| with them | {statistics.median(took['on']):.1f} µs |")
    print(f"| ratio, turn by turn, median | {ratio:.4f} |")
    print(f"| ratio of two without, likewise | {null:.4f} |")
    print(f"| what is counted, alone | {alone:.1f} µs |")
    print(f"| a scrape after {REQUESTS:,} requests, p50, p99 | {scraped[100]:.1f} ms, {scraped[198]:.1f} ms |")


if __name__ == "__main__":
    main()
