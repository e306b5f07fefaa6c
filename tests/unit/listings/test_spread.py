from __future__ import annotations

import polars as pl

from car_price_prediction.listings.spread import age_band, reference_year, rows_in


def test_sparse_ages_share_a_band():
    years = [2020.0] * 40 + [2019.0] * 5 + [2018.0] * 5 + [2017.0] * 40
    assert age_band(pl.DataFrame({"year": years})).unique(maintain_order=True).to_list() == [0, 1]


def test_cars_without_a_year_are_banded_by_mileage():
    frame = pl.DataFrame({"year": [2020.0, None, None], "mileage_km": [1.0, 30_000.0, None]})
    assert age_band(frame).to_list() == [0, 2001, 1000]


def test_years_from_the_future_are_no_reference():
    assert reference_year(pl.DataFrame({"year": [2019.0] * 5 + [9999.0] * 5})) == 2019.0


def test_a_file_without_years_has_no_reference_year():
    assert reference_year(pl.DataFrame({"year": [None]}, schema={"year": pl.Float64})) is None
    assert reference_year(pl.DataFrame({"price": [1.0]})) is None


def test_only_trusted_rows_count():
    frame = pl.DataFrame({"g": ["a", "a", "b"], "trusted": [True, False, True]})
    assert frame.select(rows_in("g")).to_series().to_list() == [1, 1, 1]
