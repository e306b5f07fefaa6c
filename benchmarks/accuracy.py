"""Accuracy on real listings: split, train, price the held-out rows, score; all through the command line.

Beside our ranges stand those of `quantiles`.

    make bench-accuracy                       every file of the protocol
    make bench-accuracy FILES="georgia uk"    some of them

The protocol is a script that writes NAME/{train,test,truth}.csv for each real file and scores predictions; the files
and the script are not part of this project. CAR_PRICE_REAL_DATA names the files' folder, CAR_PRICE_PROTOCOL the script.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from quantiles import conformalised_quantiles

from car_price_prediction.listings.loaded import LoadOptions

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
PROTOCOL = Path(os.environ.get("CAR_PRICE_PROTOCOL", SHARED / "bench" / "accuracy.py"))
DATA = Path(os.environ.get("CAR_PRICE_REAL_DATA", SHARED / "data"))
COMMAND = [sys.executable, "-m", "car_price_prediction.cli.main"]

OPTIONS = {
    "georgia": ["--currency", "USD"],
    "uk": ["--currency", "GBP", "--mileage-unit", "mi"],
    "india": ["--currency", "INR"],
    "germany": ["--currency", "EUR"],
    "poland": ["--currency", "PLN"],
}
FIGURES = ("MdAPE", "MAE", "R2", "R2log", "within10", "coverage", "price", "width/price")
RANGES = ("coverage", "price", "width/price")
HEADINGS = ("MdAPE", "MAE", "R2", "R2 of log", "within 10%", "coverage", "worst decile", "width/price")


@dataclass(frozen=True)
class Row:
    """One file's figures."""

    name: str
    rows: str
    train_s: float
    figures: tuple[str, ...]
    ranges: tuple[str, ...]
    quantiles: tuple[str, ...]


def measure(name: str, work: Path) -> Row:
    """Train on one file's training side and score its test side."""
    folder = work / name
    subprocess.run([sys.executable, PROTOCOL, "split", work, "--data", DATA, name], check=True, stdout=sys.stderr)
    artifacts = ["--artifacts", folder / "artifacts"]
    began = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
    train = [*COMMAND, "train", folder / "train.csv", *OPTIONS[name], *artifacts, "--json"]
    done = subprocess.run(train, check=True, capture_output=True, text=True, env=environment)
    train_s = time.monotonic() - began
    summary = json.loads(done.stdout)
    subprocess.run(
        [*COMMAND, "predict", folder / "test.csv", folder / "out.csv", *artifacts], check=True, stdout=sys.stderr
    )
    text = _score(name, folder / "truth.csv", folder / "out.csv")
    if "unpriced 0 " not in text:
        raise SystemExit(f"{name}: some test rows got no price: {text}")
    conformalised_quantiles(folder, _load_options(name)).write_csv(folder / "quantiles.csv")
    others = _score(f"{name} quantiles", folder / "truth.csv", folder / "quantiles.csv")
    return Row(
        name,
        f"{summary['rows_used']:,}",
        train_s,
        tuple(_figure(text, label) for label in FIGURES),
        tuple(_figure(text, label) for label in RANGES),
        tuple(_figure(others, label) for label in RANGES),
    )


def _score(label: str, truth: Path, priced: Path) -> str:
    score = [sys.executable, PROTOCOL, "score", truth, priced]
    text = subprocess.run(score, check=True, capture_output=True, text=True).stdout
    print(label, text.strip(), file=sys.stderr)
    return text


def _load_options(name: str) -> LoadOptions:
    given = dict(zip(OPTIONS[name][::2], OPTIONS[name][1::2], strict=True))
    return LoadOptions(currency=given["--currency"], mileage_unit=given.get("--mileage-unit"))


def _figure(text: str, label: str) -> str:
    found = re.search(rf"(?<![\w]){re.escape(label)} (-?[\d.]+%?)", text)
    return found.group(1) if found else ""


def main(names: list[str]) -> None:
    """Print a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(name, Path(folder)) for name in names or OPTIONS]
    print(f"| file | listings | training | {' | '.join(HEADINGS)} |")
    print("|---|" + "--:|" * (len(HEADINGS) + 2))
    for row in rows:
        print(f"| {row.name} | {row.rows} | {row.train_s:.0f} s | {' | '.join(row.figures)} |")
    headings = [f"{whose}: {what}" for whose in ("ours", "quantiles") for what in HEADINGS[-3:]]
    print(f"\n| file | {' | '.join(headings)} |")
    print("|---|" + "--:|" * 6)
    for row in rows:
        print(f"| {row.name} | {' | '.join((*row.ranges, *row.quantiles))} |")


if __name__ == "__main__":
    main(sys.argv[1:])
