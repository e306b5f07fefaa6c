import math
import re

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.package import tree_layout
from car_price_prediction.package.booster import Booster, engine_of
from car_price_prediction.package.lightgbm_library import LightGBMEngine
from car_price_prediction.package.tree_text import UnsupportedError, read_forest
from car_price_prediction.package.trees import FlatTrees, compiled

pytestmark = pytest.mark.skipif(compiled() is None, reason="no compiler was there when this was installed")

WIDTH = 4
NUMBERS = st.one_of(
    st.floats(allow_subnormal=False),
    st.sampled_from([math.nan, 0.0, -0.0, 1e-36, -1e-36, -0.5, 31.0, 32.0, 2.0**31, 2.0**32, -1.0]),
    st.integers(-2, 70).map(float),
)


def trained(*, zero_as_missing: bool = False, use_missing: bool = True, rounds: int = 150, leaves: int = 31) -> str:
    rng = np.random.default_rng(4)
    rows = np.column_stack(
        [rng.integers(0, 70, 3_000), rng.normal(size=3_000), rng.integers(0, 3, 3_000), np.ones(3_000)]
    )
    rows = rows.astype(float)
    rows[rng.random(rows.shape) < 0.1] = math.nan
    rows[rng.random(len(rows)) < 0.2, 1] = 0.0
    target = np.sin(np.nan_to_num(rows[:, 0])) + np.nan_to_num(rows[:, 1], nan=3.0) * np.nan_to_num(rows[:, 2])
    options = {
        "objective": "l2",
        "num_leaves": leaves,
        "verbose": -1,
        "num_threads": 1,
        "min_data_in_leaf": 3,
        "min_data_per_group": 3,
        "cat_smooth": 1,
        "zero_as_missing": zero_as_missing,
        "use_missing": use_missing,
    }
    data = lightgbm.Dataset(rows, target, categorical_feature=[0])
    return lightgbm.train(options, data, rounds).model_to_string()


TEXTS = [trained(), trained(zero_as_missing=True), trained(use_missing=False), trained(leaves=300, rounds=20)]
SPACE = {
    "as it is": {},
    "none": {"READY_BYTES": 1},
    "much": {"READY_BYTES": 2**30, "FEWEST": 1},
    "pieces": {"AT_ONCE": 7},
}
"""How much may be kept ready, and how much is looked at together while that is made."""


@pytest.fixture(scope="module", params=list(SPACE))
def engines(request):
    with pytest.MonkeyPatch.context() as patched:
        for name, value in SPACE[request.param].items():
            patched.setattr(tree_layout, name, value)
        return [(FlatTrees(text.encode()), LightGBMEngine(text.encode())) for text in TEXTS]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=5))
def test_every_row_scores_as_in_lightgbm_to_the_last_bit(engines, rows):
    for flat, reference in engines:
        expected = reference.predict(np.array(rows)).tolist()
        assert [flat.predict_one(row) for row in rows] == expected
        assert flat.predict(np.array(rows)).tolist() == expected
        assert flat.predict_few(np.array(rows)).tolist() == expected


def test_many_rows_score_the_same_with_any_number_of_threads(engines):
    rows = np.random.default_rng(1).normal(size=(1_001, WIDTH))
    flat, reference = engines[0]
    for threads in (0, 1, 3):
        np.testing.assert_array_equal(flat.predict(rows, threads=threads), reference.predict(rows))


def test_trees_of_one_leaf_count():
    rows = np.ones((300, WIDTH))
    data = lightgbm.Dataset(rows, np.full(300, 3.5))
    text = lightgbm.train({"objective": "l2", "verbose": -1}, data, 3).model_to_string()
    assert FlatTrees(text.encode()).predict_one([1.0] * WIDTH) == LightGBMEngine(text.encode()).predict_one(
        [1.0] * WIDTH
    )


def test_every_category_scores_as_in_lightgbm(engines):
    rows = np.random.default_rng(1).normal(size=(75, WIDTH))
    rows[:, 0] = np.arange(-2, 73)
    for flat, reference in engines:
        np.testing.assert_array_equal(flat.predict(rows), reference.predict(rows))


@pytest.mark.parametrize("limit", ["MOST_WORDS", "MOST_RULINGS"])
def test_a_model_too_large_for_the_arrays_is_refused(limit, monkeypatch):
    monkeypatch.setattr(tree_layout, limit, 2)
    with pytest.raises(UnsupportedError):
        FlatTrees(TEXTS[0].encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("num_class=1", "num_class=3"),
        ("is_linear=0", "is_linear=1"),
        ("num_leaves=31", "num_leaves=30"),
        ("max_feature_idx=3", "max_feature_idx=1"),
        ("left_child=1 ", "left_child=0 "),
        ("left_child=1 ", "left_child=x "),
        ("left_child=1 ", "left_child=2 "),
        ("threshold=", "threshold=nan "),
        ("cat_boundaries=0 ", "cat_boundaries=9 "),
        ("\nTree=7\n", "\nTrue=7\n"),
        ("threshold=", "treshold="),
    ],
)
def test_what_cannot_be_walked_is_refused(old, new):
    text = TEXTS[0].replace(old, new)
    assert text != TEXTS[0]
    with pytest.raises(UnsupportedError):
        read_forest(text.encode())


def test_a_leaf_that_is_no_number_is_refused():
    with pytest.raises(UnsupportedError, match="no numbers"):
        read_forest(re.sub(r"leaf_value=\S+", "leaf_value=inf", TEXTS[0], count=1).encode())


def test_where_nothing_was_compiled_lightgbms_library_scores_the_same(monkeypatch):
    text = TEXTS[0].encode()
    rows = np.random.default_rng(1).normal(size=(20, WIDTH))
    assert isinstance(engine_of(text), FlatTrees)
    fast = Booster(text)
    monkeypatch.setattr("car_price_prediction.package.trees.compiled", lambda: None)
    assert isinstance(engine_of(text), LightGBMEngine)
    np.testing.assert_array_equal(Booster(text).predict(rows), fast.predict(rows))
