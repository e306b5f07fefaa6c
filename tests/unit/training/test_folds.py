import numpy as np
import polars as pl

from car_price_prediction.training.folds import group_folds, smaller


def test_copies_of_one_listing_stay_on_one_side() -> None:
    groups = pl.Series([i // 3 for i in range(300)])
    for fold in group_folds(groups, 4, seed=0):
        assert not set(groups[fold.train].to_list()) & set(groups[fold.test].to_list())


def test_every_row_is_tested_once_and_folds_are_about_equal() -> None:
    folds = group_folds(pl.Series(range(1000)), 4, seed=3)
    assert np.array_equal(np.sort(np.concatenate([f.test for f in folds])), np.arange(1000))
    assert {len(f.test) for f in folds} == {250}
    assert all(len(f.train) + len(f.test) == 1000 for f in folds)


def test_the_seed_decides() -> None:
    groups = pl.Series([hash(str(i)) % 2**64 for i in range(50)], dtype=pl.UInt64)
    tests = [[f.test.tolist() for f in group_folds(groups, 2, seed=seed)] for seed in (1, 1, 2)]
    assert tests[0] == tests[1] != tests[2]


def test_a_smaller_fold_has_rows_of_either_side_and_a_number_of_its_own() -> None:
    folds = group_folds(pl.Series(range(1000)), 2, seed=0)
    small = [smaller(fold, 100, seed=0) for fold in folds]
    for fold, part in zip(folds, small, strict=True):
        assert set(part.train) <= set(fold.train)
        assert set(part.test) <= set(fold.test)
        assert len(set(part.train)) == len(set(part.test)) == 100
    assert len({fold.number for fold in (*folds, *small)}) == 4
    assert -1 not in {fold.number for fold in small}
