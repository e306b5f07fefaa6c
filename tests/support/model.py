"""A small real model package, trained in a second."""

from __future__ import annotations

from pathlib import Path

from car_price_prediction.listings.loaded import Loaded
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.choices import Choices
from car_price_prediction.training.pipeline import Trained, Trainer, TrainOptions
from support.market import loaded_market

SMALL = HUBER | {"num_leaves": 7, "min_data_in_leaf": 10, "num_threads": 1, "learning_rate": 0.2}


class SilentStages:
    """Training's progress, told to nobody."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.notes: list[str] = []

    def stage(self, name: str, *, total: int | None = None) -> None:
        self.names.append(name)

    def advance(self, steps: int = 1) -> None:
        pass

    def update(self, name: str, done: int, total: int) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)


SMALL_CANDIDATES = (member("huber", SMALL, 60),)


def train_small(artifacts: Path, loaded: Loaded | None = None, *, sample: bool = False) -> Trained:
    """Publish a package below an artifacts folder; it is not current yet."""
    trainer = Trainer(ModelStore(artifacts), SilentStages(), SMALL_CANDIDATES)
    return trainer.train(loaded or loaded_market(cars=400), TrainOptions("market.csv", sample, Choices(monotone="off")))


def small_package(artifacts: Path, *, sample: bool = False) -> Package:
    """Publish a small package and make it the one that answers."""
    package = train_small(artifacts, sample=sample).package
    ModelStore(artifacts).set_current(package.manifest.version, who="test", why="a test")
    return package
