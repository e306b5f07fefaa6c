"""How long an answer takes in process, as a Markdown table: the price, and what may be asked for besides.

A million listings of the sample market lie in the table of comparable cars; the boosters have 1,000 and 3,000 trees of
127 leaves. Each time is this thread's own, so that other programs on the machine count little.
"""

from __future__ import annotations

import gc
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import polars as pl
import polars.selectors as cs

from car_price_prediction.domain.quote import Quote
from car_price_prediction.listings.load import LoadOptions, load_listings
from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.package.booster import Booster
from car_price_prediction.package.comparables import open_comparables, write_comparables
from car_price_prediction.package.contents import Contents, read_contents
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.appraisal import Wanted, appraise
from car_price_prediction.pricing.comparables import nearest
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.comparables import comparable_cars
from car_price_prediction.training.pipeline import Trainer, TrainOptions

LISTINGS, LEARNT, CARS = 1_000_000, 20_000, 300
FEWEST = 100.0
TREES = (1_000, 3_000)
ASKED: dict[str, Callable[[Valuer, dict[str, Any]], object]] = {
    "price": lambda valuer, car: valuer.quote(car),
    "price and deal": lambda valuer, car: valuer.quote(car | {"asking_price": 9_999.0}),
    "five comparables alone": lambda valuer, car: nearest(valuer.contents.comparables, car, 5),
    "the same for a make that is not known": lambda valuer, car: nearest(
        valuer.contents.comparables, car | {"make": "?"}, 5
    ),
    "price, breakdown, five comparables": lambda valuer, car: appraise(valuer, car, Wanted(True, 5)),
    "price, what-if along both": lambda valuer, car: appraise(valuer, car, Wanted(what_if=("mileage_km", "year"))),
}


class Quiet:
    """Training's progress, told to nobody."""

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda *_, **__: None


def small_contents(folder: Path) -> tuple[Contents, list[str]]:
    """Return a package of the sample market with a small booster, and its fields."""
    sample_frame(LEARNT, seed=1).write_csv(folder / "sample.csv")
    loaded = load_listings([str(folder / "sample.csv")], LoadOptions())
    small = member("small", HUBER | {"num_leaves": 31}, 50)
    store = ModelStore(folder / "artifacts")
    trained = Trainer(store, Quiet(), (small,)).train(loaded, TrainOptions(market="sample"))
    return read_contents(trained.package), list(trained.fields)


def boosters(contents: Contents, listings: pl.DataFrame, folder: Path) -> Iterator[tuple[Any, Booster]]:
    """Give the large boosters, as LightGBM has them and as they are served."""
    learnt = listings.head(LEARNT)
    encoder = contents.encoder
    data = lightgbm.Dataset(
        encode_frame(encoder, learnt),
        np.log(learnt["price"].to_numpy()),
        categorical_feature=encoder.categorical,
        free_raw_data=False,
    )
    model = None
    for trees in TREES:
        rounds = trees - (model.num_trees() if model else 0)
        model = lightgbm.train(HUBER | {"learning_rate": 0.02, "num_threads": 1}, data, rounds, init_model=model)
        model.save_model(folder / "booster.txt")
        yield model, Booster(folder / "booster.txt")


def milliseconds(ask: Callable[[dict[str, Any]], object], cars: list[dict[str, Any]]) -> tuple[float, float]:
    """Return the median and the 95th percentile of this thread's time for one car."""
    times = []
    for car in cars:
        start = time.thread_time()
        ask(car)
        times.append(1e3 * (time.thread_time() - start))
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Print the table."""
    listings = sample_frame(LISTINGS, seed=2).rename({"price_eur": "price"})
    # Its mistyped prices are none that training would keep.
    listings = listings.with_columns(cs.numeric().cast(pl.Float64)).filter(pl.col("price") > FEWEST)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contents, fields = small_contents(folder)
        print("| trees | asked for | median ms | 95th percentile ms |\n|--:|---|--:|--:|")
        for model, booster in boosters(contents, listings, folder):
            if booster.trees == TREES[0]:
                write_comparables(folder, comparable_cars(listings, fields, contents.encoder, model.predict, 0))
            valuer = Valuer(replace(contents, booster=booster, comparables=open_comparables(folder)))
            valuer.prepare()
            drawn = listings.select(fields).sample(CARS, seed=3).to_dicts()
            quotes = valuer.quote_many(drawn)
            cars = [car for car, quote in zip(drawn, quotes, strict=True) if isinstance(quote, Quote)]
            for what, ask in ASKED.items():
                gc.collect()
                median, late = milliseconds(lambda car, ask=ask, valuer=valuer: ask(valuer, car), cars)
                print(f"| {booster.trees:,} | {what} | {median:.2f} | {late:.2f} |", flush=True)
        megabytes = sum(path.stat().st_size for path in folder.glob("comparables*")) / 1e6
        start = time.perf_counter()
        open_comparables(folder)
        opened = 1e3 * (time.perf_counter() - start)
        print(f"comparables: {megabytes:.0f} MB for {LISTINGS:,} listings, opened in {opened:.0f} ms", file=sys.stderr)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
