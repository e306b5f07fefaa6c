import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import NoModelError, PackageError
from car_price_prediction.package.store import ModelStore


@pytest.fixture
def artifacts(trained_artifacts: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_artifacts, tmp_path / "artifacts"))


def test_an_empty_folder_has_no_model(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "nothing")
    assert store.versions() == []
    assert store.history() == []
    with pytest.raises(NoModelError, match="holds no model yet") as caught:
        store.current_version()
    assert "car-price train" in caught.value.hint


def test_a_published_package_loads_with_its_hashes(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    package = store.load(store.current_version())
    assert {"booster.txt", "spread.txt", "encoder.json", "calibration.json", "facts.json", "card.md"} <= set(
        package.manifest.files
    )
    assert store.versions() == [package.manifest.version]


@pytest.mark.parametrize("name", ["booster.txt", "encoder.json", "card.md"])
def test_one_changed_byte_is_refused_by_name(artifacts: Path, name: str) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    path = store.models / version / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(PackageError, match=rf"is damaged: {name} "):
        store.load(version)


def test_a_missing_file_is_refused_by_name(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    (store.models / version / "spread.txt").unlink()
    with pytest.raises(PackageError, match=r"is damaged: spread.txt"):
        store.load(version)


def test_a_damaged_version_does_not_become_current(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    shutil.copytree(store.models / version, store.models / "other")
    with pytest.raises(PackageError, match="holds the manifest of version"):
        store.set_current("other", why="a try")
    assert store.current_version() == version


def test_history_says_who_when_from_to_and_why(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    store.set_current(version, who="ann", why="again")
    first, second = store.history()
    assert (first["from"], first["to"], first["who"]) == (None, version, "test")
    assert (second["from"], second["to"], second["who"], second["why"]) == (version, version, "ann", "again")
    assert str(second["when"]).startswith("20")


def test_a_line_of_the_history_that_was_cut_short_hides_no_other(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    with store.history_file.open("a") as file:
        file.write('{"when": "20')
    store.set_current(version, who="ann", why="again\u2028on one line")
    assert [line["who"] for line in store.history()] == ["test", "ann"]


def test_two_that_make_versions_current_at_once_lose_no_line(artifacts: Path) -> None:
    version = ModelStore(artifacts).current_version()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: ModelStore(artifacts).set_current(version, why=str(i)), range(12)))
    assert sorted(int(line["why"] or 0) for line in ModelStore(artifacts).history()[1:]) == list(range(12))


def test_a_version_is_never_published_twice(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    manifest = store.load(store.current_version()).manifest
    with store.draft() as draft:
        (draft / "a.txt").write_text("a")
        with pytest.raises(PackageError, match="is published already"):
            store.publish(draft, manifest)


def test_a_draft_that_failed_leaves_nothing(artifacts: Path) -> None:
    store = ModelStore(artifacts)

    def interrupted() -> None:
        with store.draft() as draft:
            (draft / "half").write_text("written")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not [path for path in store.models.iterdir() if path.name.startswith(".")]


def test_a_draft_of_a_killed_training_is_removed_after_a_day_and_others_are_not(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    killed, busy = store.models / ".draft-killed", store.models / ".draft-busy"
    for folder in (killed, busy):
        folder.mkdir()
        (folder / "booster.txt").write_text("half")
    os.utime(killed, (1e9, 1e9))
    with store.draft():
        assert not killed.exists()
        assert busy.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 3}', '{"version": "../../etc"}'])
def test_a_current_file_that_names_no_version_is_refused(artifacts: Path, text: str) -> None:
    store = ModelStore(artifacts)
    store.current_file.write_text(text)
    with pytest.raises(PackageError, match=r"current\.json"):
        store.current_version()


def test_a_manifest_of_another_format_is_refused(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    path = store.models / version / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(PackageError, match="of format 99"):
        store.load(version)


def test_a_package_from_elsewhere_is_adopted_once_every_hash_is_checked(artifacts: Path, tmp_path: Path) -> None:
    store, other = ModelStore(artifacts), ModelStore(tmp_path / "other")
    version = store.current_version()
    with other.draft() as draft:
        shutil.copytree(store.models / version, draft, dirs_exist_ok=True)
        (draft / "spread.txt").write_text("half")
        with pytest.raises(PackageError, match=r"is damaged: spread\.txt"):
            other.adopt(draft, version)
        assert other.versions() == []
        shutil.copy(store.models / version / "spread.txt", draft)
        with pytest.raises(PackageError, match="holds the manifest of version"):
            other.adopt(draft, "another")
        other.adopt(draft, version)
    assert other.load(version).manifest == store.load(version).manifest


def test_an_adopted_package_takes_the_place_of_a_damaged_one(artifacts: Path, tmp_path: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    whole = shutil.copytree(store.models / version, tmp_path / "whole")
    (store.models / version / "booster.txt").unlink()
    with store.draft() as draft:
        shutil.copytree(whole, draft, dirs_exist_ok=True)
        store.adopt(draft, version)
    store.load(version)
    assert [path.name for path in store.models.iterdir()] == [version]


def test_the_current_version_is_not_removed_and_others_are(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    shutil.copytree(store.models / version, store.models / "old")
    with pytest.raises(PackageError, match="answers now"):
        store.remove(version)
    store.remove("old")
    store.remove("never there")
    assert [path.name for path in store.models.iterdir()] == [version]


def test_a_manifest_is_read_without_its_files(artifacts: Path) -> None:
    store = ModelStore(artifacts)
    version = store.current_version()
    (store.models / version / "booster.txt").unlink()
    assert store.manifest(version).version == version
    with pytest.raises(PackageError, match="is not in"):
        store.manifest("another")
