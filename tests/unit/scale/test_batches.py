from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from car_price_prediction.batch.files import price_file
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.scale import batches
from support.market import HEADER, market_rows

# Ray warns of its own settings, which it reads itself.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")
ROWS = 300


@pytest.fixture(scope="module")
def package(trained_artifacts: Path) -> Package:
    store = ModelStore(trained_artifacts)
    return store.load(store.current_version())


@pytest.fixture
def partitions(tmp_path: Path) -> Path:
    """The market in three files, numbers as numbers, one cell unreadable and one row without a make."""
    folder = tmp_path / "cars"
    folder.mkdir()
    cars = pl.DataFrame(market_rows(ROWS), schema=HEADER.split(","), orient="row").with_columns(
        pl.col("Year", "Price EUR").cast(pl.Int64),
        pl.when(pl.int_range(pl.len()) == 7).then(None).otherwise(pl.col("Make")).alias("Make"),
        pl.when(pl.int_range(pl.len()) == 150).then(pl.lit("many")).otherwise(pl.col("Mileage km")).alias("Mileage km"),
    )
    for number in range(3):
        cars.slice(100 * number, 100).write_parquet(folder / f"part-{number}.parquet")
    return folder


def test_pieces_of_partitions_are_priced_as_one_machine_does_though_a_node_is_lost(
    nodes: Any, package: Package, partitions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "GROUP_ROWS", 40)
    told: list[int] = []

    def progress(what: str, done: int, total: int) -> None:
        if what == "pricing":
            told.append(done)
            if len(told) == 1:
                nodes.lose_one()

    local, spread = tmp_path / "local.parquet", tmp_path / "ray.parquet"
    valuer = Valuer(read_contents(package))
    expected = price_file(valuer, str(partitions), str(local), deal=True)
    found = batches.price_partitions(package, str(partitions), str(spread), progress, deal=True)
    assert (found.rows, found.priced) == (expected.rows, expected.priced) == (ROWS, ROWS)
    assert set(expected.notes) >= set(found.notes)
    assert told[-1] == ROWS
    assert len(told) >= 9
    one, other = pl.read_parquet(local), pl.read_parquet(spread)
    assert other.equals(one)
    assert other.schema == one.schema


def test_a_client_outside_of_the_cluster_gets_the_same(
    nodes: Any, package: Package, partitions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "is_outside", lambda: True)
    local, spread = tmp_path / "local.csv", tmp_path / "ray.csv"
    price_file(Valuer(read_contents(package)), str(partitions), str(local))
    batches.price_partitions(package, str(partitions), str(spread))
    assert spread.read_bytes() == local.read_bytes()


def test_prices_that_are_not_there_are_not_rated(package: Package, partitions: Path, tmp_path: Path) -> None:
    for path in partitions.iterdir():
        pl.read_parquet(path).with_columns(pl.lit(None).alias("Price EUR")).write_parquet(path)
    with pytest.raises(ListingsError, match="holds no prices to rate"):
        batches.price_partitions(package, str(partitions), str(tmp_path / "out.csv"), deal=True)
    assert not (tmp_path / "out.csv").exists()


def test_other_headers_are_understood_from_all_rows(partitions: Path, package: Package) -> None:
    parts = batches.partitions_of(batches.find_files([str(partitions)], partitions))
    rows = batches.PartitionedRows(str(partitions), parts)
    assert rows.height == ROWS
    assert rows["Year"].len() == ROWS
    assert rows.columns == [*HEADER.split(","), "_source", "_row"]
    assert rows.head(3)["_row"].to_list() == [1, 2, 3]
