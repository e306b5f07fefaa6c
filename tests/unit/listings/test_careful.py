from __future__ import annotations

from car_price_prediction.listings.careful import MAX_LINES, CarefulReader
from car_price_prediction.listings.dialect import Dialect


def read(text: str, *, width: int = 3, last: bool = True) -> tuple[CarefulReader, int, str]:
    reader = CarefulReader(Dialect(",", width=width))
    row, left = reader.read(text, 1, last=last)
    return reader, row, left


def test_an_open_record_waits_for_what_follows() -> None:
    reader, row, left = read('a,b,c\nd,e,"f\n', last=False)
    assert (row, left) == (2, 'd,e,"f\n')
    assert reader.rows == [(1, ["a", "b", "c"])]


def test_at_the_end_an_open_quote_is_a_letter_like_any_other() -> None:
    reader, _, left = read('a,b,"c\nd,e,f\n')
    assert left == ""
    assert reader.rows == [(1, ["a", "b", '"c']), (2, ["d", "e", "f"])]
    assert reader.stray_quotes == 1


def test_a_quote_that_stays_open_for_too_long_is_no_quote() -> None:
    text = 'a,b,"c\n' + "d,e,f\n" * (MAX_LINES + 10)
    reader, _, left = read(text, last=False)
    assert left == ""
    assert len(reader.rows) == MAX_LINES + 11


def test_bad_rows_keep_their_text_and_number() -> None:
    reader, row, _ = read("a,b,c\nd\n\ne,f,g,h\n")
    assert row == 4
    assert [(b.row, b.reason, b.detail, b.text) for b in reader.bad] == [
        (2, "too_few_cells", "1 cells where 3 belong", "d"),
        (3, "too_many_cells", "4 cells where 3 belong", "e,f,g,h"),
    ]


def test_blank_cells_too_many_do_no_harm() -> None:
    reader, _, _ = read("a,b,c,, ,\n")
    assert reader.rows == [(1, ["a", "b", "c"])]
