import math
from dataclasses import replace
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pytest

from car_price_prediction.domain.errors import InvalidListingError, PackageError
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer
from support.market import loaded_market
from support.model import train_small

CAR = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0, "fuel": "Diesel"}


@pytest.fixture(scope="module")
def valuer(trained_artifacts: Path) -> Valuer:
    store = ModelStore(trained_artifacts)
    return Valuer.load(store.models / store.current_version())


def test_a_quote_has_everything_that_was_promised(valuer: Valuer) -> None:
    quote = valuer.quote(CAR)
    assert 0 < quote.low < quote.price < quote.high
    assert (quote.currency, quote.coverage, quote.model_version) == ("EUR", 0.9, valuer.manifest.version)
    assert quote.comparables > 0
    assert quote.confidence in ("high", "medium", "low")
    assert quote.warnings == ()
    assert len(quote.valuation_id) == 24
    assert list(quote.as_dict())[:3] == ["price", "low", "high"]


def test_the_price_is_about_what_such_a_car_was_listed_at(valuer: Valuer) -> None:
    assert valuer.quote(CAR).price == pytest.approx(24_000 * 0.88**5, rel=0.15)


def test_the_words_of_a_car_may_be_spelt_in_any_case(valuer: Valuer) -> None:
    shouted = CAR | {"make": " SKODA", "fuel": "diesel"}
    assert valuer.quote(shouted).price == valuer.quote(CAR).price


def test_an_unseen_model_gets_a_price_a_warning_and_a_wider_range(valuer: Valuer) -> None:
    known, unseen = valuer.quote(CAR), valuer.quote(CAR | {"model": "Superb"})
    assert [(w.field, w.code) for w in unseen.warnings] == [("model", "unseen_category")]
    assert unseen.comparables == 0
    assert unseen.confidence == "low"
    assert math.log(unseen.high / unseen.low) > math.log(known.high / known.low)


def test_a_make_unlike_the_only_one_gets_a_warning_and_a_wider_range(tmp_path: Path) -> None:
    valuer = valuer_of_one_make(tmp_path, "make", "model", "year", "mileage_km", "fuel", "price")
    same, other = valuer.quote(CAR), valuer.quote(CAR | {"make": "BMW"})
    assert [(w.field, w.code) for w in other.warnings] == [("make", "unseen_category")]
    assert (same.warnings, same.comparables > 0, other.comparables) == ((), True, 0)
    assert math.log(other.high / other.low) > math.log(same.high / same.low)


def test_a_market_of_one_make_without_models_can_be_priced(tmp_path: Path) -> None:
    assert valuer_of_one_make(tmp_path, "make", "year", "mileage_km", "fuel", "price").probe().price > 0


def valuer_of_one_make(artifacts: Path, *fields: str) -> Valuer:
    loaded = loaded_market(cars=400)
    listings = loaded.listings.filter(pl.col("make") == "Skoda").select(*fields, cs.starts_with("_"))
    return Valuer.load(train_small(artifacts, replace(loaded, listings=listings)).package.folder)


def test_an_unseen_make_gets_a_price_and_a_warning(valuer: Valuer) -> None:
    quote = valuer.quote(CAR | {"make": "Zastava", "model": "Yugo"})
    assert quote.price > 0
    assert {w.field for w in quote.warnings} == {"make", "model"}


def test_a_number_outside_the_training_data_is_warned_of(valuer: Valuer) -> None:
    codes = [(w.field, w.code) for w in valuer.quote(CAR | {"year": 1962.0}).warnings]
    assert codes == [("year", "outside_training")]


def test_an_absent_field_that_matters_is_warned_of(valuer: Valuer) -> None:
    listing = {name: value for name, value in CAR.items() if name != "model"}
    assert ("model", "missing") in [(w.field, w.code) for w in valuer.quote(listing).warnings]


def test_every_problem_is_named_at_once(valuer: Valuer) -> None:
    with pytest.raises(InvalidListingError) as caught:
        valuer.quote({"make": None, "year": 3000.0, "mileage_km": math.inf})
    problems = {(p.field, p.code) for p in caught.value.problems}
    assert problems == {("make", "missing"), ("year", "out_of_range"), ("mileage_km", "not_finite")}


def test_a_word_where_a_number_belongs_is_a_problem(valuer: Valuer) -> None:
    with pytest.raises(InvalidListingError, match="must be a number"):
        valuer.quote(CAR | {"year": "old"})


def test_many_cars_are_priced_as_one_by_one_and_in_order(valuer: Valuer) -> None:
    cars = [CAR, CAR | {"year": 3000.0}, {}, CAR | {"model": "Superb"}]
    first, second, third, fourth = valuer.quote_many(cars)
    assert isinstance(second, InvalidListingError)
    assert isinstance(third, InvalidListingError)
    assert (first.price, first.low, first.high) == tuple(
        valuer.quote(CAR).as_dict()[k] for k in ("price", "low", "high")
    )
    assert fourth.price == valuer.quote(cars[3]).price


def test_no_cars_give_no_quotes(valuer: Valuer) -> None:
    assert valuer.quote_many([]) == []


def test_the_probe_prices_a_typical_car(valuer: Valuer) -> None:
    assert valuer.probe().price > 0
    assert valuer.typical["make"] in valuer.models_by_make


def test_fields_tell_their_aliases_and_what_is_plausible(valuer: Valuer) -> None:
    fields = {info.name: info for info in valuer.fields}
    assert fields["mileage_km"].aliases == ("Mileage km",)
    assert fields["year"].plausible_high >= 2027
    assert fields["make"].known[0] in ("Skoda", "BMW", "Kia")
    assert "price" not in fields


def test_a_folder_that_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="is not in"):
        Valuer.load(tmp_path / "nothing")
