from __future__ import annotations

import math
from typing import Any

import pytest

from car_price_prediction.scale import boosting
from car_price_prediction.scale.tasks import RayEngine
from car_price_prediction.training.boosted import HUBER, member
from car_price_prediction.training.compare import Comparer
from car_price_prediction.training.engine import Engine
from car_price_prediction.training.folds import group_folds
from support.market import loaded_market
from support.model import SilentStages

CARS, BLOCK = 8_000, 1_500
MOST_OFF = 0.01

# Ray warns of its own settings, which it reads itself.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")


def test_boosting_on_several_nodes_errs_as_boosting_on_one(nodes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boosting, "BLOCK_ROWS", BLOCK)
    listings = loaded_market(cars=CARS).listings
    folds = group_folds(listings["_group"], 4, seed=0)
    small = member("small", HUBER | {"num_leaves": 7, "learning_rate": 0.1}, 80)

    def error(engine: Engine | None) -> float:
        fields = ["make", "model", "year", "mileage_km", "fuel"]
        # The error that blends are judged by is a product of two.
        return math.sqrt(Comparer(listings, fields, folds, 0, SilentStages(), engine).errors_of([small])[0])

    local, spread = error(None), error(RayEngine(spread_from=CARS))
    assert spread != local, "the rows of a worker do not divide a feature as all rows do"
    assert abs(spread / local - 1) < MOST_OFF
