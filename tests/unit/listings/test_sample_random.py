from __future__ import annotations

import numpy as np
import pytest

from car_price_prediction.listings.sample_random import Draws


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4, 5, 999])
def test_a_row_has_the_same_numbers_wherever_its_chunk_begins(start: int) -> None:
    assert (Draws(1, 0, 1_100).normal("x")[start:] == Draws(1, start, 1_100).normal("x")).all()


def test_names_and_seeds_are_independent() -> None:
    one = Draws(1, 0, 20_000)
    for other in (one.uniform("b"), Draws(2, 0, 20_000).uniform("a")):
        assert abs(np.corrcoef(one.uniform("a"), other)[0, 1]) < 0.03


def test_normal_numbers_are_normal() -> None:
    drawn = Draws(1, 0, 50_000).normal("x")
    assert drawn.mean() == pytest.approx(0, abs=0.02)
    assert drawn.std() == pytest.approx(1, abs=0.02)


def test_choices_come_in_proportion_to_their_weights() -> None:
    chosen = Draws(1, 0, 50_000).choice("x", np.array([1.0, 0.0, 3.0]))
    assert np.bincount(chosen, minlength=3) / 50_000 == pytest.approx([0.25, 0, 0.75], abs=0.01)
