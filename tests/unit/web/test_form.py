import pytest

from car_price_prediction.web.current import Current
from car_price_prediction.web.form import read_form
from car_price_prediction.web.language import languages
from support.web import in_market

EN = languages()["en"]


@pytest.fixture
def current(valuer):
    return Current(valuer)


def problems(current, **typed):
    boxes, _, _ = read_form(current, typed, EN)
    return {box.key: box.problem for box in boxes if box.problem}


def test_nothing_typed_is_no_problem(current):
    boxes, listing, sent = read_form(current, {}, EN)
    assert (listing, sent) == ({}, False)
    assert not any(box.problem for box in boxes)


def test_a_car_is_read_into_canonical_fields(current):
    typed = {"make": " VW ", "year": "2015", "mileage": "80,000", "fuel": "", "utm_source": "mail"}
    _, listing, sent = read_form(current, typed, EN)
    assert sent
    assert listing == {"make": "Volkswagen", "year": 2015, "mileage_km": 80_000}


def test_what_is_asked_for_first_comes_first_and_the_rest_is_folded_away(current):
    boxes, _, _ = read_form(current, {}, EN)
    assert [(box.key, box.main) for box in boxes] == [
        ("make", True),
        ("model", True),
        ("year", True),
        ("mileage", True),
        ("fuel", False),
        ("asking_price", True),
    ]


def test_a_field_of_few_words_is_a_list(current):
    boxes, _, _ = read_form(current, {}, EN)
    fuel = next(box for box in boxes if box.key == "fuel")
    assert (fuel.kind, fuel.choices) == ("list", ("Diesel", "Petrol"))


def test_the_models_of_the_make_are_offered(current):
    boxes, _, _ = read_form(current, {"make": "skoda"}, EN)
    assert boxes[1].choices == ("Fabia", "Octavia")


def test_every_problem_stands_at_its_field(current):
    assert problems(current, make="Skoda", year="3000", mileage="12o,000") == {
        "year": "3000 is not plausible: expected 1885 to 2027.",
        "mileage": "“12o,000” cannot be read as a number.",
    }


def test_what_is_needed_is_asked_for_in_words(current):
    assert problems(current, make="", year="") == {
        "make": "Tell the make or the model.",
        "year": "Tell the year or the mileage.",
    }


def test_what_was_typed_badly_is_not_missing_too(current):
    assert set(problems(current, make="Kia", year="soon")) == {"year"}


@pytest.mark.parametrize(
    ("typed", "km"),
    [("80.000", 80_000), ("80 000 km", 80_000), ("80'000", 80_000), ("50,000 miles", 80_467.2), ("80k", 80_000)],
)
def test_mileages_are_read_as_people_write_them(current, typed, km):
    _, listing, _ = read_form(current, {"make": "Kia", "mileage": typed}, EN)
    assert listing["mileage_km"] == pytest.approx(km)


def test_in_a_market_of_miles_the_mileage_is_in_miles(trained_artifacts):
    current = Current(in_market(trained_artifacts, mileage_unit="mi"))
    boxes, listing, _ = read_form(current, {"make": "Kia", "mileage": "50,000"}, EN)
    mileage = next(box for box in boxes if box.key == "mileage")
    assert listing["mileage_km"] == pytest.approx(80_467.2)
    assert (mileage.unit, mileage.hint.split()[0]) == ("mi", "932")
    assert "mi" in problems(current, make="Kia", mileage="9,000,000")["mileage"]


@pytest.mark.parametrize("typed", ["9500", "9,500", "9.500", "£9,500"])
def test_an_asking_price_is_read_as_people_write_it(current, typed):
    _, listing, _ = read_form(current, {"make": "Kia", "year": "2015", "asking_price": typed}, EN)
    assert listing["asking_price"] == 9_500


@pytest.mark.parametrize("typed", ["a lot", "-5", "0"])
def test_an_asking_price_that_is_none_is_a_problem(current, typed):
    assert set(problems(current, make="Kia", year="2015", asking_price=typed)) == {"asking_price"}
