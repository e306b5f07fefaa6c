"""The model that serving is measured with: 1,000 trees of 63 leaves on 16 fields, and the cars that are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from car_price_prediction.listings.load import LoadOptions, load_listings
from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.package.store import ModelStore
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.pipeline import Trainer, TrainOptions

TREES, LEAVES, LISTINGS, BODIES = 1_000, 63, 20_000, 64
KIND = member("bench", HUBER | {"num_leaves": LEAVES, "learning_rate": 0.03}, TREES)


class Quiet:
    """Training's progress, told to nobody."""

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda *_, **__: None


def listings_of(peers: Path | None) -> pl.DataFrame:
    """Return the listings that the peers' model learnt, or where there are no peers those of the sample market."""
    if peers is None:
        return sample_frame(LISTINGS, seed=1).rename({"price_eur": "price"})
    cars = pl.read_csv(peers / "artifacts" / "cars.csv")
    return cars.with_columns(price=np.exp(np.load(peers / "artifacts" / "y.npy")).round(2))


def make_model(folder: Path, peers: Path | None) -> Path:
    """Train the model unless it is there already.

    Returns
    -------
    Path
        Of the bodies, a car a line.
    """
    bodies = folder / "bodies.jsonl"
    if bodies.exists():
        return bodies
    folder.mkdir(parents=True, exist_ok=True)
    listings = listings_of(peers)
    listings.write_csv(folder / "cars.csv")
    loaded = load_listings([str(folder / "cars.csv")], LoadOptions())
    store = ModelStore(folder / "artifacts")
    trained = Trainer(store, Quiet(), (KIND,)).train(loaded, TrainOptions(market="bench"))
    store.set_current(trained.package.manifest.version, who="a benchmark", why="to be measured")
    cars = loaded.listings.select(trained.fields).sample(BODIES, seed=3).to_dicts()
    bodies.write_text("".join(json.dumps(_told(car)) + "\n" for car in cars), encoding="utf-8")
    return bodies


def _told(car: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in car.items() if value is not None}
