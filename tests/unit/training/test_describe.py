import polars as pl

from car_price_prediction.training.describe import OUTERMOST, describe, spellings


def listings() -> pl.DataFrame:
    rows = [("BMW", "X1", 2015.0)] * 3 + [("bmw", "x1", None), ("Audi", "A4", 2009.0), (None, "A4", 2010.0)]
    return pl.DataFrame(rows, schema={"make": pl.String, "model": pl.String, "year": pl.Float64}, orient="row")


def test_words_are_shown_in_their_most_frequent_spelling_and_known_by_any() -> None:
    facts = describe(listings(), ["make", "model", "year"], {"make": 0.6})
    make = facts.by_name["make"]
    assert (make.known, make.typical, make.importance) == (("BMW", "Audi"), "BMW", 0.6)
    assert make.missing_share == 1 / 6
    assert facts.models_by_make == {"Audi": ("A4",), "BMW": ("X1",)}


def test_comparable_cars_are_counted_with_unknown_years_apart() -> None:
    facts = describe(listings(), ["make", "model", "year"], {})
    assert facts.comparables({"make": "Bmw", "model": "X1", "year": 2016.0}) == 3
    assert facts.comparables({"make": "Bmw", "model": "X1"}) == 4
    assert facts.comparables({"model": "A4", "year": 2010.0}) == 1
    assert facts.comparables({"make": "Fiat", "model": "X1"}) == 0


def test_the_outermost_numbers_are_not_believed() -> None:
    km = pl.Series([*(float(i) for i in range(10_000)), 1e6])
    facts = describe(pl.DataFrame({"mileage_km": km}), ["mileage_km"], {}).by_name["mileage_km"]
    assert facts.high is not None
    assert 9_900 < facts.high < 10_000
    assert facts.low == round(10_000 * OUTERMOST)
    assert (facts.typical, facts.unit) == (5_000.0, "km")


def test_a_market_without_models_has_no_list_of_them() -> None:
    facts = describe(pl.DataFrame({"make": ["a", "b"]}), ["make"], {})
    assert facts.models_by_make == {}
    assert facts.comparables({"make": "A"}) == 1


def test_spellings_that_are_equally_frequent_come_by_name() -> None:
    assert spellings(pl.Series(["b", "a", "A", "B"])) == spellings(pl.Series(["A", "B", "a", "b"]))
