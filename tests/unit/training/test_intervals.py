import numpy as np
import pytest

from car_price_prediction.package.calibration import Calibration
from car_price_prediction.training import intervals as module
from car_price_prediction.training.compare import Comparer
from car_price_prediction.training.conformal import conformal_quantiles
from car_price_prediction.training.folds import group_folds
from car_price_prediction.training.intervals import Calibrator
from support.market import loaded_market
from support.model import SMALL_CANDIDATES, SilentStages


def calibration_of(*, by: str) -> Calibration:
    listings = loaded_market(cars=400).listings.sort(by, "mileage_km")
    folds = group_folds(listings["_group"], 3, seed=0)
    fields = ["make", "model", "year", "mileage_km"]
    compared = Comparer(listings, fields, folds, 0, SilentStages()).compare(SMALL_CANDIDATES)
    return Calibrator(listings, compared.folds, 0.9, 0, {}).calibration()


def test_each_fold_is_given_ranges_that_its_own_prices_did_not_calibrate() -> None:
    listings = loaded_market(cars=400).listings
    folds = group_folds(listings["_group"], 3, seed=0)
    fields = ["make", "model", "year", "mileage_km"]
    compared = Comparer(listings, fields, folds, 0, SilentStages()).compare(SMALL_CANDIDATES)
    levels = (0.5, 0.8, 0.95)
    price = listings["price"].to_numpy()
    held = []
    for level, (low, high) in zip(levels, Calibrator(listings, compared.folds, 0.9, 0, {}).ranges(levels), strict=True):
        held.append(((price >= low) & (price <= high)).mean())
        assert held[-1] == pytest.approx(level, abs=0.06)
        assert (low <= np.exp(compared.out_of_fold(400))).all()
    assert held == sorted(held)


def test_an_unfamiliar_car_has_a_wider_range() -> None:
    quantiles = calibration_of(by="year").quantiles
    known, model, make = (quantiles[name] for name in ("known", "model_unseen", "make_unseen"))
    assert make[0] <= model[0] <= known[0] < 0 < known[1] <= model[1] <= make[1]
    assert make[1] - make[0] > 2 * (known[1] - known[0])


def test_a_part_of_a_sorted_file_that_is_calibrated_on_speaks_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = calibration_of(by="price").quantiles["make_unseen"]
    monkeypatch.setattr(module, "MOST_HIDDEN", 60)
    assert calibration_of(by="price").quantiles["make_unseen"] == pytest.approx(whole, rel=0.3)


def test_a_part_of_many_listings_teaches_the_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = calibration_of(by="year").quantiles["known"]
    monkeypatch.setattr(module, "SPREAD_ROWS", 200)
    part = calibration_of(by="year").quantiles["known"]
    assert part != whole
    assert part == pytest.approx(whole, rel=0.3)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.99])
def test_new_scores_fall_between_the_quantiles_as_often_as_promised(coverage: float) -> None:
    rng = np.random.default_rng(7)
    held = []
    for _ in range(200):
        low, high = conformal_quantiles(rng.standard_t(3, 500) + 0.2, coverage)
        new = rng.standard_t(3, 500) + 0.2
        held.append(((new >= low) & (new <= high)).mean())
    assert coverage - 0.002 <= np.mean(held) <= coverage + 0.02


def test_few_scores_give_the_widest_range_they_can() -> None:
    assert conformal_quantiles(np.array([-1.0, 2.0]), 0.9) == (-1.0, 2.0)


def test_the_range_holds_its_own_price_even_where_all_scores_are_on_one_side() -> None:
    low, high = conformal_quantiles(np.linspace(1, 2, 100), 0.9)
    assert low <= 0 <= high
