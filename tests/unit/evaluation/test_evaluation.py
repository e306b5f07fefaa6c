from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from car_price_prediction.evaluation.evaluation import WORST, evaluate
from car_price_prediction.evaluation.measured import Level
from support.priced import evaluated, priced


def test_too_high_predictions_show_as_bias_everywhere() -> None:
    fair, high = evaluated(*priced()), evaluated(*priced(factor=1.3))
    assert fair.overall.bias == pytest.approx(0, abs=0.03)
    assert high.overall.bias == pytest.approx(0.3, abs=0.05)
    assert min(group.bias for group in high.groups["price_decile"]) > 0.15
    assert high.overall.coverage < fair.overall.coverage - 0.2


def test_the_promised_level_is_on_the_curve_once() -> None:
    found = evaluated(*priced(), (Level(level=0.5, coverage=0.5, width=0.1), Level(level=0.9, coverage=0, width=0)))
    assert [level.level for level in found.calibration] == [0.5, 0.9]
    assert found.calibration[1].coverage == found.overall.coverage


def test_the_worst_are_the_furthest_by_ratio_whatever_their_price() -> None:
    figures, cars = priced()
    figures[7, "predicted"] = figures[7, "price"] / 20
    figures[9, "predicted"] = figures[9, "price"] * 10
    found = evaluated(figures, cars)
    assert [miss.row for miss in found.worst[:2]] == [8, 10]
    assert len(found.worst) == WORST
    first = found.worst[0]
    assert (first.source, first.price, first.predicted) == ("market.csv", figures[7, "price"], figures[7, "predicted"])
    assert first.listing == {name: cars[7, name] for name in ("make", "model", "year", "mileage_km", "fuel")}


def test_the_days_of_the_listings_are_told_where_they_are_known() -> None:
    figures, cars = priced()
    assert evaluated(figures, cars).listed == (date(2024, 1, 1), date(2024, 1, 28))
    assert evaluated(figures, cars.drop("_listed")).listed is None


def test_one_listing_without_any_field_can_be_measured() -> None:
    one = np.array([100.0])
    found = evaluate(one, one, one, one, pl.DataFrame({"seats": [None]}), promised=0.8)
    assert (found.overall.mdape, found.overall.r2, found.worst[0].listing) == (0, 1, {})
