"""Makes the year of docs/drift.md: prices rise by 1.5% a month, cars are valued and sold, a model is made anew.

    .venv/bin/python scripts/simulated_year.py FOLDER     # some minutes; FOLDER must not exist

Every figure and picture comes from `car-price`'s own commands: what they said is in FOLDER/said.txt, the pictures go to
docs/assets/drift/.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from car_price_prediction.bootstrap import current_valuer
from car_price_prediction.domain.ids import new_id
from car_price_prediction.domain.listing import ASKING_PRICE
from car_price_prediction.listings.load import LoadOptions, load_listings
from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.package.store import ModelStore
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.entries import Answered
from car_price_prediction.valuations.insertion import insert_rows
from car_price_prediction.valuations.outcomes import Outcome, Outcomes
from car_price_prediction.valuations.row import row_of
from car_price_prediction.valuations.tables import VALUATIONS

RISE, MONTHS, MONTHLY = 1.015, 12, 600
LISTINGS, EXPORTED = 6_000, 500
"""Listings of the first model, and of each month's export."""
BATCH, LAST_DAY = 200, 28
RETRAIN = ("retrain", "listings", "--currency", "EUR", "--budget", "quick", "--settle", "0")
PICTURES = Path(__file__).parents[1] / "docs" / "assets" / "drift"
WANTED = {
    "before.html": {"coverage-before": "Share of sales", "errors-before": "Median error by month"},
    "drift.html": {"asked-to-quoted": ""},
    "evaluation.html": {"level": "What the same car"},
    "after.html": {"coverage-after": "Share of sales", "errors-after": "Median error by month"},
}
"""Page -> picture -> what it is called in the page."""
STYLE = """<style>text{font:12px sans-serif;fill:#777}.grid{stroke:#8884;stroke-width:1}.bar{fill:#3b82c4}
.dot{fill:#3b82c4}.line{fill:none;stroke:#3b82c4;stroke-width:2}
.ideal{fill:none;stroke:#999;stroke-dasharray:5 4}</style>"""


def main(folder: Path) -> None:
    """Live through the year."""
    listings = folder / "listings"
    listings.mkdir(parents=True)
    this = datetime.now(UTC).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    months = [_months_before(this, MONTHS - i) for i in range(MONTHS + 1)]
    _market(listings / "first.csv", _months_before(months[0], 1), LISTINGS, seed=1, level=1.0)
    _run(folder, "train", "listings/first.csv", "--budget", "quick", "--currency", "EUR")
    for number, month in enumerate(months[:-1]):
        level = RISE**number
        _sales(folder, month, seed=100 + number, level=level)
        _market(listings / f"{month:%Y-%m}.csv", month, EXPORTED, seed=300 + number, level=level)
    last = max(1.0, (datetime.now(UTC) - months[-2]).days + 1.0)
    _run(folder, "backtest", "--html", "before.html")
    _run(folder, "drift", "--days", str(last), "--html", "drift.html")
    shutil.copytree(folder / "artifacts", folder / "without-days" / "artifacts")
    _run(folder, *RETRAIN)
    store = ModelStore(folder / "artifacts")
    shutil.copy(store.load(store.current_version()).folder / "evaluation.html", folder)
    _sales(folder, months[-1], seed=200, level=RISE**MONTHS)
    _run(folder, "backtest", "--html", "after.html")
    _run(folder, "drift", "--days", "31", "--html", "steady.html")
    _pictures(folder)
    _without_days(folder / "without-days", folder / "listings", months[-1])


def _without_days(folder: Path, listings: Path, month: datetime) -> None:
    """Retrain on the same files, but for the days of their listings, in a copy of the artifacts of before."""
    (folder / "listings").mkdir()
    for file in listings.iterdir():
        pl.read_csv(file).drop("listed").write_csv(folder / "listings" / file.name)
    _run(folder, *RETRAIN)
    _sales(folder, month, seed=200, level=RISE**MONTHS)
    _run(folder, "backtest")


def _months_before(day: datetime, count: int) -> datetime:
    number = day.year * 12 + day.month - 1 - count
    return day.replace(year=number // 12, month=number % 12 + 1)


def _market(path: Path, month: datetime, rows: int, *, seed: int, level: float) -> Path:
    """Write listings of a month in a market where everything costs so many times as much."""
    days = np.random.default_rng(seed).integers(0, LAST_DAY, rows)
    listed = pl.Series("listed", [month.date() + timedelta(days=int(day)) for day in days])
    # Not by the name of the sample market: nothing is refused to a market that is made up.
    cars = sample_frame(rows, seed).drop("market").with_columns(listed)
    cars.with_columns((pl.col("price_eur") * level).round().cast(pl.Int64)).write_csv(path)
    return path


def _sales(folder: Path, month: datetime, *, seed: int, level: float) -> None:
    """Have cars priced as clients do, on the first of a month, that are sold for what was asked within it."""
    artifacts = folder / "artifacts"
    listings = load_listings(
        [str(_market(folder / "month.csv", month, MONTHLY, seed=seed, level=level))], LoadOptions()
    ).listings
    valuer = current_valuer(artifacts)
    names = [facts.name for facts in valuer.contents.facts.fields if facts.name in listings]
    database, answers = Database("sqlite", artifacts), []
    for row in listings.iter_rows(named=True):
        car = {name: row[name] for name in names if row[name] is not None} | {ASKING_PRICE: row["price"]}
        answers.append(Answered(month.timestamp(), "price", new_id(), car, valuer.quote(car)))
    for piece in _pieces(answers):
        with database.begin() as connection:
            insert_rows(connection, VALUATIONS, [row_of(one) for one in piece])
    day = min((month + timedelta(days=20)).date(), datetime.now(UTC).date())
    Outcomes(database).take(
        [Outcome(one.listing[ASKING_PRICE], day, valuation_id=one.quote.valuation_id) for one in answers]  # type: ignore[arg-type]
    )
    database.close()


def _pieces(answers: list[Answered]) -> Iterator[list[Answered]]:
    for start in range(0, len(answers), BATCH):
        yield answers[start : start + BATCH]


def _run(folder: Path, *words: str) -> None:
    """Run a command as a person would, and keep what it says."""
    environ = os.environ | {"CAR_PRICE_ARTIFACTS": "artifacts", "CAR_PRICE_VALUATIONS_URL": "sqlite", "COLUMNS": "140"}
    command = [sys.executable, "-m", "car_price_prediction.cli.main", *words]
    found = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    with (folder / "said.txt").open("a") as file:
        file.write(f"$ car-price {' '.join(words)}\n{found.stdout}{found.stderr if found.returncode else ''}\n")
    if found.returncode:
        raise SystemExit(f"`car-price {' '.join(words)}` ended with {found.returncode}: {folder / 'said.txt'}")


def _pictures(folder: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for page, names in WANTED.items():
        drawn = re.findall(r"<svg.*?</svg>", (folder / page).read_text(), re.DOTALL)
        for name, label in names.items():
            svg = next(one for one in drawn if f'aria-label="{label}' in one)
            alone = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
            (PICTURES / f"{name}.svg").write_text(alone.replace("<title>", f"{STYLE}<title>", 1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
