import gzip

import pytest

from car_price_prediction.batch.files import price_file
from car_price_prediction.batch.opened import SET_ASIDE, open_file
from car_price_prediction.batch.priced import How, price_rows
from car_price_prediction.domain.errors import ListingsError
from support.web import valuer_of

CARS = "Skoda,Octavia,2015,75000,9,Diesel\nKia,Rio\nSkoda,Fabia,2016,abc,9,Petrol\nSkoda,Fabia,1700,40000,9,Petrol\n"


@pytest.fixture(scope="module")
def valuer(trained_artifacts):
    return valuer_of(trained_artifacts)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cars.csv"
    path.write_text("make,model,year,mileage_km,km_2,fuel\n" + CARS + "Skoda,Fabia,2016,40000,9,Petrol\n" * 20)
    return str(path)


def fields(opened):
    return {column.header: column.field for column in opened.columns if column.used}


def test_what_a_person_says_of_columns_holds_and_all_else_stays(valuer, file):
    before = open_file(valuer, file)
    after = open_file(valuer, file, corrections={"mileage_km": "km_2", "fuel": None, "year": "year"})
    assert fields(before)["mileage_km"] == "mileage_km"
    assert fields(after) == {"make": "make", "model": "model", "year": "year", "km_2": "mileage_km"}
    assert {column.header for column in after.columns if column.why == SET_ASIDE} == {"mileage_km", "fuel"}


def test_a_file_that_is_not_understood_may_be_explained(valuer, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("a,b,c\n" + "Skoda,Octavia,x7\n" * 30)
    opened = open_file(valuer, str(path))
    assert isinstance(opened.problem, ListingsError)
    assert [column.header for column in opened.columns] == ["a", "b", "c"]
    assert open_file(valuer, str(path), corrections={"year": "nope"}).problem


def test_a_file_of_which_too_little_is_left_is_not_priced(valuer, file):
    opened = open_file(valuer, file, corrections={"make": None, "model": None})
    assert "make or model" in opened.problem.message


def test_rows_with_problems_are_counted_and_those_without_a_price_stand_first(valuer, file):
    found = price_rows(valuer, open_file(valuer, file), How(rows_at_once=2))
    assert (found.rows, found.priced, found.with_problems) == (24, 23, 3)
    assert [row["row"] for row in found.problems] == [2, 3, 4]
    assert found.problems[1]["values"]["mileage_km"] == "abc"
    assert "1700" in found.problems[2]["problem"]


def test_a_file_may_not_grow_beyond_measure(valuer, tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"make,model,year\n" + b"a,b,2000\n" * 1_000_000))
    with pytest.raises(ListingsError, match="grows beyond 1 MB"):
        open_file(valuer, str(path), most_bytes=1 << 20)


def test_no_cell_of_delimited_text_is_a_formula(valuer, tmp_path):
    header, cells = (
        "make,model,year,mileage_km,=note",
        ["=1+1", "+x", "-5", "-1.5", "@a", "\tb", "-", "+49 30 123", "ok"],
    )
    source = tmp_path / "in.csv"
    source.write_text("\n".join([header, *(f'Skoda,Fabia,2016,40000,"{cell}"' for cell in cells)]))
    price_file(valuer, str(source), str(tmp_path / "out.csv"))
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0].startswith("make,model,year,mileage_km,'=note,price")
    assert [line.split(",")[4] for line in lines[1:5]] == ["'=1+1", "'+x", "-5", "-1.5"]
    assert [line.split(",")[4] for line in (lines[5], lines[7], lines[8], lines[9])] == ["'@a", "-", "+49 30 123", "ok"]
