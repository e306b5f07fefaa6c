import json
from pathlib import Path

import numpy as np
import pytest

from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.package.hedonic import Hedonic
from car_price_prediction.training.importance import field_importance, write_importance

ENCODER = Encoder(
    features=(
        Feature(name="make", kind="category", fields=("make",)),
        Feature(name="year", kind="number", fields=("year",)),
        Feature(name="make+year", kind="joined", fields=("make", "year")),
    )
)


def test_a_joined_features_gain_is_shared_out_and_the_largest_comes_first() -> None:
    found = field_importance(ENCODER, np.array([1.0, 3.0, 4.0]))
    assert list(found.items()) == [("year", 0.625), ("make", 0.375)]


def test_a_model_without_a_split_gives_every_field_nothing() -> None:
    assert field_importance(ENCODER, np.zeros(3)) == {"make": 0.0, "year": 0.0}


def test_the_regressions_gain_goes_to_the_fields_that_spread_its_answers() -> None:
    hedonic = Hedonic(intercept=9.0, curves={}, words={}, shares={"make": 0.2, "trim": 0.8})
    feature = Feature(name="hedonic", kind="hedonic", fields=("make", "trim"), hedonic=hedonic)
    found = field_importance(Encoder(features=(*ENCODER.features, feature)), np.array([1.0, 0.0, 0.0, 1.0]))
    assert found == pytest.approx({"make": 0.6, "trim": 0.4, "year": 0.0})


@pytest.mark.parametrize("name", ["cost $x_{$ now", "价格", "a,b"])
def test_any_name_of_a_column_is_written_and_drawn(tmp_path: Path, name: str) -> None:
    write_importance(tmp_path, {name: 0.75, name.upper() + " ": 0.25})
    assert json.loads((tmp_path / "feature_importance.json").read_text())[name] == 0.75
    assert (tmp_path / "feature_importance.png").stat().st_size > 1_000
    assert (tmp_path / "feature_importance.csv").read_text().startswith("field,importance\n")
