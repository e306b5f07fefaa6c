import math

import numpy as np
import pytest

from car_price_prediction.package.comparables import ComparableCars, ComparablesIndex, NumberColumn, WordColumn
from car_price_prediction.package.keys import joined_key
from car_price_prediction.pricing.comparables import nearest
from car_price_prediction.pricing.valuer import Valuer

MAKES = {"audi": "Audi", "bmw": "BMW"}
MODELS = {"a": "A", "b": "B", "c": "C"}
FUELS = {"petrol": "Petrol", "diesel": "Diesel", "gas": "Gas"}


def market(listings: int, seed: int, *, missing: float = 0.1) -> ComparableCars:
    rng = np.random.default_rng(seed)
    make, model = np.sort(rng.integers(0, 2, listings)), np.zeros(listings, dtype=int)
    for code in (0, 1):
        model[make == code] = np.sort(rng.integers(0, 3, (make == code).sum()))
    fuel = rng.integers(0, 4, listings)
    numbers = np.stack([rng.integers(1995, 2024, listings), rng.uniform(0, 250_000, listings)]).astype(np.float32)
    numbers[rng.random(numbers.shape) < missing] = np.nan
    bounds = {}
    makes = {key: _bounds(make == i) for i, key in enumerate(MAKES)}
    for i, make_key in enumerate(MAKES):
        for j, model_key in enumerate(MODELS):
            bounds[joined_key([make_key, model_key])] = _bounds((make == i) & (model == j))
    index = ComparablesIndex(
        numbers=(
            NumberColumn(name="year", worth=0.08, gap=4.0),
            NumberColumn(name="mileage_km", worth=2e-6, gap=40_000.0),
        ),
        words=(
            WordColumn(name="make", worth=0.2, words=MAKES),
            WordColumn(name="model", worth=0.3, words=MODELS),
            WordColumn(name="fuel", worth=0.05, words=FUELS),
        ),
        makes={key: b for key, b in makes.items() if b != (0, 0)},
        models={key: b for key, b in bounds.items() if b != (0, 0)},
    )
    words = np.stack([make, model, fuel]).astype(np.uint16)
    return ComparableCars(index, numbers, words, rng.uniform(1_000, 50_000, listings).round(2))


def _bounds(mask: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero(mask)
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


def by_hand(cars: ComparableCars, listing: dict, rows: range) -> list[float]:
    """Return every distance, as its definition says."""
    found = []
    for row in rows:
        car, total = cars.listing(row), 0.0
        for column in cars.index.numbers:
            if (value := listing.get(column.name)) is not None:
                total += column.worth * (abs(car[column.name] - value) if column.name in car else column.gap)
        for column in cars.index.words:
            if (value := listing.get(column.name)) is not None:
                total += column.worth * (str(car.get(column.name, "")).casefold() != str(value).casefold())
        found.append(total)
    return sorted(found)


CARS = [
    {"make": "Audi", "model": "B", "year": 2015.0, "mileage_km": 80_000.0, "fuel": "diesel"},
    {"make": "bmw", "model": "C", "year": 1990.0, "mileage_km": 400_000.0},
    {"make": "BMW", "model": "A", "mileage_km": 10_000.0, "fuel": "hydrogen"},
    {"make": "BMW", "year": 2022.0},
    {"make": "Audi", "model": "Z", "year": 2009.4, "fuel": "gas"},
    {"make": "Lada", "model": "Niva", "year": 2010.0, "mileage_km": 50_000.0},
    {"model": "A", "year": 2001.0},
]


@pytest.mark.parametrize("car", CARS)
@pytest.mark.parametrize(("listings", "missing"), [(40, 0.1), (900, 0.0), (900, 0.1), (900, 0.7)])
def test_the_nearest_are_those_that_a_search_by_hand_finds(car: dict, listings: int, missing: float) -> None:
    cars = market(listings, seed=listings, missing=missing)
    for count in (1, 5, 50):
        found = nearest(cars, car, count)
        make = cars.index.makes.get(str(car.get("make", "")).casefold(), (0, 0))
        model = cars.index.models.get(joined_key([car.get("make"), car.get("model")]), (0, 0))
        pool = {"model": model, "make": make, "market": (0, len(cars))}[found.among]
        expected = by_hand(cars, car, range(*pool))[:count]
        assert [one.distance for one in found.listings] == pytest.approx(expected, abs=2e-4)


def test_the_smallest_pool_that_holds_enough_is_searched() -> None:
    cars = market(40, seed=1)
    first, end = cars.index.models[joined_key(["audi", "b"])]
    car = {"make": "Audi", "model": "B", "year": 2015.0}
    assert nearest(cars, car, end - first).among == "model"
    assert nearest(cars, car, end - first + 1).among == "make"
    assert nearest(cars, car, 40).among == "market"
    assert nearest(cars, car | {"make": "Lada"}, 1).among == "market"
    assert nearest(cars, {"make": "Audi", "year": 2015.0}, 1).among == "make"


def test_more_than_there_are_gives_all_there_are() -> None:
    assert len(nearest(market(7, seed=2), CARS[0], 50).listings) == 7


def test_a_listing_of_the_training_data_finds_itself(valuer: Valuer) -> None:
    cars = valuer.contents.comparables
    for row in range(0, len(cars), 37):
        first = nearest(cars, cars.listing(row), 1).listings[0]
        assert first.distance == 0
        assert math.isclose(first.price, cars.prices[row], rel_tol=0.5)


def test_listings_are_told_in_canonical_units_with_their_prices(valuer: Valuer) -> None:
    car = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0}
    found = nearest(valuer.contents.comparables, car, 5).as_dict()
    assert found["among"] == "model"
    distances = [one["distance"] for one in found["listings"]]
    assert distances == sorted(distances)
    assert {(one["car"]["make"], one["car"]["model"]) for one in found["listings"]} == {("Skoda", "Octavia")}
    assert all(one["price"] > 1_000 and one["car"]["mileage_km"] > 1_000 for one in found["listings"])
