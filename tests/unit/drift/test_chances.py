import numpy as np
import pytest
from scipy import stats

from car_price_prediction.drift.chances import (
    both_tails,
    chi_square_tail,
    index_by_chance,
    larger_share,
    more_unseen,
    same_shares,
    stability_index,
)


@pytest.mark.parametrize("freedom", [1, 2, 3, 9, 10, 29, 30])
@pytest.mark.parametrize("value", [0.0, 0.3, 5.0, 30.0, 150.0, 900.0])
def test_the_tail_of_chi_square_is_scipys(value, freedom):
    assert chi_square_tail(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-300)


def test_the_tails_of_the_normal_distribution_are_scipys():
    assert both_tails(-4.2) == pytest.approx(2 * stats.norm.sf(4.2))


def test_the_test_of_shares_is_pearsons():
    before, now = [300, 200, 100], [90, 80, 30]
    assert same_shares(before, now) == pytest.approx(stats.chi2_contingency([before, now]).pvalue)


def test_cells_with_few_cars_are_put_together():
    assert same_shares([500, 3, 2], [495, 4, 6]) == same_shares([500, 5], [495, 10])
    assert same_shares([3, 500], [0, 100]) == 1.0
    assert same_shares([0, 0, 0], [0, 0, 0]) == 1.0


def test_the_test_of_order_is_mann_and_whitneys_with_ties():
    draw = np.random.default_rng(1)
    before, now = draw.integers(0, 6, 400), np.minimum(draw.integers(0, 7, 150), 5)
    found, p = larger_share(np.bincount(before, minlength=6).tolist(), np.bincount(now, minlength=6).tolist())
    theirs = stats.mannwhitneyu(now, before, use_continuity=False, method="asymptotic")
    assert p == pytest.approx(theirs.pvalue)
    assert found == pytest.approx(theirs.statistic / (400 * 150))


def test_a_single_cell_says_nothing_of_order():
    assert larger_share([10], [20]) == (0.5, 1.0)


def test_new_words_are_held_against_those_that_were_seen_once():
    expected, p = more_unseen(50, 10_000, 20, 2_000)
    assert expected == 0.005
    assert 0.01 < p < 0.2  # twice the ten that were to be expected, of which one may come twice
    assert more_unseen(50, 10_000, 40, 2_000)[1] < 1e-4
    assert more_unseen(0, 10_000, 0, 2_000)[1] > 0.1
    assert more_unseen(0, 0, 0, 0) == (0.0, 1.0)


def test_the_stability_index_of_one_population_is_what_chance_makes():
    draw = np.random.default_rng(2)
    shares = draw.dirichlet(np.full(10, 5.0))
    found = [stability_index(draw.multinomial(4_000, shares), draw.multinomial(2_000, shares)) for _ in range(400)]
    assert np.mean(found) == pytest.approx(index_by_chance(10, 4_000, 2_000), rel=0.1)


def test_an_empty_cell_is_no_infinite_index():
    assert 0 < stability_index([500, 0], [450, 50]) < 2
