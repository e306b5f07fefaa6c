"""What the comparison promises: fewer than one week in a hundred with a false alarm, and small changes found."""

import polars as pl
import pytest

from support.drifting import LOOK, Weeks, market

TRAINED, ROWS = 18_000, 120_000


@pytest.fixture(scope="module")
def cars():
    return market(ROWS)


@pytest.mark.slow
def test_fewer_than_one_week_of_unchanged_cars_in_a_hundred_raises_an_alarm(cars):
    # Several references: an unlucky one would be held against every week.
    found = [
        names
        for trained in (1_000, TRAINED)
        for seed in range(10)
        for names in Weeks(cars, trained, seed).false_alarms(10)
    ]
    assert len(found) == 200
    assert sum(bool(names) for names in found) < len(found) / 100


def test_ten_percent_more_mileage_is_found_within_two_thousand_cars(cars):
    reports = [Weeks(cars, TRAINED, seed).driven_more() for seed in range(20)]
    assert {report.cars for report in reports} == {LOOK}
    found = [{field.name for field in report.drifted} for report in reports]
    assert sum("mileage_for_age" in names for names in found) >= 19
    assert set.union(*found) <= {"mileage_for_age", "mileage_km"}


@pytest.mark.parametrize("seed", range(5))
def test_a_new_make_at_one_car_in_twenty_is_found_within_two_thousand_cars(cars, seed):
    report = Weeks(cars, TRAINED, seed).with_new_make()
    assert report.worst.name == "make"
    assert report.worst.moved[0].label == "Newmake (new)"
    assert report.worst.moved[0].now == pytest.approx(0.05, abs=0.02)
    assert [field.name for field in report.drifted] == ["make"]
    assert report.unseen > 0.03


def test_a_price_level_that_moved_shows_beside_the_quotes(cars):
    weeks = Weeks(cars, TRAINED, seed=1)
    report = weeks.look(weeks.cars().with_columns(pl.col("price") * 1.05))
    assert [field.name for field in report.drifted] == ["asked_to_quoted"]
    assert report.worst.quantiles[1] == pytest.approx(1.05 * report.worst.quantiles_before[1], abs=0.01)
