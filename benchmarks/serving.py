"""Measures serving side by side with what people use for it, and writes the table to docs/serving.md.

The server runs on the first core and wrk on the second; rounds are interleaved, so that what else happens on the
machine meets all alike. Peers come from a folder that PEERS names, made with their own set-up, and their scripts from
PEERS_SCRIPTS; those that are not there are left out by name.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from serving_load import Measured, Subject, load, running, tools_missing
from serving_model import make_model

CLIENTS = 16
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "3")), float(os.environ.get("SECONDS", "8"))
PAGE = Path(__file__).parent.parent / "docs" / "serving.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
OURS, CEILING = "this service, with its range", "an empty Flask route on the same server"
PEERS = {
    "mlflow models serve": ("mlflow", "/invocations", "split"),
    "FastAPI, pandas, scikit-learn": ("fastapi", "/predict", "car"),
    "FastAPI, tuned by hand": ("fastapi-fast", "/predict", "car"),
    "gunicorn, Flask, pandas": ("flask", "/predict", "car"),
    "BentoML": ("bentoml", "/predict", "car"),
    "MLServer, LightGBM": ("mlserver", "/v2/models/cars/infer", "v2num"),
}


def subjects(folder: Path, peers: Path | None, scripts: Path | None) -> list[Subject]:
    """Return what is measured: this service, the ceiling, and the peers that are here."""
    bodies = make_model(folder, peers)
    serve = (sys.executable, "-m", "car_price_prediction.cli.main", "serve", "--port", "PORT")
    ours = Subject(
        OURS,
        (*serve, "--artifacts", str(folder / "artifacts")),
        "/predict/price",
        bodies,
        {"CAR_PRICE_LOGS": str(folder / "logs")},
    )
    granian = (sys.executable, "-m", "granian", "--interface", "wsgi", "--port", "PORT", "--http", "1", "--no-ws")
    ceiling = Subject(
        CEILING, (*granian, "serving_empty:app"), "/empty", bodies, {"PYTHONPATH": str(Path(__file__).parent)}
    )
    found = [ours, ceiling]
    for name, (short, path, kind) in PEERS.items():
        environment = peers and peers / short.removesuffix("-fast")
        if peers is None or scripts is None or environment is None or not environment.exists():
            print(f"{name} is left out: it is not installed here", file=sys.stderr)
            continue
        command = ("bash", str(scripts / "serve.sh"), short, "PORT")
        found.append(Subject(name, command, path, peers / "artifacts" / f"bodies-{kind}.jsonl", {"PEERS": str(peers)}))
    return found


def median(runs: list[Measured]) -> Measured:
    """Return the medians of several runs."""
    return Measured(*(statistics.median(getattr(run, name) for run in runs) for name in Measured.__slots__))


def table(found: dict[str, Measured]) -> str:
    """Return the Markdown table."""
    ours = found[OURS].per_s
    lines = [
        "| server | requests/s | this service is | median ms | p99 ms | processor µs a request | memory MB | failed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, run in sorted(found.items(), key=lambda pair: -pair[1].per_s):
        times = f"{run.p50_ms:.2f} | {run.p99_ms:.2f} | {run.cpu_us:.0f} | {run.rss_mb:.0f} | {run.bad:.0f}"
        lines.append(f"| {name} | {run.per_s:,.0f} | {ours / run.per_s:.2f} x | {times} |")
    return "\n".join(lines) + "\n"


def write(found: dict[str, Measured], busy: float) -> None:
    """Put the table into the page."""
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    what = f"{datetime.now(UTC):%Y-%m-%d}, {ROUNDS} rounds of {SECONDS:g} s, {CLIENTS} clients, one worker, one core"
    noise = f"; {busy:.1f} other programs wanted the two cores meanwhile, so only ratios tell" if busy > 2 else ""
    PAGE.write_text(f"{head}{BEGIN}{what}{noise}.\n\n{table(found)}{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Measure and write."""
    if missing := tools_missing():
        sys.exit(f"error: {' and '.join(missing)} cannot be found (Debian: apt install wrk util-linux)")
    peers, scripts = (Path(os.environ[name]) if os.environ.get(name) else None for name in ("PEERS", "PEERS_SCRIPTS"))
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.environ.get("BENCH_FOLDER") or name)
        all_subjects = subjects(folder, peers, scripts)
        runs: dict[str, list[Measured]] = {subject.name: [] for subject in all_subjects}
        for number in range(ROUNDS):
            for subject in all_subjects:
                with running(subject) as (process, port):
                    run = load(subject, process, port, clients=CLIENTS, seconds=SECONDS)
                runs[subject.name].append(run)
                print(f"round {number + 1}: {subject.name}: {run}", file=sys.stderr)
    found = {name: median(measured) for name, measured in runs.items()}
    write(found, busy)
    print(table(found))


if __name__ == "__main__":
    main()
