from __future__ import annotations

from types import SimpleNamespace

import polars as pl
import pytest

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.domain.rules import this_year
from car_price_prediction.listings.clean import Cleaned, clean

HEADERS = {"Make": "make", "Model": "model", "Year": "year", "Km": "mileage_km", "Price": "price"}
GOOD = [
    {"ID": str(i), "Make": "Kia", "Model": "Rio", "Year": "2015", "Km": str(60_000 + i), "Price": str(9_000 + i)}
    for i in range(60)
]


def cleaned(*more: dict[str, str | None], keep: frozenset[str] = frozenset()) -> Cleaned:
    rows = [*GOOD, *({**GOOD[0], "Km": "71234", **row} for row in more)]
    raw = pl.DataFrame(rows).with_columns(
        _source=pl.lit("cars.csv"), _row=pl.int_range(1, len(rows) + 1, dtype=pl.UInt32)
    )
    numbers = ("Year", "Km", "Price")
    listings = raw.select(
        *(
            (pl.col(header).cast(pl.Float64, strict=False) if header in numbers else pl.col(header)).alias(field)
            for header, field in HEADERS.items()
        ),
        "_source",
        "_row",
    )
    columns = tuple(Column(header, "field", field, "number") for header, field in HEADERS.items())
    understanding = SimpleNamespace(columns=(*columns, Column("ID", "id", "", "category")))
    return clean(raw, listings, understanding, keep=keep)


def reasons(found: Cleaned) -> list[str]:
    return found.rejected["_reason"].to_list()


def test_good_rows_all_stay():
    found = cleaned()
    assert found.listings.height == 60
    assert found.rejected.is_empty()
    assert found.listings.schema["_group"] == pl.UInt64


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"Price": None}, "price_missing"),
        ({"Price": "0"}, "price_zero"),
        ({"Price": "-5"}, "price_zero"),
        ({"Price": "nan"}, "price_missing"),
        ({"Price": "1"}, "price_token"),
        ({"Price": "900000"}, "price_too_high"),
        ({"Price": "1111111"}, "price_placeholder"),
        ({"Price": "600"}, "price_too_low"),
        ({"Make": None, "Model": None}, "name_missing"),
        ({"Year": None, "Km": None}, "age_missing"),
        ({"Year": str(this_year() + 2)}, "year_in_future"),
        ({"Year": "1800"}, "year_too_early"),
        ({"Km": GOOD[0]["Km"], "ID": "77"}, "duplicate"),
        ({"Make": "test"}, "test_ad"),
        ({"Model": "Gesuch"}, "wanted_ad"),
        ({name: name for name in GOOD[0]}, "repeated_header"),
    ],
)
def test_each_reason(row: dict[str, str | None], reason: str):
    found = cleaned(row)
    assert reasons(found) == [reason]
    assert found.listings.height == 60


def test_next_years_cars_are_sold_already():
    assert cleaned({"Year": str(this_year() + 1)}).rejected.is_empty()


def test_make_or_model_and_year_or_mileage_are_enough():
    assert cleaned({"Make": None}, {"Model": None}, {"Year": None}, {"Km": None}).rejected.is_empty()


def test_rejected_rows_are_as_they_were_with_a_sentence():
    found = cleaned({"Price": "900000", "ID": "id 7"}).rejected
    assert found.columns == ["_source", "_row", "_reason", "_detail", *GOOD[0]]
    row = found.row(0, named=True)
    assert (row["_source"], row["_row"], row["Price"], row["ID"]) == ("cars.csv", 61, "900000", "id 7")
    assert row["_detail"] == "900000 asked, about 9000 expected"


def test_a_copy_names_the_row_it_repeats():
    found = cleaned({"Km": GOOD[4]["Km"], "Price": GOOD[4]["Price"], "ID": "77"})
    assert found.rejected["_detail"].to_list() == ["same as row 5 of cars.csv"]


def test_reposts_share_a_group_and_stay():
    found = cleaned({"Km": GOOD[4]["Km"], "Price": "8500"})
    assert found.rejected.is_empty()
    assert found.listings["_group"][60] == found.listings["_group"][4]


@pytest.mark.parametrize("code", ["duplicate", "year_in_future", "price_token", "test_ad"])
def test_rows_can_be_put_back(code: str):
    rows = [{"Km": GOOD[0]["Km"]}, {"Year": "9999"}, {"Price": "2"}, {"Model": "test"}]
    found = cleaned(*rows, keep=frozenset({code}))
    assert found.listings.height == 61
    assert code not in reasons(found)
    assert len(reasons(found)) == 3


def test_an_unknown_reason_to_keep_is_refused():
    with pytest.raises(ListingsError, match="no reason") as caught:
        cleaned(keep=frozenset({"dups"}))
    assert "duplicate" in caught.value.hint


def test_implausible_optional_values_are_counted_and_their_rows_stay():
    found = cleaned({"Km": "2147483647"})
    assert found.listings["mileage_km"][-1] is None
    assert found.taken_out == {"mileage_km": 1}


def test_a_row_whose_only_sign_of_age_cannot_be_is_rejected():
    assert reasons(cleaned({"Km": "2147483647", "Year": None})) == ["age_missing"]


def test_every_row_is_either_kept_or_rejected():
    found = cleaned({"Price": None}, {"Year": "9999"}, {"Price": "1"}, {})
    rows = [*found.listings["_row"], *found.rejected["_row"]]
    assert sorted(rows) == list(range(1, 65))
