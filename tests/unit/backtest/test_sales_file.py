import json
from datetime import date

import pytest

from car_price_prediction.backtest.sales_file import SalesFile
from car_price_prediction.backtest.take import take_file
from car_price_prediction.cli.main import run_command
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.outcomes import Outcomes
from support.web import valuer_of


@pytest.fixture
def valuer(trained_artifacts):
    return valuer_of(trained_artifacts)


@pytest.fixture
def written(tmp_path):
    def written(text):
        path = tmp_path / "sales.csv"
        path.write_text(text)
        return str(path)

    return written


@pytest.fixture
def outcomes(tmp_path):
    database = Database("sqlite", tmp_path)
    yield Outcomes(database)
    database.close()


CARS = """make,model,year,mileage,sold price,sold on,stock-id
Skoda,Fabia,2015,80000 km,"8,500 EUR",31.1.2024,A1
Kia,Rio,2018,40000 km,"9,100 EUR",28.1.2024,A2
,,2018,40000 km,"9,100 EUR",28.1.2024,A3
Kia,Rio,2018,41000 km,unknown,28.1.2024,
Kia,Rio,2018,42000 km,9000,28.1.2049,
"""
TOO_SMALL = "valuation_id,price,date\na,1e-300,2024-01-31\nb,0.5,2024-01-31\nc,1,2024-01-31\n"


def rows_of(file):
    return [row for rows in file.rows() for row in rows]


def test_sales_are_read_as_listings_are_and_each_bad_row_says_why(valuer, written):
    file = SalesFile(valuer, written(CARS), {})
    rows = rows_of(file)
    assert file.columns == {"price": "sold price", "sold_on": "sold on", "reference": "stock-id"}
    first = rows[0].outcome
    assert (first.price, first.sold_on, first.reference) == (8_500, date(2024, 1, 31), "A1")
    assert {name: first.car[name] for name in ("make", "year", "mileage_km")} == {
        "make": "Skoda",
        "year": 2015,
        "mileage_km": 80_000,
    }
    assert "price" not in first.car
    assert [row.row for row in rows if row.outcome is None] == [3, 4, 5]
    problems = [row.problem for row in rows[2:]]
    assert "make" in problems[0]
    assert 'no price can be read in "unknown"' in problems[1]
    assert "is in the future" in problems[2]


def test_a_file_of_ids_needs_no_car(valuer, written):
    (row,) = rows_of(SalesFile(valuer, written("valuation_id;sold_for;sale_date\nabc;9000;2024-01-31\n"), {}))
    assert (row.outcome.valuation_id, row.outcome.price) == ("abc", 9_000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("make,model,year,mileage\nKia,Rio,2018,4000\n", "no column was found for price and sold_on"),
        ("valuation_id,price,date\na,1,soon\nb,2,later\n", '"date" does not tell days'),
    ],
)
def test_a_file_that_cannot_be_understood_says_what_to_name(valuer, written, text, said):
    with pytest.raises(ListingsError, match=said) as error:
        SalesFile(valuer, written(text), {})
    assert "HEADER" in error.value.hint


def test_a_price_below_one_is_none(valuer, written):
    rows = rows_of(SalesFile(valuer, written(TOO_SMALL), {}))
    assert [row.outcome is None for row in rows] == [True, True, False]


def test_names_that_are_too_long_are_refused_and_not_cut(valuer, written):
    text = f"valuation_id,price,date,reference\n{'x' * 65},9000,2024-01-31,{'y' * 201}\n"
    (row,) = rows_of(SalesFile(valuer, written(text), {}))
    assert "valuation_id: is longer than 64" in row.problem
    assert "reference: is longer than 200" in row.problem


def test_columns_may_be_named(valuer, written):
    text = "valuation_id,amount,price,day\nabc,9000,1,2024-01-31\n"
    (row,) = rows_of(SalesFile(valuer, written(text), {"price": "amount", "sold_on": "day"}))
    assert row.outcome.price == 9_000
    with pytest.raises(ListingsError, match="there is no column nothing"):
        SalesFile(valuer, written(text), {"price": "nothing"})


def test_a_file_that_is_told_again_whole_or_in_part_changes_nothing(valuer, written, outcomes):
    told = take_file(outcomes, SalesFile(valuer, written(CARS), {}))
    assert (told.rows, dict(told.states), told.refused, told.found) == (5, {"new": 2}, 3, 0)
    again = take_file(outcomes, SalesFile(valuer, written(CARS), {}))
    assert dict(again.states) == {"same": 2}
    part = "\n".join(CARS.splitlines()[:2]).replace("8,500", "8,400")
    assert dict(take_file(outcomes, SalesFile(valuer, written(part), {})).states) == {"replaced": 1}
    assert take_file(outcomes, SalesFile(valuer, written(CARS), {})).states["superseded"] == 1
    assert outcomes.count() == 2


def test_the_command_tells_what_came_of_it(trained_artifacts, written, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", f"sqlite:///{tmp_path}/kept.sqlite")
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(trained_artifacts))
    assert run_command(["outcomes", written(CARS)]) == 0
    said = capsys.readouterr()
    assert said.out == "5 rows: 2 new; 3 refused; a valuation is kept for 0\n"
    assert 'row 4: no price can be read in "unknown"' in said.err
    assert run_command(["outcomes", written(CARS), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] == 2
    assert run_command(["outcomes", written("valuation_id,price,date\n,no,2024-01-31\n")]) == 1
