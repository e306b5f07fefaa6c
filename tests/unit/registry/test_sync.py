"""The follower: the alias is the truth, a move made here while the registry was down comes first, nothing is undone."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import PackageError, RegistryError, RegistryUnreachableError
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.registry.promotion import PENDING_FILE, LifeCycle
from car_price_prediction.registry.sync import LONGEST_WAIT_S, Follower, Sync, read_heartbeat
from support.fake_registry import FakeRegistry
from support.versions import copy_version, damage, told


@pytest.fixture
def elsewhere(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "elsewhere")


@pytest.fixture
def registry(elsewhere: ModelStore, package: Package) -> FakeRegistry:
    found = FakeRegistry()
    for number in (1, 2, 3):
        found.register(elsewhere.load(copy_version(elsewhere, package, number)))
    return found


def version_of(registry: FakeRegistry, number: str) -> str:
    return str(registry.versions[number].package_version)


def test_the_champion_is_fetched_and_answers(store: ModelStore, registry: FakeRegistry) -> None:
    sync = Sync(store, registry)
    assert "no version has the alias" in sync.once()
    for number in ("1", "3", "2"):
        registry.move_alias("champion", number)
        sync.once()
        assert store.current_version() == version_of(registry, number)
    assert told(store)[-1][2] == "the alias champion in MLflow names version 2"
    registry.asked.clear()
    sync.once()
    assert registry.asked == ["holder_of"]
    assert len(told(store)) == 3


def test_a_package_that_is_not_whole_never_answers_and_leaves_nothing(
    store: ModelStore, registry: FakeRegistry, elsewhere: ModelStore
) -> None:
    registry.move_alias("champion", "1")
    sync = Sync(store, registry)
    sync.once()
    damage(elsewhere, version_of(registry, "2"))
    registry.move_alias("champion", "2")
    with pytest.raises(PackageError, match=r"is damaged: booster\.txt"):
        sync.once()
    assert store.current_version() == version_of(registry, "1")
    assert [path.name for path in store.models.iterdir()] == [version_of(registry, "1")]


def test_a_champion_that_was_damaged_here_is_fetched_again(store: ModelStore, registry: FakeRegistry) -> None:
    registry.move_alias("champion", "1")
    Sync(store, registry).once()
    damage(store, version_of(registry, "1"))
    Sync(store, registry).once()
    store.load(store.current_version())


@pytest.mark.parametrize("version", [None, "../../etc", ".."])
def test_a_version_that_is_no_package_is_refused(store: ModelStore, registry: FakeRegistry, version: str) -> None:
    registry.move_alias("champion", registry.put(version))
    with pytest.raises(RegistryError, match="holds no package"):
        Sync(store, registry).once()


def test_a_manifest_that_names_files_outside_is_refused(
    store: ModelStore, registry: FakeRegistry, elsewhere: ModelStore
) -> None:
    version = version_of(registry, "1")
    path = elsewhere.models / version / "manifest.json"
    path.write_text(path.read_text().replace('"booster.txt"', '"../../booster.txt"'))
    registry.move_alias("champion", "1")
    with pytest.raises(PackageError, match="outside of itself"):
        Sync(store, registry).once()


@pytest.fixture
def followed(store: ModelStore, registry: FakeRegistry) -> LifeCycle:
    """A folder in which 1, 2 and 3 answered one after another, and the registry is down now."""
    for number in ("1", "2", "3"):
        registry.move_alias("champion", number)
        Sync(store, registry).once()
    registry.up = False
    return LifeCycle(store, registry)


def test_a_rollback_made_while_the_registry_was_down_reaches_it_and_is_not_undone(
    store: ModelStore, registry: FakeRegistry, followed: LifeCycle
) -> None:
    followed.rollback("")
    followed.rollback("")
    with pytest.raises(RegistryUnreachableError):
        Sync(store, registry).once()
    registry.up = True
    Sync(store, registry).once()
    assert registry.aliases["champion"] == "1"
    assert store.current_version() == version_of(registry, "1")
    assert not (store.artifacts / PENDING_FILE).exists()


def test_where_somebody_moved_the_alias_meanwhile_the_registry_wins(
    store: ModelStore, registry: FakeRegistry, followed: LifeCycle, package: Package, elsewhere: ModelStore
) -> None:
    followed.rollback("")
    registry.up = True
    other = registry.register(elsewhere.load(copy_version(elsewhere, package, 4)))
    registry.move_alias("champion", other)
    Sync(store, registry).once()
    assert registry.aliases["champion"] == other
    assert store.current_version() == version_of(registry, other)
    assert not (store.artifacts / PENDING_FILE).exists()


def test_a_promoted_version_that_the_registry_does_not_know_goes_on_until_somebody_moves_the_alias(
    store: ModelStore, registry: FakeRegistry, package: Package
) -> None:
    registry.move_alias("champion", "1")
    Sync(store, registry).once()
    new = copy_version(store, package, 8)
    LifeCycle(store, registry).promote(new, force=True, why="trained while MLflow was down")
    assert "never logged" in Sync(store, registry).once()
    assert store.current_version() == new
    registry.move_alias("champion", "2")
    Sync(store, registry).once()
    assert store.current_version() == version_of(registry, "2")


def test_a_move_that_is_made_here_while_a_round_runs_is_not_undone(store: ModelStore, registry: FakeRegistry) -> None:
    registry.move_alias("champion", "1")
    Sync(store, registry).once()
    registry.move_alias("champion", "2")
    Sync(store, registry).once()
    ask = registry.holder_of

    def ask_slowly(alias: str) -> object:
        answer = ask(alias)
        LifeCycle(store, registry).rollback("meanwhile")
        return answer

    registry.move_alias("champion", "3")
    registry.holder_of = ask_slowly  # type: ignore[method-assign,assignment]
    Sync(store, registry).once()
    assert store.current_version() == version_of(registry, "1")
    assert registry.aliases["champion"] == "1"


def test_several_folders_follow_one_registry_without_a_fight(registry: FakeRegistry, tmp_path: Path) -> None:
    stores = [ModelStore(tmp_path / name) for name in "ab"]
    for number in ("1", "2"):
        registry.move_alias("champion", number)
        for store in stores:
            Sync(store, registry).once()
    LifeCycle(stores[0], registry).rollback("")
    for _ in range(2):
        for store in stores:
            Sync(store, registry).once()
    assert {store.current_version() for store in stores} == {version_of(registry, "1")}
    assert registry.aliases["champion"] == "1"
    assert len(told(stores[1])) == 3


def test_the_challenger_is_brought_here_for_the_shadow_where_that_is_wanted(
    store: ModelStore, registry: FakeRegistry, elsewhere: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    registry.move_alias("champion", "1")
    registry.move_alias("challenger", "2")
    Sync(store, registry).once()
    assert store.versions() == [version_of(registry, "1")]
    sync = Sync(store, registry, challenger=True)
    for _ in range(2):
        assert "answers here" in sync.once()
    assert store.versions() == [version_of(registry, "1"), version_of(registry, "2")]
    assert store.current_version() == version_of(registry, "1")
    assert LifeCycle(store).challenger() == version_of(registry, "2")
    damage(elsewhere, version_of(registry, "3"))
    registry.move_alias("challenger", "3")
    for _ in range(2):
        assert "answers here" in sync.once()
    assert len(store.versions()) == 2
    assert sum("the challenger is not brought here" in record.message for record in caplog.records) == 1
    registry.move_alias("challenger", "1")  # older than what is here: nothing to bring
    registry.asked.clear()
    sync.once()
    assert "read_file" not in registry.asked


def test_the_follower_says_a_problem_once_waits_longer_and_goes_on(
    store: ModelStore, registry: FakeRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    registry.move_alias("champion", "1")
    follower = Follower(Sync(store, registry), 1.0, tmp_path / "beat.json", threading.Event())
    registry.up = False
    with caplog.at_level(logging.INFO):
        waits = []
        for _ in range(6):
            follower.round()
            waits.append(follower.wait_s())
        assert [record.message for record in caplog.records] == ["a registry does not answer"]
        assert read_heartbeat(tmp_path / "beat.json").problem
        assert waits[0] < waits[-1] <= 1.2 * LONGEST_WAIT_S
        registry.up = True
        follower.round()
    assert store.current_version() == version_of(registry, "1")
    assert not read_heartbeat(tmp_path / "beat.json").problem
    assert follower.wait_s() <= 1.2


def test_whatever_a_round_meets_the_next_one_follows(
    store: ModelStore, registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower(Sync(store, registry), 1.0, tmp_path / "beat.json", threading.Event())
    for error in (KeyError("model_version"), OSError(28, "No space left on device")):
        monkeypatch.setattr(registry, "holder_of", lambda _, error=error: (_ for _ in ()).throw(error))
        follower.round()
    assert read_heartbeat(tmp_path / "beat.json").state == "no space left on device"


def test_a_follower_that_does_not_move_is_told(tmp_path: Path) -> None:
    path = tmp_path / "beat.json"
    with pytest.raises(RegistryError, match="no follower"):
        read_heartbeat(path)
    path.write_text('{"at": "2026-01-01T00:00:00Z", "state": "in step", "problem": false}')
    with pytest.raises(RegistryError, match="has not moved"):
        read_heartbeat(path)
