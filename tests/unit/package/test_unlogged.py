import fcntl
from pathlib import Path

import pytest

from car_price_prediction.package.store import ModelStore
from car_price_prediction.package.unlogged import Unlogged
from support.versions import copy_version


def test_versions_are_told_oldest_first_until_they_are_logged_or_gone(trained_artifacts: Path, tmp_path: Path) -> None:
    source, store = ModelStore(trained_artifacts), ModelStore(tmp_path)
    package = source.load(source.current_version())
    first, second, third = (copy_version(store, package, number) for number in (1, 2, 3))
    unlogged = Unlogged(store)
    for version in (third, first, second, first):
        unlogged.add(version, "MLflow does not answer")
    assert unlogged.versions() == [first, second, third]
    store.remove(second)
    unlogged.drop(third)
    unlogged.drop("a version that nobody noted")
    assert unlogged.versions() == [first]


def test_only_one_logs_at_a_time(tmp_path: Path) -> None:
    unlogged = Unlogged(ModelStore(tmp_path))
    with unlogged.lock(), next(tmp_path.rglob(".lock")).open("a") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with unlogged.lock():
        assert unlogged.versions() == []
