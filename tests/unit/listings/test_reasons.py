from __future__ import annotations

from car_price_prediction.listings.reasons import BY_CODE, REASONS


def test_codes_are_short_snake_case_words_and_each_stands_once():
    assert len(BY_CODE) == len(REASONS)
    assert all(code.replace("_", "").isalpha() and code.islower() for code in BY_CODE)


def test_rows_that_cannot_be_learnt_from_cannot_be_kept():
    assert {reason.code for reason in REASONS if not reason.keepable} >= {"price_missing", "price_zero", "age_missing"}
