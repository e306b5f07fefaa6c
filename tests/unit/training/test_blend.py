from __future__ import annotations

import numpy as np
import pytest

from car_price_prediction.training.blend import Blend, blend_weights
from car_price_prediction.training.boosted import ABSOLUTE, HUBER, member
from car_price_prediction.training.candidates import Task
from car_price_prediction.training.merge import merged_text

RNG = np.random.default_rng(11)
TRUTH = RNG.normal(9.5, 0.8, 4_000)


def test_members_whose_errors_differ_are_blended_by_how_good_they_are() -> None:
    noise = RNG.normal(0, 1, (2, len(TRUTH)))
    weights = blend_weights(TRUTH, {"worse": TRUTH + 0.3 * noise[0], "better": TRUTH + 0.2 * noise[1]})
    assert list(weights) == ["better", "worse"]
    assert weights["better"] == pytest.approx(0.7, abs=0.11)
    assert sum(weights.values()) == pytest.approx(1.0)


def test_a_member_that_adds_nothing_does_not_earn_its_cost() -> None:
    good = TRUTH + RNG.normal(0, 0.2, len(TRUTH))
    assert blend_weights(TRUTH, {"good": good, "its_copy": good + 1e-6, "bad": TRUTH + 3.0}) == {"good": 1.0}


def _fitted() -> tuple[Blend, np.ndarray]:
    code, age = RNG.integers(0, 6, 500).astype(float), RNG.uniform(0, 20, 500)
    age[::19] = np.nan
    matrix = np.column_stack([code, age])
    task = Task(matrix, 9 + 0.2 * code - 0.05 * np.nan_to_num(age) + RNG.normal(0, 0.1, 500), [0], 0)
    kinds = (member("huber", HUBER | {"num_leaves": 15}, 40), member("absolute", ABSOLUTE | {"num_leaves": 7}, 30))
    return Blend(tuple(zip((0.7, 0.3), (kind.fit(task) for kind in kinds), strict=True))), matrix


def test_a_merged_blend_answers_as_its_members_do_together(tmp_path) -> None:
    from car_price_prediction.package.booster import Booster

    blend, matrix = _fitted()
    (tmp_path / "booster.txt").write_text(blend.text())
    booster = Booster(tmp_path / "booster.txt")
    assert booster.trees == blend.trees == 70
    np.testing.assert_allclose(booster.predict(matrix), blend.predict(matrix), rtol=0, atol=1e-12)
    assert booster.predict_one(matrix[3].tolist()) == pytest.approx(blend.predict(matrix[3:4])[0], abs=1e-12)


def test_a_merged_blend_can_be_merged_again_and_read_by_lightgbm(tmp_path) -> None:
    import lightgbm

    blend, matrix = _fitted()
    twice = merged_text([(0.5, blend.text()), (0.5, blend.text())])
    assert len(twice) < 2 * sum(len(model.text()) for _, model in blend.parts)
    read = lightgbm.Booster(model_str=twice)
    np.testing.assert_allclose(read.predict(matrix, num_threads=1), blend.predict(matrix), rtol=0, atol=1e-12)


def test_boosters_of_other_features_are_not_merged() -> None:
    blend, _ = _fitted()
    text = blend.parts[0][1].text()
    with pytest.raises(ValueError, match="different features"):
        merged_text([(0.5, text), (0.5, text.replace("feature_names=Column_0", "feature_names=Column_9"))])


def test_the_gains_of_a_blend_are_its_members_shares() -> None:
    blend, _ = _fitted()
    assert blend.gains().sum() == pytest.approx(1.0)
    assert (blend.gains() >= 0).all()
