"""Champion, challenger and the way back, with and without a registry."""

from __future__ import annotations

import functools
import shutil

import pytest

from car_price_prediction.domain.errors import NoModelError, PackageError
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.registry import promotion as module
from car_price_prediction.registry.checks import Check
from car_price_prediction.registry.promotion import PENDING_FILE, LifeCycle
from support.fake_registry import FakeRegistry
from support.versions import copy_version, damage, told


@pytest.fixture
def versions(store: ModelStore, package: Package) -> list[str]:
    made = [copy_version(store, package, number) for number in (1, 2, 3)]
    store.set_current(made[0], who="test", why="the first")
    return made


@pytest.fixture
def registry(store: ModelStore, versions: list[str]) -> FakeRegistry:
    found = FakeRegistry()
    for version in versions:
        found.register(store.load(version))
    found.move_alias("champion", "1")
    return found


def gate(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> None:
    monkeypatch.setattr(module, "examine", lambda *_: list(checks))


@pytest.fixture(autouse=True)
def _open_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    gate(monkeypatch, Check("accuracy", True, "as good"))


CLOSED = Check("accuracy", False, "median error 20%, the champion's 10%")


def test_the_challenger_is_the_newest_version_that_never_answered(store: ModelStore, versions: list[str]) -> None:
    life = LifeCycle(store)
    assert life.challenger() == versions[2]
    move = life.promote()
    assert (move.version, move.before, move.moved, move.alias) == (versions[2], versions[0], True, "")
    assert store.current_version() == versions[2]
    assert life.challenger() is None
    with pytest.raises(NoModelError, match="no version newer"):
        life.promote()
    assert told(store)[-1] == (versions[0], versions[2], "promoted")


def test_a_version_that_was_rolled_back_from_is_no_challenger_but_can_be_named(
    store: ModelStore, versions: list[str]
) -> None:
    life = LifeCycle(store)
    life.promote(versions[2])
    life.rollback("too dear")
    assert life.challenger() is None
    assert life.promote(versions[2], why="it was right").moved
    assert told(store)[-2:] == [
        (versions[2], versions[0], "rolled back: too dear"),
        (versions[0], versions[2], "promoted: it was right"),
    ]


def test_a_closed_gate_changes_nothing(store: ModelStore, versions: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    gate(monkeypatch, CLOSED, Check("coverage", True, "fine"))
    move = LifeCycle(store).promote()
    assert not move.moved
    assert move.failed == [CLOSED]
    assert store.current_version() == versions[0]
    assert len(told(store)) == 1


def test_a_closed_gate_is_overridden_with_a_reason_that_is_written_down(
    store: ModelStore, versions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate(monkeypatch, CLOSED)
    move = LifeCycle(store).promote(why="prices rose", force=True)
    assert move.moved
    assert move.failed == [CLOSED]
    assert told(store)[-1] == (versions[0], versions[2], "forced past accuracy: prices rose")


def test_without_a_usable_champion_there_is_no_gate(store: ModelStore, versions: list[str]) -> None:
    damage(store, versions[0])
    move = LifeCycle(store).promote()
    assert [check.id for check in move.checks] == ["no_champion"]
    assert "is damaged" in move.checks[0].message
    assert store.current_version() == versions[2]


def test_versions_that_cannot_be_compared_are_refused_with_the_reason(
    store: ModelStore, versions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_rows(*_: object) -> None:
        raise PackageError("version 3 keeps no held_out.parquet")

    monkeypatch.setattr(module, "examine", no_rows)
    move = LifeCycle(store).promote()
    assert [(check.id, check.passed) for check in move.checks] == [("held_out", False)]
    assert "held_out.parquet" in move.checks[0].message


def test_a_damaged_version_is_never_promoted(store: ModelStore, versions: list[str]) -> None:
    damage(store, versions[2])
    with pytest.raises(PackageError, match="is damaged"):
        LifeCycle(store).promote(force=True, why="now")
    assert store.current_version() == versions[0]


def test_a_rollback_goes_back_step_by_step_and_not_forward(store: ModelStore, versions: list[str]) -> None:
    life = LifeCycle(store)
    life.promote(versions[1])
    life.promote(versions[2])
    assert [life.rollback("").version, life.rollback("").version] == [versions[1], versions[0]]
    with pytest.raises(NoModelError, match="no version before"):
        life.rollback("")
    assert store.current_version() == versions[0]


def test_a_rollback_passes_over_what_is_damaged_or_gone(store: ModelStore, versions: list[str]) -> None:
    life = LifeCycle(store)
    life.promote(versions[1])
    life.promote(versions[2])
    shutil.rmtree(store.models / versions[1])
    move = life.rollback("")
    assert (move.version, move.skipped) == (versions[0], (versions[1],))


def test_old_versions_make_room_but_not_the_way_back(store: ModelStore, package: Package, versions: list[str]) -> None:
    made = versions + [copy_version(store, package, number) for number in (4, 5, 6)]
    LifeCycle(store, keep=2).promote(made[1])
    assert store.versions() == [made[0], made[1], made[4], made[5]]


def test_a_move_takes_the_alias_with_it(store: ModelStore, versions: list[str], registry: FakeRegistry) -> None:
    life = LifeCycle(store, registry)
    assert "names version 3" in life.promote().alias
    assert registry.aliases["champion"] == "3"
    life.rollback("")
    assert registry.aliases["champion"] == "1"
    assert not (store.artifacts / PENDING_FILE).exists()


def test_a_registry_that_is_down_costs_one_question_and_is_told_later(
    store: ModelStore, versions: list[str], registry: FakeRegistry
) -> None:
    life = LifeCycle(store, registry)
    life.promote()
    registry.up = False
    registry.asked.clear()
    move = life.rollback("")
    assert store.current_version() == versions[0]
    assert "follows at the next" in move.alias
    assert registry.asked == ["find"]
    assert (store.artifacts / PENDING_FILE).exists()


def test_a_version_that_the_registry_never_saw_is_promoted_here_and_said(
    store: ModelStore, package: Package, registry: FakeRegistry
) -> None:
    new = copy_version(store, package, 9)
    move = LifeCycle(store, registry).promote()
    assert store.current_version() == new
    assert "was never logged" in move.alias
    assert f"models register {new}" in move.alias
    assert registry.aliases["champion"] == "1"


def test_what_the_registry_learns_of_later_gets_the_alias_that_it_was_to_have(
    store: ModelStore, package: Package, registry: FakeRegistry
) -> None:
    life = LifeCycle(store, registry)
    new = copy_version(store, package, 9)
    life.promote()
    registry.up = False
    assert life.catch_up() == "a registry does not answer"
    registry.up = True
    number = registry.register(store.load(new))
    assert f"names version {number}" in life.catch_up()
    assert registry.aliases["champion"] == number
    assert not (store.artifacts / PENDING_FILE).exists()


def test_an_alias_that_was_moved_meanwhile_stays(
    store: ModelStore, package: Package, registry: FakeRegistry, versions: list[str]
) -> None:
    life = LifeCycle(store, registry)
    new = copy_version(store, package, 9)
    life.promote()
    registry.register(store.load(new))
    registry.move_alias("champion", "2")
    assert "was moved meanwhile" in life.catch_up()
    assert registry.aliases["champion"] == "2"
    assert LifeCycle(ModelStore(store.artifacts / "none"), registry).catch_up() == ""
    assert LifeCycle(store).catch_up() == ""


def test_a_version_that_is_elsewhere_only_is_fetched(
    store: ModelStore, versions: list[str], registry: FakeRegistry, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = ModelStore(tmp_path_factory.mktemp("here"))
    move = LifeCycle(here, registry).promote(versions[1])
    assert (move.version, here.current_version()) == (versions[1], versions[1])
    assert registry.aliases["champion"] == "2"


def test_to_promote_the_champion_again_only_brings_its_alias(
    store: ModelStore, versions: list[str], registry: FakeRegistry
) -> None:
    registry.move_alias("champion", "2")
    move = LifeCycle(store, registry).promote("champion")
    assert (move.version, move.before) == (versions[0], versions[0])
    assert registry.aliases["champion"] == "1"
    assert len(told(store)) == 1


def test_the_first_version_gets_the_alias_unless_there_is_a_champion(
    store: ModelStore, versions: list[str], registry: FakeRegistry
) -> None:
    first = functools.partial(LifeCycle(store, registry).first, versions[2])
    assert "version 1" in first()
    assert registry.aliases["champion"] == "1"
    del registry.aliases["champion"]
    assert "names version 3" in first()
    registry.up = False
    assert "does not answer" in first()
    assert LifeCycle(store).first(versions[2]) == ""
