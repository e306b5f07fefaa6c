import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.holder import ModelHolder
from support.model import train_small

CAR = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0}


@pytest.fixture
def artifacts(trained_artifacts: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_artifacts, tmp_path / "artifacts"))


def eventually(happened: Callable[[], bool], within_s: float = 5.0) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.01)
    return happened()


def copy_version(store: ModelStore, old: str, new: str) -> str:
    """Publish the same model once more under another version."""
    manifest = store.load(old).manifest
    with store.draft() as draft:
        for name in manifest.files:
            shutil.copy(store.models / old / name, draft / name)
        store.publish(draft, manifest.model_copy(update={"version": new}))
    return new


def test_no_model_is_said_and_heals_once_one_is_published(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "artifacts")
    holder = ModelHolder(store, 0.01)
    holder.start()
    try:
        with pytest.raises(NoModelError, match="holds no model yet"):
            holder.valuer()
        assert holder.state().version is None
        version = train_small(store.artifacts).package.manifest.version
        store.set_current(version, why="the first")
        assert eventually(lambda: holder.state().version == version)
        assert holder.valuer().quote(CAR).price > 0
    finally:
        holder.stop()


def test_a_new_version_is_swapped_in_while_cars_are_priced(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    holder = ModelHolder(store, 0.01)
    holder.start()
    failures: list[Exception] = []
    stop = threading.Event()

    def price() -> None:
        while not stop.is_set():
            try:
                holder.valuer().quote(CAR)
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
                failures.append(error)

    worker = threading.Thread(target=price)
    worker.start()
    try:
        old = store.current_version()
        for i in range(5):
            new = copy_version(store, old, f"v{i}")
            store.set_current(new, why="a test")
            assert eventually(lambda new=new: holder.state().version == new)
    finally:
        stop.set()
        worker.join()
        holder.stop()
    assert failures == []


def test_a_damaged_version_is_refused_and_the_old_one_keeps_answering(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    old = store.current_version()
    holder = ModelHolder(store, 10)
    holder.refresh()
    new = copy_version(store, old, "v2")
    store.set_current(new, why="a test")
    booster = store.models / new / "booster.txt"
    booster.write_bytes(booster.read_bytes().replace(b"5", b"6", 1))
    holder.refresh()
    assert holder.state().version == old
    assert "damaged: booster.txt" in str(holder.state().problem)
    assert holder.valuer().quote(CAR).model_version == old


def test_a_version_that_is_mended_later_is_taken_up(artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("car_price_prediction.pricing.holder.RETRY_S", 0.0)
    store = ModelStore(artifacts)
    version = store.current_version()
    path = store.models / version / "facts.json"
    good = path.read_bytes()
    path.write_bytes(good + b" ")
    holder = ModelHolder(store, 10)
    holder.refresh()
    assert holder.state().version is None
    path.write_bytes(good)
    holder.refresh()
    assert holder.state().version == version
    assert holder.state().problem is None


def test_the_version_before_answers_again_without_being_read_again(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    first = store.current_version()
    second, third = (copy_version(store, first, f"20990101T000000.000Z-0000000{n}") for n in (1, 2))
    holder = ModelHolder(store, 60)
    holder.refresh()
    before = holder.valuer()
    for version in (second, first):
        store.set_current(version, why="a test")
        holder.refresh()
    assert holder.valuer() is before
    for version in (second, third, first):
        store.set_current(version, why="a test")
        holder.refresh()
        assert holder.state().version == version
    assert holder.valuer() is not before


def test_the_version_before_is_refused_where_its_files_changed(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    first = store.current_version()
    second = copy_version(store, first, "20990101T000000.000Z-00000001")
    holder = ModelHolder(store, 60)
    holder.refresh()
    store.set_current(second, why="a test")
    holder.refresh()
    (store.models / first / "booster.txt").write_text("tree")
    store.current_file.write_text(f'{{"version": "{first}"}}\n')
    holder.refresh()
    assert holder.state().version == second
    assert "is damaged: booster.txt" in str(holder.state().problem)


def test_what_reading_a_model_took_is_given_back_once_it_answers(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, given_back = ModelStore(artifacts), list[str | None]()
    holder = ModelHolder(store, 1.0)
    monkeypatch.setattr(
        "car_price_prediction.pricing.holder.give_back", lambda: given_back.append(holder.state().version)
    )
    holder.refresh()
    holder.refresh()
    first = store.current_version()
    second = copy_version(store, first, "another")
    store.set_current(second, why="a test")
    holder.refresh()
    assert given_back == [first, second]
