import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.package.usual import Table, Usual
from car_price_prediction.package.usual_frames import fill_frame
from car_price_prediction.training.usual import fit_usual

SCHEMA = {
    "make": pl.String,
    "model": pl.String,
    "year": pl.Float64,
    "mileage_km": pl.Float64,
    "fuel": pl.String,
    "engine_l": pl.Float64,
    "body": pl.String,
}
WORDS = st.one_of(st.none(), st.sampled_from(["Audi", "audi", "BMW", "x"]))
CARS = st.lists(
    st.fixed_dictionaries(
        {
            "make": WORDS,
            "model": WORDS,
            "year": st.one_of(st.none(), st.sampled_from([2015.0, 2016.0])),
            "mileage_km": st.one_of(st.none(), st.floats(0, 100_000)),
            "fuel": st.one_of(st.none(), st.sampled_from(["petrol", "diesel"])),
            "engine_l": st.one_of(st.none(), st.sampled_from([1.4, 2.0])),
            "body": WORDS,
        }
    ),
    max_size=60,
)


@given(CARS, CARS)
def test_a_table_and_its_rows_are_filled_alike(seen: list[dict], asked: list[dict]) -> None:
    usual = fit_usual(pl.DataFrame(seen, schema=SCHEMA), list(SCHEMA))
    filled = fill_frame(usual, pl.DataFrame(asked, schema=SCHEMA))
    assert filled.to_dicts() == [usual.filled(car) for car in asked]


def test_what_a_car_tells_stays() -> None:
    usual = Usual(fields=("fuel",), tables=(Table(by=(), rows={"": ("petrol",)}),))
    car = {"make": "Audi", "fuel": "diesel"}
    assert usual.filled(car) is car


def test_a_column_that_is_absent_is_filled_too() -> None:
    usual = Usual(fields=("fuel",), tables=(Table(by=("make",), rows={"audi": ("petrol",)}),))
    filled = fill_frame(usual, pl.DataFrame({"make": ["Audi", None, "Kia"]}))
    assert filled["fuel"].to_list() == ["petrol", None, None]


def test_the_engine_follows_from_the_usual_fuel() -> None:
    usual = Usual(
        fields=("fuel", "engine_l"),
        tables=(
            Table(by=("model", "fuel"), rows={"golf\x1fdiesel": (None, 2.0), "golf\x1fpetrol": (None, 1.4)}),
            Table(by=("model",), rows={"golf": ("diesel", 1.4)}),
        ),
    )
    assert usual.filled({"model": "Golf"}) == {"model": "Golf", "fuel": "diesel", "engine_l": 2.0}


@pytest.mark.parametrize("car", [{"power_kw": 90.0, "body": None}, {"power_kw": None, "body": "van"}])
def test_a_car_as_silent_as_listings_often_are_is_left_so(car: dict) -> None:
    usual = Usual(
        fields=("power_kw", "body", "doors"),
        tables=(Table(by=(), rows={"": (100.0, "suv", 5.0)}),),
        often_silent=("power_kw", "body"),
        most_silent=1,
    )
    assert usual.filled(car) == car | {"doors": 5.0}
    assert usual.filled({}) == {"power_kw": 100.0, "body": "suv", "doors": 5.0}


def listings(**columns: list) -> pl.DataFrame:
    return pl.DataFrame(columns)


def test_names_are_never_made_up() -> None:
    cars = listings(make=["Audi"] * 9, model=["A3"] * 9, year=[2015.0] * 9)
    assert set(fit_usual(cars, ["make", "model", "year"]).fields) == {"year"}


def test_what_most_listings_leave_out_is_not_assumed() -> None:
    cars = listings(model=["A3"] * 10, levy=[1.0] * 4 + [None] * 6, doors=[5.0] * 7 + [None] * 3)
    usual = fit_usual(cars, ["model", "levy", "doors"])
    assert usual.fields == ("doors",)
    assert usual.often_silent == ("doors",)
    assert usual.most_silent == 1


def test_few_listings_make_no_habit() -> None:
    cars = listings(model=["A3"] * 4 + ["A4"] * 6, engine_l=[1.0] * 4 + [2.0] * 6)
    assert fit_usual(cars, ["model", "engine_l"]).filled({"model": "A3"})["engine_l"] == 2.0


def test_where_older_must_not_be_dearer_what_is_usual_does_not_hang_on_the_year() -> None:
    fields = ["make", "model", "year", "engine_l"]
    cars = listings(
        make=["Audi"] * 12, model=["A3"] * 12, year=[2010.0] * 6 + [2020.0] * 6, engine_l=[2.0] * 6 + [1.0] * 6
    )

    def engines(ordered: tuple[str, ...]) -> list[object]:
        usual = fit_usual(cars, fields, ordered)
        return [usual.filled({"make": "Audi", "model": "A3", "year": y})["engine_l"] for y in (2010.0, 2020.0)]

    assert engines(()) == [2.0, 1.0]
    assert len(set(engines(("year",)))) == 1
