from __future__ import annotations

import polars as pl

from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.held_out import read_held_out
from car_price_prediction.package.store import Package
from car_price_prediction.registry.probes import MODELS, PER_MAKE, make_cars, price_moves, probe_cars


def test_the_same_champion_gives_the_same_cars_and_its_own_prices_do_not_move(package: Package) -> None:
    met = read_held_out(package.folder)
    cars = probe_cars(met)
    assert cars.equals(probe_cars(met.sample(fraction=1, shuffle=True, seed=2)))
    assert sorted(cars["model"].unique()) == ["320", "fabia", "octavia", "rio"]
    contents = read_contents(package)
    assert price_moves(contents, contents, cars).max() == 0


def test_a_large_market_gives_so_many_models_and_a_rare_one_a_single_car() -> None:
    counts = {f"m{i:03}": i for i in range(1, 80)}
    met = pl.DataFrame({"model": [model for model, n in counts.items() for _ in range(n)]})
    met = met.with_columns(make=pl.lit("a"), year=pl.int_range(pl.len()).cast(pl.Float64), mileage_km=pl.lit(None))
    cars = probe_cars(met)
    assert cars["model"].n_unique() == MODELS
    assert cars.height == 3 * MODELS
    assert probe_cars(met[:1]).height == 1


def test_cars_without_a_year_are_probed_by_mileage() -> None:
    met = pl.DataFrame({"make": "a", "model": "b", "year": [None] * 5, "mileage_km": [5.0, 3.0, 1.0, 4.0, 2.0]})
    assert probe_cars(met)["mileage_km"].to_list() == [2.0, 3.0, 4.0]


def test_each_make_of_enough_listings_has_cars_of_all_its_models() -> None:
    counts = {"large": 500, "small": 60, "rare": 20, "": 90}
    met = pl.DataFrame({"make": [make for make, n in counts.items() for _ in range(n)]})
    met = met.with_columns(
        model=pl.format("m{}", pl.int_range(pl.len()) % 5), year=pl.lit(2015.0), mileage_km=pl.lit(1.0)
    )
    cars = make_cars(met, 50)
    assert dict(cars["make"].value_counts().iter_rows()) == {"large": PER_MAKE, "small": PER_MAKE}
    assert cars["model"].n_unique() == 5
