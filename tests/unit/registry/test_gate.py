"""What the gate lets through, and what it says of what it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.registry import gate as module
from car_price_prediction.registry.checks import Check, Limits
from car_price_prediction.registry.compare import Compared
from car_price_prediction.registry.gate import examine
from support.versions import copy_version

N = 4_000
rng = np.random.default_rng(1)


def listings(challenger: float = 0.1, champion: float = 0.1, inside: float = 0.9) -> pl.DataFrame:
    """Return listings with a typical error of each version."""
    price = rng.uniform(2_000, 40_000, N)
    half = np.where(rng.random(N) < inside, 0.5, -0.5) * price
    error, own = rng.normal(0, 1, N), rng.normal(0, 0.1, (2, N))  # most of what is hard about a car is so for both
    return pl.DataFrame(
        {
            "make": rng.choice(["skoda", "kia", "bmw", "audi"], N),
            "model": "m",
            "year": rng.integers(2000, 2026, N).astype(float),
            "mileage_km": rng.uniform(0, 2e5, N),
            "price": price,
            "challenger": price * (1 + challenger * (error + own[0])),
            "champion": price * (1 + champion * (error + own[1])),
            "low": price - half,
            "high": price + half,
        }
    )


@pytest.fixture
def checks(package: Package, store: ModelStore, monkeypatch: pytest.MonkeyPatch):
    """Return the checks by id, over given listings."""

    def of(table: pl.DataFrame, moves: list[float] | None = None) -> dict[str, Check]:
        monkeypatch.setattr(module, "compare", lambda *_: Compared(table, table.height, 0, 0))
        if moves is not None:
            monkeypatch.setattr(module, "price_moves", lambda *_: pl.Series(moves))
            monkeypatch.setattr(module, "make_cars", lambda *_: pl.DataFrame({"make": ["kia"] * len(moves)}))
        return {check.id: check for check in examine(package, package, store.artifacts)}

    return of


def failed(found: dict[str, Check]) -> list[str]:
    return [check.id for check in found.values() if not check.passed]


def test_a_challenger_as_good_as_the_champion_passes(checks) -> None:
    found = checks(listings())
    assert failed(found) == []
    of_listings = ["market", "listings", "accuracy", "coverage", "groups"]
    assert list(found) == [*of_listings, "prices_median", "prices_most", "prices_makes"]


def test_a_worse_challenger_is_refused_with_both_figures(checks) -> None:
    found = checks(listings(challenger=0.12))
    assert "accuracy" in failed(found)
    assert found["accuracy"].message.startswith("median error 8.")
    assert "the champion's 6." in found["accuracy"].message


@pytest.mark.parametrize(("inside", "passes"), [(0.8, False), (0.89, True), (0.98, False)])
def test_the_coverage_must_be_in_its_band(checks, inside: float, passes: bool) -> None:
    assert ("coverage" not in failed(checks(listings(inside=inside)))) is passes


def spoilt(where: pl.Expr, by: float) -> pl.DataFrame:
    table = listings()
    off = pl.col("price") + (pl.col("challenger") - pl.col("price")) * by
    return table.with_columns(challenger=pl.when(where).then(off).otherwise("challenger"))


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (pl.col("make") == "kia", "make kia: "),
        (pl.col("year") >= 2024, "under 4 years: "),
        (pl.col("price") > 37_000, "price decile 10: "),
    ],
)
def test_a_group_that_got_much_worse_is_named(checks, where: pl.Expr, name: str) -> None:
    found = checks(spoilt(where, 1.6))
    assert "groups" in failed(found)
    assert name in found["groups"].message


def test_a_small_group_is_left_to_chance(checks) -> None:
    few = pl.col("make").is_first_distinct() | (pl.int_range(pl.len()) < 20)
    table = listings().with_columns(make=pl.when(few).then(pl.lit("rare")).otherwise("make"))
    off = pl.when(pl.col("make") == "rare").then(pl.col("price") * 3).otherwise("challenger")
    assert failed(checks(table.with_columns(challenger=off))) == []


def test_chance_alone_fails_no_group(checks) -> None:
    assert all("groups" not in failed(checks(listings())) for _ in range(30))


@pytest.mark.parametrize(
    ("moves", "names"),
    [
        ([0.2] * 10, ["prices_median"]),
        ([0.3] * 10, ["prices_median", "prices_makes"]),
        ([0.0] * 8 + [0.5] * 2, ["prices_most"]),
        ([0.02] * 9 + [0.9], []),
    ],
)
def test_prices_of_the_probe_cars_must_not_jump(checks, moves: list[float], names: list[str]) -> None:
    assert failed(checks(listings(), moves)) == names


def test_too_few_listings_are_said_and_nothing_else_is_judged(checks) -> None:
    found = checks(listings()[:150])
    assert failed(found) == ["listings"]
    assert "150 listings to compare on, 200 needed" in found["listings"].message
    assert "accuracy" not in found


def versions(store: ModelStore, package: Package, new: dict[str, object], old: dict[str, object]) -> list[Package]:
    return [store.load(copy_version(store, package, i, **market)) for i, market in enumerate((new, old))]


def test_another_currency_is_another_market(store: ModelStore, package: Package, tmp_path: Path) -> None:
    found = examine(*versions(store, package, {"currency": "USD"}, {"currency": "EUR"}), tmp_path)
    assert [(check.id, check.passed) for check in found] == [("market", False)]
    assert found[0].message == "it prices in USD, the champion in EUR"


def test_real_listings_take_the_place_of_the_sample_market_and_never_the_other_way(
    store: ModelStore, package: Package, tmp_path: Path
) -> None:
    real, sample = versions(store, package, {"currency": "USD"}, {"sample": True})
    assert [(check.id, check.passed) for check in examine(real, sample, tmp_path)] == [("sample_champion", True)]
    assert [(check.id, check.passed) for check in examine(sample, real, tmp_path)] == [("market", False)]


def test_a_real_version_compared_with_itself_passes(store: ModelStore, package: Package, tmp_path: Path) -> None:
    assert [check.message for check in examine(package, package, tmp_path) if not check.passed] == []


def test_the_page_states_the_limits() -> None:
    text = (Path(__file__).parents[3] / "docs" / "models.md").read_text()
    limits = Limits()
    figures = [
        f"{limits.fewest} listings",
        f"{limits.coverage_off * 100:.0f} points",
        f"{limits.group_fewest} listings",
    ]
    shares = (limits.worse, limits.group_worse, limits.moved, limits.moved_most, limits.moved_make)
    figures += [f"{share:.0%}" for share in shares]
    assert [figure for figure in figures if figure not in text] == []
