import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.lightgbm_library import LightGBMEngine


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, lightgbm.Booster, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.integers(0, 5, 500).astype(float), rng.normal(size=500)])
    rows[::17, 1] = math.nan
    settings = {"objective": "huber", "num_leaves": 7, "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    data = lightgbm.Dataset(rows, np.nan_to_num(rows[:, 1]) + rows[:, 0], categorical_feature=[0])
    booster = lightgbm.train(settings, data, 20)
    path = tmp_path_factory.mktemp("booster") / "booster.txt"
    booster.save_model(path)
    return path, booster, rows


def test_rows_one_by_one_and_together_score_as_in_lightgbm(trained) -> None:
    path, reference, rows = trained
    booster = LightGBMEngine(path)
    assert (booster.width, booster.trees) == (2, 20)
    expected = reference.predict(rows)
    np.testing.assert_array_equal(booster.predict(rows), expected)
    assert [booster.predict_one(row) for row in rows.tolist()] == expected.tolist()


def test_a_few_rows_score_the_same_in_blocks_and_disturb_nothing(trained, monkeypatch) -> None:
    monkeypatch.setattr("car_price_prediction.package.lightgbm_library.BLOCK_TREES", 6)
    path, reference, rows = trained
    booster, expected = LightGBMEngine(path), reference.predict(rows)
    one = booster.predict_one(rows[0].tolist())
    np.testing.assert_allclose(booster.predict_few(rows[:50]), expected[:50], rtol=1e-12)
    assert booster.predict_one(rows[0].tolist()) == one == expected[0]
    np.testing.assert_array_equal(booster.predict(rows), expected)
    assert booster.predict_few(np.empty((0, 2))).tolist() == []


def test_many_threads_share_one_booster(trained) -> None:
    path, reference, rows = trained
    booster = LightGBMEngine(path)
    with ThreadPoolExecutor(8) as pool:
        scores = list(pool.map(booster.predict_one, rows.tolist() * 4))
    assert scores == reference.predict(rows).tolist() * 4


def test_no_rows_give_no_scores(trained) -> None:
    assert LightGBMEngine(trained[0]).predict(np.empty((0, 2))).tolist() == []


def test_rows_of_another_width_are_refused(trained) -> None:
    booster = LightGBMEngine(trained[0])
    with pytest.raises(ValueError, match="a matrix of 2 columns"):
        booster.predict(np.zeros((3, 5)))
    with pytest.raises(ValueError, match="size"):
        booster.predict_one([1.0])


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "booster.txt"
    path.write_text("not a model")
    with pytest.raises(PackageError, match="LightGBM"):
        LightGBMEngine(path)
