"""What is found in watched places: whole files, and not those that are still being written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from car_price_prediction.retraining.watch import Watch
from support.serving_files import serving

OLD = 1_700_000_000


def put(folder: Path, name: str, text: str = "make,price\nKia,9000\n", *, at: float = OLD) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def watch(*places: object, folder: Path, meanwhile: Callable[[], object] = lambda: None) -> tuple[Watch, list[float]]:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        meanwhile()

    return Watch([str(place) for place in places], folder / "fetched", 30.0, sleep), waits


def test_files_that_were_written_long_ago_are_whole_at_once(tmp_path: Path) -> None:
    put(tmp_path / "in", "b.csv", "b")
    put(tmp_path / "in", "a.csv", "a")
    for name in (".hidden.csv", "~$open.xlsx", "notes.md"):
        put(tmp_path / "in", name)
    looked, waits = watch(tmp_path / "in", folder=tmp_path)
    seen = looked.look()
    assert [(file.name, file.bytes) for file in seen.files] == [("a.csv", 1), ("b.csv", 1)]
    assert (seen.growing, seen.problems, waits) == ((), (), [])


def test_a_young_file_that_does_not_change_is_whole_after_a_second_look(tmp_path: Path) -> None:
    path = put(tmp_path / "in", "a.csv")
    os.utime(path)
    looked, waits = watch(tmp_path / "in", folder=tmp_path)
    assert [file.name for file in looked.look().files] == ["a.csv"]
    assert waits == [30.0]


@pytest.mark.parametrize("what", ["grows", "goes", "is replaced"])
def test_a_file_that_changes_meanwhile_is_left_and_the_others_are_not(tmp_path: Path, what: str) -> None:
    path = put(tmp_path / "in", "a.csv")
    os.utime(path)
    put(tmp_path / "in", "b.csv", "b")

    def change() -> None:
        if what == "grows":
            with path.open("a") as file:
                file.write("Kia,8000\n")
        elif what == "goes":
            path.unlink()
        else:
            put(tmp_path / "in", "new", path.read_text().replace("9", "8")).replace(path)

    looked, _ = watch(tmp_path / "in", folder=tmp_path, meanwhile=change)
    seen = looked.look()
    assert [file.name for file in seen.files] == ["b.csv"]
    assert seen.growing == ("a.csv",)


def test_a_clock_of_another_machine_that_is_ahead_hides_nothing(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.csv", at=4_000_000_000)
    looked, waits = watch(tmp_path / "in", folder=tmp_path)
    assert [file.name for file in looked.look().files] == ["a.csv"]
    assert len(waits) == 1


def test_the_same_content_under_two_names_is_one_file(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.csv")
    put(tmp_path / "in", "copy of a.csv")
    looked, _ = watch(tmp_path / "in", folder=tmp_path)
    assert [file.name for file in looked.look().files] == ["a.csv"]


def test_a_place_that_is_not_there_is_told_of_and_the_others_are_looked_at(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.csv")
    looked, _ = watch(tmp_path / "none", tmp_path / "in", folder=tmp_path)
    seen = looked.look()
    assert [file.name for file in seen.files] == ["a.csv"]
    assert seen.problems == (f"{tmp_path / 'none'}: there is no such folder",)


def test_an_address_is_fetched_under_its_own_name_and_again_once_it_changes(tmp_path: Path) -> None:
    served = put(tmp_path / "out", "cars.csv").parent
    with serving(served) as address:
        looked, _ = watch(f"{address}/cars.csv", f"{address}/gone.csv", folder=tmp_path)
        first = looked.look()
        put(served, "cars.csv", "other", at=OLD + 5)
        second = looked.look()
    assert [file.name for file in (*first.files, *second.files)] == ["cars.csv", "cars.csv"]
    assert first.files[0].sha256 != second.files[0].sha256
    assert len(first.problems) == 1
    assert "gone.csv cannot be fetched: 404" in first.problems[0]
