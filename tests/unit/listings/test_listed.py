from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.listed import days_of, with_listed
from car_price_prediction.listings.load import LoadOptions, load_listings
from support.market import HEADER, market_rows


def advert(header: str, confidence: float = 0.97) -> Column:
    return Column(header, "unknown_when_priced", "", "category", confidence=confidence)


def raw(**columns: list[str | None]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    return pl.DataFrame({**columns, "_source": ["a"] * height, "_row": list(range(1, height + 1))})


@pytest.mark.parametrize(
    "text",
    [
        "2016-03-26", "2016-03-26 17:47:46", "2016-03-26T17:47:46Z", "2016/3/26", "2016.03.26", "20160326",
        "26.03.2016", "26/3/2016 10:00", "26 March 2016", "26. März 2016", "Mar 26, 2016", "26-Mar-2016",
        "Sat Mar 26 2016 12:30:00 GMT",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    days = days_of(pl.Series([text]))
    assert days is not None
    assert days.to_list() == [date(2016, 3, 26)]


@pytest.mark.parametrize("text", ["2016", "3 days ago", "150,000km", "2016-13-40", "control", "03/2016", "79588"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert days_of(pl.Series([text])) is None


def test_a_few_cells_without_a_day_stay_without() -> None:
    days = days_of(pl.Series(["2016-03-26"] * 19 + ["?"]))
    assert days is not None
    assert (days.null_count(), days[19]) == (1, None)
    assert days_of(pl.Series(["2016-03-26"] * 8 + ["?"] * 2)) is None


def test_the_earliest_column_tells_when_a_listing_was_made() -> None:
    rows = raw(seen=["2016-04-07", "2016-04-08"], made=["2016-03-01", "2016-04-01"])
    found = with_listed(rows.select("_source", "_row"), rows, [advert("seen"), advert("made")])
    assert found["_listed"].to_list() == [date(2016, 3, 1), date(2016, 4, 1)]


def test_days_that_may_be_the_cars_own_are_not_taken() -> None:
    rows = raw(inspected=["2016-04-07"])
    plain = rows.select("_source", "_row")
    assert with_listed(plain, rows, [advert("inspected", 0.7)]).columns == plain.columns


def test_the_day_of_a_listing_comes_through_and_is_no_feature(tmp_path) -> None:
    lines = [
        f"{HEADER},dateCreated",
        *(",".join([*row, f"2024-05-{1 + i % 28:02}"]) for i, row in enumerate(market_rows())),
    ]
    (tmp_path / "dated.csv").write_text("\n".join(lines))
    loaded = load_listings([str(tmp_path / "dated.csv")], LoadOptions())
    assert loaded.listings["_listed"].dtype == pl.Date
    assert loaded.listings.select(pl.col("_row") - 1, pl.col("_listed").dt.day()).rows()[:30] == [
        (i, 1 + i % 28) for i in range(30)
    ]
