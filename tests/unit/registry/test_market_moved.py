"""A challenger's prices may follow a market that moved step by step, and no other."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.market_level import MARKET_LEVEL, MarketLevel, Period
from car_price_prediction.package.store import Package
from car_price_prediction.registry import gate as gate_module
from car_price_prediction.registry.checks import Limits
from car_price_prediction.registry.gate import examine
from car_price_prediction.registry.live import Live, live_checks
from car_price_prediction.registry.market_moved import STILL, Moved, moved_between
from car_price_prediction.shadow.tally import Tally

AS_OF, LIMITS = date(2026, 10, 28), Limits()


def risen(monthly: float, months: int = 12, as_of: date = AS_OF) -> MarketLevel:
    periods = tuple(
        Period(day=as_of - timedelta(days=round(30.44 * ago)), listings=1_500, level=1, same_car=(1 + monthly) ** -ago)
        for ago in range(months, -1, -1)
    )
    return MarketLevel(as_of=as_of, periods=periods)


@pytest.fixture
def version(package: Package, tmp_path: Path):
    """Return a version whose listings told of a level, or of none."""

    def make(name: str, level: MarketLevel | None, made: datetime | None = None) -> Package:
        folder = Path(shutil.copytree(package.folder, tmp_path / name))
        if level:
            (folder / MARKET_LEVEL).write_text(level.model_dump_json())
        manifest = package.manifest.model_copy(update={"created_at": made} if made else {})
        return Package(folder, manifest)

    return make


def test_without_a_moving_level_everything_stays_as_it_is(version) -> None:
    still = MarketLevel(as_of=AS_OF)
    assert moved_between(version("a", None), version("b", None), LIMITS) is STILL
    assert moved_between(version("c", still), version("d", still), LIMITS) is STILL


def test_prices_may_follow_a_market_that_rose_step_by_step(version) -> None:
    champion = version("old", MarketLevel(as_of=date(2025, 10, 28)))
    moved = moved_between(version("new", risen(0.015)), champion, LIMITS)
    assert moved.factor == pytest.approx(1.015**12, rel=0.005)
    assert moved.since == date(2025, 10, 28)
    assert moved.check is not None
    assert moved.check.passed
    assert moved.check.message.startswith("asking prices of the same cars moved by +19.")
    assert "beside a market that moved by +19." in moved.beside


def test_a_champion_without_days_priced_as_of_its_training(version) -> None:
    champion = version("old", None, made=datetime(2026, 4, 28, tzinfo=UTC))
    assert moved_between(version("new", risen(0.015)), champion, LIMITS).factor == pytest.approx(1.015**6, rel=0.01)


def test_a_jump_is_followed_by_nobody(version) -> None:
    level = risen(0.0)
    jumped = level.model_copy(update={"periods": (*(p.model_copy(update={"same_car": 0.8}) for p in level.periods[:-1]),
                                                  level.periods[-1])})  # fmt: skip
    moved = moved_between(version("new", jumped), version("old", MarketLevel(as_of=date(2025, 10, 28))), LIMITS)
    assert (moved.factor, moved.beside) == (1.0, "")
    assert moved.check is not None
    assert "moved by 25.0% within a month, over 5%" in moved.check.message


def test_a_champion_of_the_same_listings_has_nothing_to_follow(version) -> None:
    assert moved_between(version("new", risen(0.02)), version("old", MarketLevel(as_of=AS_OF)), LIMITS) is STILL


def test_what_cannot_be_read_is_told(version) -> None:
    new = version("new", risen(0.02))
    (new.folder / MARKET_LEVEL).write_text(json.dumps({"as_of": "soon"}))
    with pytest.raises(PackageError, match=r"market_level\.json of version new cannot be read"):
        moved_between(new, version("old", None), LIMITS)


def test_judged_are_the_newest_listings_where_they_are_enough() -> None:
    days = [date(2025, 10, 1)] * 300 + [date(2025, 11, 1)] * 250
    listings = pl.DataFrame({"listed": days})
    moved = Moved(factor=1.2, since=date(2025, 10, 28))
    assert moved.judged(listings, 200).height == 250
    assert moved.judged(listings, 251) is listings
    assert STILL.judged(listings, 200) is listings


def test_the_gate_takes_the_probe_cars_beside_the_market(package: Package, version, monkeypatch, tmp_path) -> None:
    asked: list[float] = []

    def moves(_challenger, _champion, cars, factor=1.0) -> pl.Series:
        asked.append(factor)
        return pl.Series([abs(1.2 / factor - 1)] * cars.height)

    monkeypatch.setattr(gate_module, "price_moves", moves)
    champion = version("old", MarketLevel(as_of=date(2025, 10, 28)))
    for new, passes in ((version("new", risen(0.015)), True), (version("undated", None), False)):
        found = {check.id: check for check in examine(new, champion, tmp_path)}
        assert found["prices_median"].passed is passes
        assert ("market_moved" in found) is passes
    assert asked[0] == asked[1] == pytest.approx(1.196, abs=0.01)
    assert asked[2:] == [1.0, 1.0]


def test_live_prices_are_taken_beside_the_market_too() -> None:
    tally = Tally(champion="1", challenger="2")
    for i in range(300):
        tally.add({"make": "Kia", "year": 2020}, 10_000, 12_000 + i, 1_767_225_600.0)
    as_they_are = {check.id: check.passed for check in live_checks(Live(tally), LIMITS)}
    beside = {check.id: check.passed for check in live_checks(Live(tally), LIMITS, Moved(factor=1.25))}
    assert as_they_are == {"live_prices": False, "live_makes": True}
    assert beside == {"live_prices": True, "live_makes": True}
