"""How training and pricing grow with the listings: time and memory for files of the sample market. A Markdown table.

ROWS names the sizes, "10000 100000 1000000" where not given; BUDGET the effort. Each step is a command of its own, and
the memory is the most that its processes held together, looked at twice a second. On a busy machine the seconds of the
processor tell more than those of the clock.
"""

from __future__ import annotations

import itertools
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from serving_load import family

ROWS = tuple(int(rows) for rows in (os.environ.get("ROWS") or "10000 100000 1000000").split())
BUDGET = os.environ.get("BUDGET") or "quick"
LOOK_S = 0.5
"""Looking at a process walks all its pages: of ten gigabytes that takes a tenth of a second."""
COMMAND = (sys.executable, "-m", "car_price_prediction.cli.main")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took."""

    seconds: float
    processor_s: float
    gib: float


def cost_of(*arguments: str) -> Cost:
    """Run a command of the program to its end."""
    begun, before = time.monotonic(), _processor_s()
    process = subprocess.Popen((*COMMAND, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(LOOK_S):
            most[0] = max(most[0], sum(_held_gib(one) for one in family(process.pid)))

    watch = threading.Thread(target=look)
    watch.start()
    _, told = process.communicate()
    done.set()
    watch.join()
    if process.returncode:
        sys.exit(f"error: {' '.join(arguments)} ended with {process.returncode}: {told.decode()[-2000:]}")
    return Cost(time.monotonic() - begun, _processor_s() - before, most[0])


def _processor_s() -> float:
    """Return what the commands that have ended took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _held_gib(process: int) -> float:
    """Return the memory of a process, its share of what it has in common with others."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) / 2**20


def exponent(costs: dict[int, Cost], least: int, most: int) -> float:
    """Return with which power of the rows the processor's time grows."""
    return math.log(costs[most].processor_s / costs[least].processor_s) / math.log(most / least)


def _told(cost: Cost) -> str:
    return f"{cost.seconds:.0f} | {cost.processor_s:.0f} | {cost.gib:.2f}"


def main() -> None:
    """Measure one size after another."""
    trained: dict[int, Cost] = {}
    heads = ("rows", f"training ({BUDGET}), s", "processor, s", "GiB", "pricing the file, s", "processor, s", "GiB")
    print(f"| {' | '.join(heads)} |\n|{'--:|' * len(heads)}", flush=True)
    for rows in ROWS:
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
            cars, priced, artifacts = (str(Path(name) / part) for part in ("cars.csv", "priced.csv", "artifacts"))
            cost_of("sample", cars, "--rows", str(rows))
            trained[rows] = cost_of("train", cars, "--artifacts", artifacts, "--budget", BUDGET)
            pricing = cost_of("predict", cars, priced, "--artifacts", artifacts)
            found = trained[rows]
            print(
                f"| {rows:,} | {' | '.join(_told(cost) for cost in (found, pricing))} |",
                flush=True,
            )
    for least, most in itertools.pairwise(ROWS):
        print(f"\ntraining, {least:,} to {most:,} rows: exponent {exponent(trained, least, most):.2f}")


if __name__ == "__main__":
    main()
