"""What keeping valuations costs: the same server with and without, on one core, asked as often as it answers.

Both are up all the time, rounds of a second take turns, and the one that is not asked stands still, so that what it has
left to write is written at its own cost. Only the ratio of two neighbours counts on a machine with other work.
"""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from serving_load import TICKS, Measured, Subject, family, load, rss_mb, running, tools_missing
from serving_model import make_model

from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.journal import FOLDER
from car_price_prediction.valuations.segments import bytes_of, full_segments
from car_price_prediction.valuations.store import Valuations

ROUNDS, SECONDS, CLIENTS = int(os.environ.get("ROUNDS") or 40), int(os.environ.get("SECONDS") or 1), 16
DRAINED_S = 600.0


def subject(name: str, folder: Path, work: Path, bodies: Path, *, keeps: bool) -> Subject:
    """Return a server with a folder of its own."""
    own = work / name
    own.mkdir()
    (own / "artifacts").mkdir()
    for part in (folder / "artifacts").iterdir():
        (own / "artifacts" / part.name).symlink_to(part.absolute())
    serve = (sys.executable, "-m", "car_price_prediction.cli.main", "serve", "--port", "PORT")
    environ = {
        "CAR_PRICE_LOGS": str(own / "logs"),
        "CAR_PRICE_JOBS_FOLDER": str(own / "jobs"),
        "CAR_PRICE_METRICS_FOLDER": str(own / "numbers"),
        "CAR_PRICE_DRIFT_EVERY_S": "0",
    }
    if keeps:
        environ["CAR_PRICE_VALUATIONS_URL"] = os.environ.get("URL") or "sqlite"
    return Subject(name, (*serve, "--artifacts", str(own / "artifacts")), "/predict/price", bodies, environ)


@contextlib.contextmanager
def awake(process: int) -> Iterator[None]:
    """Let a server and all its children go on for a while."""
    _signal(process, signal.SIGCONT)
    try:
        yield
    finally:
        _signal(process, signal.SIGSTOP)


def _signal(process: int, number: int) -> None:
    for one in family(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, number)


def cpu_s(process: int) -> dict[int, float]:
    """Return the processor time of each process of a server."""
    found = {}
    for one in family(process):
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        found[one] = (int(fields[11]) + int(fields[12])) / TICKS
    return found


def writer_of(process: int) -> int:
    """Return the process that writes into the database."""
    return next(one for one in family(process) if b"valuations" in Path(f"/proc/{one}/cmdline").read_bytes())


def turns(both: dict[str, tuple[Subject, int, int]], clients: int) -> dict[str, list[Measured]]:
    """Ask both in turns, the first another each time."""
    found: dict[str, list[Measured]] = {name: [] for name in both}
    for number in range(ROUNDS):
        for name in list(both) if number % 2 else list(both)[::-1]:
            one, process, port = both[name]
            with awake(process):
                found[name].append(load(one, process, port, clients=clients, seconds=SECONDS, warm=False))
    return found


def ratio(found: dict[str, list[Measured]], name: str) -> float:
    """Return the median of the ratios of neighbours."""
    pairs = zip(found["keeping"], found["without"], strict=True)
    return statistics.median(getattr(one, name) / getattr(other, name) for one, other in pairs)


def middle(runs: list[Measured], name: str) -> float:
    """Return a median."""
    return statistics.median(getattr(run, name) for run in runs)


def main() -> None:
    """Measure, and print."""
    if missing := tools_missing():
        sys.exit(f"error: {' and '.join(missing)} cannot be found (Debian: apt install wrk util-linux)")
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench")
    bodies = make_model(folder, None)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name, contextlib.ExitStack() as stack:
        work, both = Path(name), {}
        for keeps in (False, True):
            one = subject("keeping" if keeps else "without", folder, work, bodies, keeps=keeps)
            both[one.name] = (one, *stack.enter_context(running(one)))
        stack.callback(lambda: [_signal(process, signal.SIGCONT) for _, process, _ in both.values()])
        _, process, _ = both["keeping"]
        writer = writer_of(process)
        for _, other, _ in both.values():
            _signal(other, signal.SIGSTOP)
        artifacts, before = work / "keeping" / "artifacts", cpu_s(process)[writer]
        crowd = turns(both, CLIENTS)
        waited = sum(one.count for one in full_segments(artifacts / FOLDER))
        used = cpu_s(process)[writer] - before
        told = [f"when the {CLIENTS} clients were gone, {waited:,} answers waited; the writer had taken {used:.2f} s"]
        told += drained(process, writer, artifacts)
        single = turns(both, 1)
        report(crowd, single)
        drained(process, writer, artifacts)
        asked = sum(run.requests for runs in (crowd["keeping"], single["keeping"]) for run in runs)
        rows = Valuations(Database(os.environ.get("URL") or "sqlite", artifacts)).count()
        told.append(f"answers that wrk saw, and one before: {asked + 1:,}; rows: {rows:,}")
        print("\n".join(told))


def report(crowd: dict[str, list[Measured]], single: dict[str, list[Measured]]) -> None:
    """Print what requests met."""
    print(f"load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds of {SECONDS:g} s, one core\n")
    print("| | without | keeping | ratio of neighbours, median |\n|---|--:|--:|--:|")
    for what, found, name in (
        (f"requests/s, {CLIENTS} clients", crowd, "per_s"),
        ("processor µs a request, all processes, 16 clients", crowd, "cpu_us"),
        ("median ms, one client", single, "p50_ms"),
        ("p99 ms, one client", single, "p99_ms"),
        (f"p99 ms, {CLIENTS} clients", crowd, "p99_ms"),
    ):
        values = [middle(found[one], name) for one in ("without", "keeping")]
        print(f"| {what} | {values[0]:,.3f} | {values[1]:,.3f} | {ratio(found, name):.4f} |")
    bad = sum(run.bad for found in (crowd, single) for runs in found.values() for run in runs)
    print(f"\nrequests that failed: {bad}")


def drained(process: int, writer: int, artifacts: Path) -> list[str]:
    """Let the writer go on until nothing waits, and return what that took."""
    database = Database(os.environ.get("URL") or "sqlite", artifacts)
    memory = rss_mb(process)
    with awake(process):
        begun, before, there = time.monotonic(), cpu_s(process)[writer], Valuations(database).count()
        while bytes_of(artifacts / FOLDER) and time.monotonic() - begun < DRAINED_S:
            time.sleep(0.1)
        took, spent = time.monotonic() - begun, cpu_s(process)[writer] - before
        rows = Valuations(database).count() - there
        status = Path(f"/proc/{writer}/status").read_text(encoding="ascii")
    database.close()
    resident = next(int(line.split()[1]) / 1_000 for line in status.splitlines() if line.startswith("VmRSS"))
    each = spent / max(rows, 1) * 1e6
    return [
        f"those {rows:,} took {took:.1f} s more, {each:.1f} µs of processor time each",
        f"memory: the worker {memory:.0f} MB, the writer {resident:.0f} MB",
    ]


if __name__ == "__main__":
    main()
