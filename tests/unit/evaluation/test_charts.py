from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from car_price_prediction.evaluation.charts import coverage_curve, error_bands, error_bars, money_ticks, price_squares
from car_price_prediction.evaluation.measured import Evaluation, Level
from support.priced import evaluated, priced

CURVE = (Level(level=0.5, coverage=0.47, width=0.2), Level(level=0.99, coverage=1.0, width=2.0))
DRAWN: tuple[Callable[[Evaluation], str], ...] = (
    lambda e: price_squares(e.pictures.prices),
    lambda e: error_bars(e.pictures.errors),
    lambda e: error_bands(e.pictures.bands),
    lambda e: coverage_curve(e.calibration),
)


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("rows", [1, 2, 400])
def test_each_picture_is_well_formed_and_tells_what_it_shows(draw: Callable[[Evaluation], str], rows: int) -> None:
    root = ET.fromstring(draw(evaluated(*priced(rows), CURVE)))  # noqa: S314 - our own picture
    title = root.find("title")
    assert root.get("role") == "img"
    assert title is not None
    assert title.text == root.get("aria-label") != ""


def test_every_level_is_a_point_that_tells_its_figures() -> None:
    found = evaluated(*priced(), CURVE).calibration
    root = ET.fromstring(coverage_curve(found))  # noqa: S314 - our own picture
    titles = [title.text or "" for title in root.findall("circle/title")]
    assert [title.split(":")[0] for title in titles] == ["promised 50%", "promised 90%", "promised 99%"]


@pytest.mark.parametrize(("low", "high"), [(0.5, 3), (901, 904), (900, 25_000), (100, 90_000_000)])
def test_money_is_told_at_a_few_round_prices(low: float, high: float) -> None:
    ticks = money_ticks(low, high)
    assert 1 <= len(ticks) <= 9
    assert all(low <= tick <= high for tick in ticks)
