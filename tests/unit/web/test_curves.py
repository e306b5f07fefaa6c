import json

import pytest

from car_price_prediction.pricing.comparables import Comparable, Nearest
from car_price_prediction.pricing.what_if import Curve, Point
from car_price_prediction.web.curves import drawn_curve, drawn_scatter
from car_price_prediction.web.language import languages
from car_price_prediction.web.similar import similar_rows
from car_price_prediction.web.words import Words

CAR = {"make": "Kia", "year": 2015.0, "mileage_km": 80_467.2}
MILES = Words(languages()["en"], "mi")


def nearest(*cars):
    return Nearest("make", tuple(Comparable(9_000.0 + i, 0.05 * i, car) for i, car in enumerate(cars)))


def test_a_curve_is_drawn_in_the_markets_unit_and_marks_the_car():
    curve = Curve(
        "mileage_km", "Mileage", "km", "", (Point(16_093.44, 9, 8, 10, False), Point(80_467.2, 7, 6, 8, True))
    )
    drawn = drawn_curve(curve, CAR, MILES, "GBP")
    assert json.loads(drawn.figures) == {"points": [[10_000, 9, 8, 10], [50_000, 7, 6, 8]], "this": [50_000, 7]}
    assert (drawn.axis, drawn.note, drawn.plain) == ("Mileage (mi)", "The year stays as it is: 2015.", False)
    assert drawn.rows[1] == ("50,000\xa0mi", "£7", "£6", "£8", True)


def test_a_scatter_leaves_out_what_tells_no_mileage():
    drawn = drawn_scatter(nearest({"mileage_km": 16_093.44}, {}, {"mileage_km": 160_934.4}), CAR, 7_000, MILES)
    assert json.loads(drawn.figures) == {"points": [[10_000, 9_000], [100_000, 9_002]], "this": [50_000, 7_000]}


@pytest.mark.parametrize("cars", [(), ({"mileage_km": 5.0},), ({}, {})])
def test_fewer_than_two_places_are_no_scatter(cars):
    assert drawn_scatter(nearest(*cars), CAR, 7_000, MILES) is None


def test_a_scatter_without_this_cars_mileage_has_no_mark_of_it():
    drawn = drawn_scatter(nearest({"mileage_km": 1.0}, {"mileage_km": 2.0}), {"make": "Kia"}, 7_000, MILES)
    assert json.loads(drawn.figures)["this"] is None


def test_a_row_shows_one_thing_and_is_sorted_by_another():
    [row] = similar_rows(nearest({"make": "Kia", "fuel": "petrol", "mileage_km": 80_467.2}), MILES, "GBP", 5)
    assert (row.name, row.more, row.mileage.text, row.mileage.by) == ("Kia", "petrol", "50,000\xa0mi", "80467.2")
    assert (row.year.text, row.year.by) == ("—", "")


def test_at_most_so_many_rows_are_shown_and_far_is_far():
    cars = Nearest("market", tuple(Comparable(1.0, distance, {}) for distance in (0.01, 0.3, 8.0, 9.0)))
    assert [row.distance.text for row in similar_rows(cars, MILES, None, 3)] == ["1.0%", "30%", "over 100%"]
