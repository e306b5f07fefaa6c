from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from car_price_prediction.listings.sample import sample_frame
from car_price_prediction.listings.sample_dirt import DIRTY, MISSING, REPOST_WITHIN, repost_prices, reposted
from car_price_prediction.listings.sample_random import Draws

ROWS = 50_000
DRAWS = Draws(seed=1, start=0, stop=ROWS)


def test_cars_are_posted_again_at_the_stated_rate() -> None:
    assert (reposted(DRAWS) < np.arange(ROWS)).mean() == pytest.approx(DIRTY["repost"], rel=0.1)


def test_a_car_is_posted_again_soon() -> None:
    back = np.arange(ROWS) - reposted(DRAWS)
    assert 0 <= back.min() < back.max() <= REPOST_WITHIN


def test_a_car_that_is_posted_again_costs_the_same_or_a_little_less() -> None:
    shown = reposted(DRAWS)
    ratio = repost_prices(np.full(ROWS, 20_000.0), DRAWS, shown) / 20_000
    again = shown < np.arange(ROWS)
    assert (ratio[~again] == 1).all()
    assert ((ratio[again] <= 1) & (ratio[again] > 0.94)).all()
    assert 0.2 < (ratio[again] == 1).mean() < 0.4


def test_a_car_that_is_posted_again_is_described_alike_under_another_id() -> None:
    market = sample_frame(5_000, seed=1)
    shown = reposted(Draws(1, 0, 5_000))
    rows = np.flatnonzero(shown < np.arange(5_000))
    again, first = market[rows.tolist()], market[shown[rows].tolist()]
    assert (again["id"] > first["id"]).all()
    for column in ["make", "trim", "colour", "owners", "power_kw"]:
        # The row shown may itself show another car by now.
        assert again[column].eq_missing(first[column]).mean() > 0.95


def test_the_page_on_the_sample_market_states_these_rates() -> None:
    page = (Path(__file__).parents[3] / "docs" / "sample-market.md").read_text(encoding="utf-8")
    for share in [*DIRTY.values(), *(share for share in MISSING.values() if share > 0.012)]:
        assert f"{share:.4%}".rstrip("%").rstrip("0").rstrip(".") + "%" in page
