"""What is measured of a column."""

from __future__ import annotations

import polars as pl
import pytest

from car_price_prediction.listings.evidence import SAMPLE_ROWS, Profile, decimal_mark, profile_of, sample_of


def measured(*cells: str | None) -> Profile:
    series = pl.Series("h", cells, dtype=pl.String)
    return profile_of(series, series)


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.500", "950", "12.900"], ","), (["1.500,00"], ","), (["1,500.00"], "."), (["1.6", "2.0"], "."),
        (["1,6"], ","), (["1.995", "2.998"], "."), (["1,500", "12,900"], "."),
        (["1.234.567"], ","), (["€ 9.500,-"], ","),
        (["12345"], "."), ([], "."),
    ],
)  # fmt: skip
def test_all_values_together_tell_the_decimal_mark(texts: list[str], mark: str) -> None:
    assert decimal_mark(texts) == mark


def test_missing_words_do_not_count() -> None:
    found = measured("100 km", "-", "N/A", None)
    assert found.present == 0.25
    assert found.number == 1
    assert found.unit("km") == 1


def test_a_text_with_a_number_in_it_is_no_number() -> None:
    assert measured("12 long words follow here").number == 0
    assert measured("2.0 Turbo").number == 1


def test_a_row_counter_is_seen() -> None:
    assert measured(*map(str, range(50))).sequential
    assert not measured(*(str(i * 7919 % 50) for i in range(50))).sequential


def test_an_empty_column_is_measured_too() -> None:
    assert measured(None, None).present == 0
    assert measured().texts == ()


def test_the_sample_is_spread_over_the_file() -> None:
    sample = sample_of(pl.DataFrame({"a": range(10 * SAMPLE_ROWS)}))
    assert sample.height == SAMPLE_ROWS
    assert sample["a"][-1] > 9 * SAMPLE_ROWS
