from __future__ import annotations

import pytest

from car_price_prediction.listings.dialect import detect_dialect, split_rows


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "~", "^", "\x1f"])
def test_the_separator_is_the_one_that_cuts_rows_alike(separator: str) -> None:
    rows = [["make", "model", "price"], ["Audi", "A4", "12500"], ["BMW", "320d", "15900"]]
    found = detect_dialect("\n".join(separator.join(row) for row in rows) + "\n")
    assert (found.separator, found.width, found.header) == (separator, 3, ("make", "model", "price"))


def test_commas_in_numbers_and_texts_do_not_separate() -> None:
    text = "make;engine;price;text\n" + "Audi;2,0;12,500;clean, dry\n" * 5
    assert detect_dialect(text).separator == ";"


def test_a_separator_within_quotes_does_not_count() -> None:
    text = 'make,text\nAudi,"a; b; c"\nBMW,"d; e; f"\n'
    assert detect_dialect(text).separator == ","


def test_excel_may_tell_the_separator() -> None:
    found = detect_dialect("sep=|\nmake|price\nAudi|1\n")
    assert (found.separator, found.preamble, found.header) == ("|", 1, ("make", "price"))


def test_a_header_that_names_more_columns_than_rows_have_keeps_its_names() -> None:
    found = detect_dialect("make,price,text\nAudi,1\nBMW,2\nOpel,3\n")
    assert (found.width, found.header, found.fill) == (3, ("make", "price", "text"), True)


def test_blank_cells_after_the_header_are_no_columns() -> None:
    found = detect_dialect("make,price,,\nAudi,1\nBMW,2\nOpel,3\n")
    assert (found.width, found.header) == (2, ("make", "price"))


@pytest.mark.parametrize("text", ["", "\n", "one", "one\ntwo\n", '"', '"""', "\x00"])
def test_any_text_has_a_dialect(text: str) -> None:
    assert detect_dialect(text).width >= 1


def test_notes_say_what_was_seen() -> None:
    notes = detect_dialect("Audi,1\nBMW,2\nAudi,3\n").notes()
    assert notes == ["separator comma", "no header row: columns are column_1 … column_2"]


def test_wholly_quoted_rows_are_split_twice() -> None:
    found = detect_dialect('"make,price"\n"Audi,""1,5"""\n"BMW,2"\n')
    assert split_rows('"Audi,""1,5"""\n', found) == [["Audi", "1,5"]]
