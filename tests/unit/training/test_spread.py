"""The blocks of a fit that is spread over machines, with LightGBM's own learning of all of them on one."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np

from car_price_prediction.package.store import ModelStore
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.choices import Choices
from car_price_prediction.training.compare import Compared, Comparer
from car_price_prediction.training.engine import Kept
from car_price_prediction.training.folds import group_folds
from car_price_prediction.training.parallel import Threads
from car_price_prediction.training.pipeline import NOT_COMPARED, Trainer, TrainOptions
from support.market import loaded_market
from support.model import SilentStages

CARS = 300
SMALL = member("small", HUBER | {"num_leaves": 7}, 40)


class Together:
    """Puts the blocks together again, and trains on one machine."""

    block_rows = 70

    def __init__(self) -> None:
        self.blocks: list[list[int]] = []

    def __call__(self, blocks: list[Kept[Any]], settings: dict[str, Any], rounds: int) -> Any:
        parts = [block.handle for block in blocks]
        self.blocks.append([len(matrix) for matrix, _ in parts])
        matrix, log_price = (np.concatenate(both) for both in zip(*parts, strict=True))
        categorical = settings.pop("categorical_feature")
        return lightgbm.train(settings, lightgbm.Dataset(matrix, log_price, categorical_feature=categorical), rounds)


class Spreading(Threads):
    def __init__(self) -> None:
        self.together = Together()

    def boosting(self, rows: int) -> Together:
        return self.together


def compared(engine: Threads) -> Compared:
    listings = loaded_market(cars=CARS).listings
    folds = group_folds(listings["_group"], 4, seed=0)
    fields = ["make", "model", "year", "mileage_km", "fuel"]
    return Comparer(listings, fields, folds, 0, SilentStages(), engine).compare((SMALL,), (), "on")


def test_blocks_hold_every_listing_once_and_teach_the_same() -> None:
    engine = Spreading()
    spread, whole = compared(engine), compared(Threads())
    assert [sum(rows) for rows in engine.together.blocks] == [225, 225, 300, 225, 225]
    for one, other in zip(spread.folds, whole.folds, strict=True):
        codes = [{feature.name: feature.codes for feature in part.encoder.features} for part in (one, other)]
        assert codes[0] == codes[1]
    # Bagging draws other rows of another order.
    np.testing.assert_allclose(spread.out_of_fold(CARS), whole.out_of_fold(CARS), atol=0.15)
    assert spread.monotone


def test_a_spread_fit_publishes_a_package_and_says_what_was_not_compared(tmp_path: Any) -> None:
    stages = SilentStages()
    trainer = Trainer(ModelStore(tmp_path), stages, engine=Spreading())
    trained = trainer.train(loaded_market(cars=CARS), TrainOptions("m", choices=Choices(monotone="off")))
    assert NOT_COMPARED in stages.notes
    assert {row.name for row in trained.compared.table} <= {"huber", "absolute", "extra", "slender", "blend"}
    assert (trained.package.folder / "booster.txt").is_file()
