import json
from pathlib import Path

import pytest

from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.training.importance import field_importance, write_importance


class Gains:
    def __init__(self, *gains: float) -> None:
        self.gains = gains

    def feature_importance(self, kind: str) -> tuple[float, ...]:
        assert kind == "gain"
        return self.gains


ENCODER = Encoder(
    features=(
        Feature(name="make", kind="category", fields=("make",)),
        Feature(name="year", kind="number", fields=("year",)),
        Feature(name="make+year", kind="joined", fields=("make", "year")),
    )
)


def test_a_joined_features_gain_is_shared_out_and_the_largest_comes_first() -> None:
    found = field_importance(ENCODER, Gains(1.0, 3.0, 4.0))
    assert list(found.items()) == [("year", 0.625), ("make", 0.375)]


def test_a_model_without_a_split_gives_every_field_nothing() -> None:
    assert field_importance(ENCODER, Gains(0.0, 0.0, 0.0)) == {"make": 0.0, "year": 0.0}


@pytest.mark.parametrize("name", ["cost $x_{$ now", "价格", "a,b"])
def test_any_name_of_a_column_is_written_and_drawn(tmp_path: Path, name: str) -> None:
    write_importance(tmp_path, {name: 0.75, name.upper() + " ": 0.25})
    assert json.loads((tmp_path / "feature_importance.json").read_text())[name] == 0.75
    assert (tmp_path / "feature_importance.png").stat().st_size > 1_000
    assert (tmp_path / "feature_importance.csv").read_text().startswith("field,importance\n")
