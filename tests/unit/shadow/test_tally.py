"""Differences that are counted, and what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from car_price_prediction.shadow.tally import MOST_MAKES, NOT_TOLD, OTHER, Tally, added_up

AT = 1_767_225_600.0
KIA = {"make": "Kia", "year": 2020.0}


def tally_of(ratios, car=KIA, price=10_000.0, at=AT):
    tally = Tally(champion="1", challenger="2")
    for ratio in ratios:
        tally.add(car, price, price * ratio, at)
    return tally


def test_medians_and_quantiles_are_those_of_the_ratios_within_half_a_cell():
    ratios = np.exp(np.random.default_rng(0).normal(0.05, 0.1, 5_000))
    tally = tally_of(ratios)
    assert tally.count == 5_000
    assert tally.middle() == pytest.approx(np.median(ratios) - 1, abs=0.004)
    sizes = np.exp(np.abs(np.log(ratios))) - 1
    for share in (0.5, 0.9):
        assert tally.moved(share) == pytest.approx(np.quantile(sizes, share), abs=0.006)


def test_counts_of_several_processes_add_up_to_those_of_one():
    ratios = np.exp(np.random.default_rng(1).normal(0, 0.2, 300))
    one = tally_of(ratios)
    several = added_up([tally_of(ratios[:100]), Tally(champion="1", challenger="2"), tally_of(ratios[100:])])
    assert several == one
    assert added_up([]) is None


def test_cars_are_told_apart_by_make_age_and_price():
    tally = tally_of([1.1])
    tally.add({"model": "Rio"}, 4_999.0, 5_500.0, AT + 5)
    assert set(tally.groups["make"]) == {"Kia", NOT_TOLD}
    assert set(tally.groups["age"]) == {"4 to 7 years", NOT_TOLD}
    assert set(tally.groups["price"]) == {"10,000 to 20,000", "2,000 to 5,000"}
    assert (tally.since, tally.until) == (AT, AT + 5)


@pytest.mark.parametrize(
    ("price", "band"), [(0.7, "0 to 1"), (1, "1 to 2"), (999, "500 to 1,000"), (2e6, "2,000,000 to 5,000,000")]
)
def test_bands_fit_any_currency(price, band):
    assert set(tally_of([1.0], price=price).groups["price"]) == {band} if price >= 1 else {"0 to 1", "0.5 to 1"}


def test_nothing_that_is_asked_makes_the_tally_grow_without_end():
    tally = Tally(champion="1", challenger="2")
    for number in range(3 * MOST_MAKES):
        tally.add({"make": f"make {number}"}, 1_000.0, 1e9 if number % 2 else 1e-9, AT)
    assert len(tally.groups["make"]) == MOST_MAKES + 1
    assert sum(tally.groups["make"][OTHER].values()) == 2 * MOST_MAKES
    assert len(tally.cells) == 2
