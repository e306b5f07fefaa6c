"""Which files are new, and which are learnt from beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from car_price_prediction.retraining.newness import sort_files
from car_price_prediction.retraining.watch import Seen, Watched


def files(*days: int) -> tuple[Watched, ...]:
    return tuple(Watched(Path(f"{day}.csv"), 10, f"sha-{day}", float(day)) for day in days)


def test_a_file_is_known_by_what_is_in_it() -> None:
    renamed = Watched(Path("renamed.csv"), 10, "sha-1", 9.0)
    found = sort_files(Seen((renamed, *files(2))), {"sha-1"})
    assert [file.name for file in found.new] == ["2.csv"]
    assert [file.name for file in found.before] == ["renamed.csv"]


@pytest.mark.parametrize(("newest", "kept"), [(0, [1, 2, 3]), (1, []), (2, []), (3, [3]), (4, [2, 3]), (9, [1, 2, 3])])
def test_the_newest_are_kept_and_what_is_new_before_them(newest: int, kept: list[int]) -> None:
    found = sort_files(Seen(files(1, 2, 3, 4, 5)), {"sha-1", "sha-2", "sha-3"})
    assert [file.name for file in found.kept(newest)] == [f"{day}.csv" for day in kept]


def test_every_file_is_told_of() -> None:
    found = sort_files(Seen(files(1, 2, 3, 4), ("5.csv",)), {"sha-1", "sha-2"})
    lines = found.lines(3, {"sha-4": "it is empty"})
    assert [(line.name, line.verdict, line.detail) for line in lines] == [
        ("3.csv", "new", ""),
        ("4.csv", "unusable", "it is empty"),
        ("1.csv", "left", ""),
        ("2.csv", "trained", ""),
        ("5.csv", "growing", ""),
    ]
