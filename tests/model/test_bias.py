"""A model that is wrong on purpose must look wrong: nothing in the evaluation makes up for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from car_price_prediction.evaluation.report import Report
from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.store import ModelStore
from car_price_prediction.training.boosted import LightGBMModel, train_lightgbm
from car_price_prediction.training.candidates import Candidate, Fitted, Task
from car_price_prediction.training.choices import Choices
from car_price_prediction.training.evaluate import Vector
from car_price_prediction.training.pipeline import Trainer, TrainOptions
from support.market import loaded_market
from support.model import SMALL, SilentStages


@dataclass(frozen=True, slots=True)
class TooDear(LightGBMModel):
    """Prices every car a quarter too high."""

    def predict(self, matrix: Matrix) -> Vector:
        return super(TooDear, self).predict(matrix) + np.log(1.25)


def report_of(folder: Path, model: type[LightGBMModel], *, shuffled: bool = False) -> Report:
    def fit(task: Task) -> Fitted:
        order = np.random.default_rng(0).permutation(len(task.log_price)) if shuffled else slice(None)
        return model(train_lightgbm(replace(task, log_price=task.log_price[order]), SMALL, 60))

    trainer = Trainer(ModelStore(folder), SilentStages(), (Candidate("lightgbm", fit),))
    trained = trainer.train(loaded_market(cars=400), TrainOptions(market="m", choices=Choices(monotone="off")))
    return Report.model_validate_json((trained.package.folder / "evaluation.json").read_text())


def test_a_model_that_prices_too_high_is_seen_to(tmp_path: Path) -> None:
    honest, dear = report_of(tmp_path / "a", LightGBMModel), report_of(tmp_path / "b", TooDear)
    assert honest.main.overall.bias == pytest.approx(0, abs=0.02)
    assert dear.main.overall.bias == pytest.approx(0.25, abs=0.03)
    assert dear.main.overall.mdape > 3 * honest.main.overall.mdape
    assert min(group.bias for group in dear.main.groups["price_decile"]) > 0.1


def test_a_model_that_learnt_nothing_explains_nothing(tmp_path: Path) -> None:
    found = report_of(tmp_path, LightGBMModel, shuffled=True).main
    assert found.overall.r2_log < 0.1
    assert found.overall.mdape > 0.2
    # Its ranges keep their promise all the same: they are as wide as it is bad.
    assert found.overall.coverage == pytest.approx(0.9, abs=0.05)
    assert found.overall.width > 1
