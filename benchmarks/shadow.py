"""What a challenger in the shadow costs the requests that are answered meanwhile. A Markdown table.

Servers without one, with a tenth and with all of the cars take turns in this process, through the guard. Times are of
the wall: it is the interpreter that the shadow's thread shares with the requests. Run it on a quiet machine.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from metrics import Request
from serving_model import make_model

from car_price_prediction.bootstrap_web import guarded_application
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore
from car_price_prediction.settings import Settings
from car_price_prediction.web.numbers_folder import MEMORY, prepare_folder, remove_folder

TURNS, PER_TURN, LOAD_S = 400, 100, 8.0
PAUSE_S = 0.002
"""Between two requests: a server that is always busy has no time in which a shadow could work unnoticed."""
SHARES = {"without": 0.0, "a tenth": 0.1, "all": 1.0, "without again": 0.0}


def add_challenger(store: ModelStore) -> None:
    """Publish the champion again, as a version that never answered."""
    package = store.load(store.current_version())
    version = f"9{package.manifest.version[1:]}"
    if version in store.versions():
        return
    with store.draft() as draft:
        for name in package.manifest.files:
            shutil.copy(package.folder / name, draft / name)
        changed = package.manifest.model_copy(update={"version": version})
        store.publish(draft, Manifest.model_validate(changed.model_dump()))


async def turn(guard: Any, bodies: list[bytes]) -> list[float]:
    """Return microseconds of the wall for each of some prices."""
    took = []
    for i in range(PER_TURN):
        request = Request("/predict/price", bodies[i % len(bodies)])
        begun = time.perf_counter()
        await guard.__rsgi__(request, request)
        took.append((time.perf_counter() - begun) * 1e6)
        assert request.status == 200
        await asyncio.sleep(PAUSE_S)
    return took


async def compare(guards: dict[str, Any], bodies: list[bytes]) -> dict[str, list[list[float]]]:
    """Return what prices take with each, turn by turn."""
    found: dict[str, list[list[float]]] = {name: [] for name in guards}
    gc.freeze()
    for number in range(TURNS):
        names = list(guards)[number % len(guards) :] + list(guards)[: number % len(guards)]
        for name in names:
            found[name].append(await turn(guards[name], bodies))
    return found


def main() -> None:
    """Measure, and print."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench")
    bodies = [line.encode() for line in make_model(folder, None).read_text(encoding="utf-8").splitlines()]
    work = Path(tempfile.mkdtemp(prefix="car-price-bench-", dir=MEMORY))
    artifacts = work / "artifacts"
    shutil.copytree(folder / "artifacts", artifacts)
    add_challenger(ModelStore(artifacts))
    prepare_folder(work / "numbers")
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log's lines are written, and read by nobody
    settings = Settings(
        artifacts=artifacts, logs=work, jobs_folder=work / "jobs", jobs_at_once=0, metrics_folder=work / "numbers"
    )
    guards = {
        name: guarded_application(settings.model_copy(update={"shadow_share": share, "metrics": "off"}), bool)
        for name, share in SHARES.items()
    }
    time.sleep(LOAD_S)
    took = asyncio.run(compare(guards, bodies))
    os.dup2(output, 1)
    tallied = sum(path.stat().st_size > 0 for path in (artifacts / "shadow").rglob("*.json"))
    remove_folder(work / "numbers")
    shutil.rmtree(work)
    assert tallied, "the challenger priced nothing"
    print(f"load {os.getloadavg()[0]:.1f}\n\n| share | p50 | p99 | ratio of medians, turn by turn |\n|---|---|---|---|")
    plain = took["without"]
    for name, turns in took.items():
        every = sorted(value for one in turns for value in one)
        ratio = statistics.median(
            statistics.median(one) / statistics.median(other) for one, other in zip(turns, plain, strict=True)
        )
        print(f"| {name} | {every[len(every) // 2]:.0f} µs | {every[len(every) * 99 // 100]:.0f} µs | {ratio:.3f} |")


if __name__ == "__main__":
    main()
