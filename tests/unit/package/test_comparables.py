import shutil
from pathlib import Path

import numpy as np
import pytest

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.comparables import NUMBERS, PRICES, open_comparables
from car_price_prediction.package.store import ModelStore


@pytest.fixture
def folder(trained_artifacts: Path, tmp_path: Path) -> Path:
    store = ModelStore(trained_artifacts)
    return Path(shutil.copytree(store.models / store.current_version(), tmp_path / "package"))


def test_listings_are_told_as_they_were(folder: Path) -> None:
    cars = open_comparables(folder)
    assert len(cars) == 400
    first, end = cars.index.models["bmw\x1f320"]
    car = cars.listing(first)
    assert (car["make"], car["model"]) == ("BMW", "320")
    assert all(cars.listing(row)["make"] == "BMW" for row in range(first, end))


def test_pages_are_mapped_and_not_copied(folder: Path) -> None:
    cars = open_comparables(folder)
    assert not cars.prices.flags.owndata
    assert not cars.numbers.flags.writeable


@pytest.mark.parametrize("damage", ["missing", "short", "pickle"])
def test_a_file_that_does_not_fit_is_refused(folder: Path, damage: str) -> None:
    if damage == "missing":
        (folder / NUMBERS).unlink()
    elif damage == "short":
        np.save(folder / PRICES, np.zeros(3))
    else:
        np.save(folder / PRICES, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(PackageError, match="comparable listings"):
        open_comparables(folder)
