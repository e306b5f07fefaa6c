from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from car_price_prediction.batch.target import check_target
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.package.store import ModelStore
from car_price_prediction.scale.tasks import RayEngine
from car_price_prediction.training.boosted import member
from car_price_prediction.training.choices import Choices
from car_price_prediction.training.engine import Engine, Job
from car_price_prediction.training.pipeline import Trainer, TrainOptions
from support.market import loaded_market
from support.model import SMALL, SilentStages

# Ray warns of its own settings, which it reads itself.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")
TELL_WHEN = {"manifest.json", "evaluation.json", "evaluation.html", "card.md"}
"""Files of a package that hold its version, which is the time of the training."""


class LosesANode(SilentStages):
    """Loses a node in the middle: when the first fit is done."""

    def __init__(self, nodes: Any) -> None:
        super().__init__()
        self.nodes, self.lost = nodes, 0

    def advance(self, steps: int = 1) -> None:
        if not self.lost:
            self.lost = 1
            self.nodes.lose_one()


def published(artifacts: Path, stages: SilentStages, engine: Engine | None) -> dict[str, bytes]:
    kinds = (member("huber", SMALL, 30), member("other", SMALL | {"num_leaves": 15}, 30))
    trainer = Trainer(ModelStore(artifacts), stages, kinds, engine)
    options = TrainOptions("market.csv", choices=Choices(monotone="off"))
    package = trainer.train(loaded_market(cars=400), options).package
    return {path.name: path.read_bytes() for path in package.folder.iterdir()}


def test_a_training_that_loses_a_node_publishes_the_package_of_one_machine(nodes: Any, tmp_path: Path) -> None:
    stages = LosesANode(nodes)
    local = published(tmp_path / "local", SilentStages(), None)
    spread = published(tmp_path / "ray", stages, RayEngine())
    assert stages.lost == 1
    assert spread.keys() == local.keys()
    assert [name for name in local if spread[name] != local[name] and name not in TELL_WHEN] == []
    assert "booster.txt" in local


def test_what_a_task_raises_is_raised_as_it_is(nodes: Any) -> None:
    with pytest.raises(ListingsError, match="no-such-folder") as raised:
        RayEngine().run_all([Job(check_target, ("/no-such-folder/prices.csv",))])
    assert raised.value.hint == "make it first"


def test_what_is_kept_is_handed_over_and_results_come_in_order(nodes: Any) -> None:
    engine, done = RayEngine(), []
    numbers = engine.keep(np.arange(4))
    doubled = engine.run_kept([Job(np.multiply, (numbers, 2))])
    found = engine.run_all([Job(np.sum, (doubled[0],)), Job(np.max, (numbers,))], lambda: done.append(1))
    assert found == [12, 3]
    assert len(done) == 2


def test_only_from_so_many_listings_on_is_a_fit_spread() -> None:
    assert RayEngine().boosting(10**9) is None
    assert RayEngine(spread_from=1_000).boosting(999) is None
    assert RayEngine(spread_from=1_000).boosting(1_000) is not None
