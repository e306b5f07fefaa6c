from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.figures import by_age, by_mileage, field_figures, price_bins


def test_prices_are_counted_once_each():
    frame = pl.DataFrame({"price": [float(p) for p in range(1, 1001)]})
    assert sum(b.rows for b in price_bins(frame)) == 1000


def test_one_wild_price_does_not_flatten_the_histogram():
    frame = pl.DataFrame({"price": [1_000.0 + i for i in range(1000)] + [1e9]})
    assert price_bins(frame)[-1].high < 3_000


def test_equal_prices_make_one_bin():
    (only,) = price_bins(pl.DataFrame({"price": [500.0] * 4}))
    assert only.rows == 4
    assert only.low == pytest.approx(500)


def test_ages_count_from_the_newest_car_of_the_file():
    frame = pl.DataFrame({"year": [2018.0] * 3 + [2016.0] * 2 + [1960.0], "price": [9.0, 8.0, 7.0, 5.0, 3.0, 1.0]})
    assert [(band.label, band.rows, band.median) for band in by_age(frame)] == [("0", 3, 8), ("2", 2, 4), ("50+", 1, 1)]


def test_mileages_are_banded():
    frame = pl.DataFrame({"mileage_km": [10.0, 26_000.0, 900_000.0, None], "price": [4.0, 3.0, 2.0, 1.0]})
    assert [band.label for band in by_mileage(frame)] == ["0k", "25k", "400k+"]


def test_a_file_without_years_or_mileages_has_no_such_bands():
    frame = pl.DataFrame({"price": [1.0]})
    assert by_age(frame) == ()
    assert by_mileage(frame) == ()


def test_fields_come_in_canonical_order_and_extras_last():
    frame = pl.DataFrame({"levy": [1.0], "price": [1.0], "make": ["Kia"], "_group": [1]})
    assert [field.name for field in field_figures(frame)] == ["make", "price", "levy"]


def test_missing_values_and_usual_ones_are_told():
    year, make = field_figures(
        pl.DataFrame({"make": ["Kia", None, None, "Kia"], "year": [2010.0, 2011.0, 2011.0, 2012.0]})
    )[::-1]
    assert make.missing == 0.5
    assert make.usual() == "Kia (2)"
    assert year.usual() == "2011, nearly all 2010 to 2012"


def test_a_field_that_holds_nothing_is_described():
    (field,) = field_figures(pl.DataFrame({"year": [None, None]}, schema={"year": pl.Float64}))
    assert (field.missing, field.distinct, field.usual()) == (1.0, 0, "")
