"""The challenger in the shadow: what it prices, what it cannot, and that nobody waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from car_price_prediction.bootstrap import current_valuer
from car_price_prediction.domain.quote import Quote
from car_price_prediction.package.store import ModelStore
from car_price_prediction.registry.promotion import LifeCycle
from car_price_prediction.shadow import shadow as module
from car_price_prediction.shadow.kept import forget, read_tally
from car_price_prediction.shadow.shadow import Priced, Shadow
from support.kept import wait_until
from support.versions import damage

FABIA = {"make": "Skoda", "model": "Fabia", "year": 2015.0, "mileage_km": 80_000.0}
Start = Callable[..., tuple[Shadow, list[Priced]]]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("POLL_S", 0.01), ("LOOK_S", 0.01), ("AGAIN_S", 0.05), ("SAVE_S", 0.05)):
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def start(artifacts: Path) -> Iterator[Start]:
    shadows = []

    def start(share: float = 1.0, **options: Any) -> tuple[Shadow, list[Priced]]:
        told: list[Priced] = []
        find = LifeCycle(ModelStore(artifacts)).challenger
        shadow = Shadow(artifacts, find, share, told.append, **options)
        shadow.start()
        shadows.append(shadow)
        return shadow, told

    yield start
    for shadow in shadows:
        shadow.stop()


def quoted(artifacts: Path) -> Quote:
    return current_valuer(artifacts).quote(FABIA)


def test_what_is_answered_is_priced_by_the_challenger_and_counted(
    start: Start, artifacts: Path, challenger: str
) -> None:
    shadow, told = start()
    wait_until(lambda: shadow.counts.loaded)
    answer = quoted(artifacts)
    for _ in range(40):
        shadow.take("price", FABIA, answer)
    wait_until(lambda: shadow.counts.priced == 40)
    expected = current_valuer(artifacts, challenger).quote(FABIA)
    assert {(one.champion, one.challenger.price, one.challenger.model_version) for one in told} == {
        (answer, expected.price, challenger)
    }
    assert expected.price != answer.price
    shadow.stop()
    tally = read_tally(artifacts, challenger, answer.model_version)
    assert tally is not None
    assert (tally.count, set(tally.groups["make"])) == (40, {"Skoda"})
    assert tally.middle() == pytest.approx(expected.price / answer.price - 1, abs=0.003)
    forget(artifacts, challenger)
    assert read_tally(artifacts, challenger, answer.model_version) is None


def test_only_a_share_is_drawn(start: Start, artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([0.05, 0.95, 0.0999, 0.1] * 5)
    monkeypatch.setattr(module.random, "random", lambda: next(draws))
    shadow, _ = start(0.1)
    wait_until(lambda: shadow.counts.loaded)
    answer = quoted(artifacts)
    for _ in range(20):
        shadow.take("price", FABIA, answer)
    wait_until(lambda: shadow.counts.priced == 10)
    assert (shadow.waiting, shadow.counts.dropped) == (0, 0)


def test_without_a_challenger_nothing_waits_and_one_that_comes_is_met(
    start: Start, artifacts: Path, challenger: str, tmp_path: Path
) -> None:
    away = (artifacts / "models" / challenger).rename(tmp_path / "away")
    shadow, _ = start()
    answer = quoted(artifacts)
    for _ in range(5):
        shadow.take("price", FABIA, answer)
    assert shadow.waiting == 0
    away.rename(artifacts / "models" / challenger)
    wait_until(lambda: shadow.counts.loaded)
    shadow.take("price", FABIA, answer)
    wait_until(lambda: shadow.counts.priced == 1)


def test_a_broken_challenger_is_told_of_tried_again_and_met_once_it_is_mended(
    start: Start, artifacts: Path, challenger: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = ModelStore(artifacts)
    damage(store, challenger)
    with caplog.at_level(logging.WARNING):
        shadow, _ = start()
        wait_until(lambda: shadow.counts.refused >= 3)
    shadow.take("price", FABIA, quoted(artifacts))
    assert shadow.waiting == 0
    told = [record.getMessage() for record in caplog.records if "in the shadow" in record.getMessage()]
    assert len(told) == 1
    assert "is damaged: booster.txt" in told[0]
    damage(store, challenger)  # the same byte: it is as it was
    wait_until(lambda: shadow.counts.loaded)


def test_once_it_is_promoted_it_is_in_no_shadow_any_more(start: Start, artifacts: Path, challenger: str) -> None:
    shadow, told = start()
    wait_until(lambda: shadow.counts.loaded)
    ModelStore(artifacts).set_current(challenger, who="test", why="a test")
    answer = quoted(artifacts)
    shadow.take("price", FABIA, answer)
    wait_until(lambda: shadow._valuer is None)
    shadow.take("price", FABIA, answer)
    assert (shadow.counts.priced, shadow.waiting, told) == (0, 0, [])


def test_what_is_too_much_is_dropped_and_counted(
    start: Start, artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow, _ = start(most_waiting=10)
    wait_until(lambda: shadow.counts.loaded)
    monkeypatch.setattr(shadow, "_price", lambda: None)
    answer = quoted(artifacts)
    for _ in range(25):
        shadow.take("price", FABIA, answer)
    assert (shadow.waiting, shadow.counts.dropped) == (10, 15)
    shadow.stop()
    assert shadow.counts.dropped == 25


def test_a_car_that_the_challenger_cannot_price_is_counted_and_the_next_is_priced(
    start: Start, artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow, told = start()
    wait_until(lambda: shadow.counts.loaded)
    answer = quoted(artifacts)
    shadow.take("price", {"make": "Skoda", "year": 1066.0}, answer)
    wait_until(lambda: shadow.counts.failed == 1)
    shadow.take("price", FABIA, answer)
    wait_until(lambda: shadow.counts.priced == 1)
    assert len(told) == 1
