import polars as pl

from car_price_prediction.training.typical import typical_car
from support.market import loaded_market

FIELDS = ["make", "model", "year", "mileage_km", "fuel"]


def test_the_typical_car_is_a_listing_of_the_most_frequent_model() -> None:
    listings = loaded_market(cars=400).listings
    listings = pl.concat([listings, listings.filter(pl.col("model") == "Rio").head(20)])
    car = typical_car(listings, FIELDS)
    assert (car["make"], car["model"]) == ("Kia", "Rio")
    assert listings.filter(*(pl.col(name) == value for name, value in car.items())).height >= 1
    assert 2013 <= car["year"] <= 2017


def test_a_listing_that_lacks_something_is_not_typical() -> None:
    rows = [("Kia", 2015.0, None), ("Kia", 2014.0, 90_000.0), ("Kia", 2016.0, 70_000.0), ("VW", 2015.0, 80_000.0)]
    listings = pl.DataFrame(
        rows, schema={"make": pl.String, "year": pl.Float64, "mileage_km": pl.Float64}, orient="row"
    )
    assert typical_car(listings, ["make", "year", "mileage_km"])["mileage_km"] is not None


def test_a_market_without_makes_or_of_missing_values_alone_has_one_too() -> None:
    listings = pl.DataFrame({"model": ["A4"], "year": pl.Series([None], dtype=pl.Float64), "make": [None]})
    assert typical_car(listings, ["model", "year"]) == {"model": "A4", "year": None}
    assert typical_car(listings, ["make", "model"]) == {"make": None, "model": "A4"}
