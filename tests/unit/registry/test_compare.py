"""Which listings two versions are compared on, and whose price of them counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.held_out import HELD_OUT, held_out_frame
from car_price_prediction.package.store import Package
from car_price_prediction.registry.compare import compare
from support.market import loaded_market

MARKET = loaded_market(cars=60).listings


@pytest.fixture
def version(package: Package, tmp_path: Path):
    """Return a version that held out given listings, and foretold each at a share of its price."""

    def make(name: str, listings: pl.DataFrame, share: float) -> Package:
        folder = Path(shutil.copytree(package.folder, tmp_path / name))
        price = listings["price"].to_numpy()
        held_out_frame(listings, share * price, 0.5 * price, 2 * price).write_parquet(folder / HELD_OUT)
        data = tmp_path / "data" / name
        data.mkdir(parents=True)
        listings.write_parquet(data / "listings.parquet")
        market = package.manifest.data.model_copy(update={"fingerprint": name})
        return Package(folder, package.manifest.model_copy(update={"data": market}))

    return make


def test_shared_listings_have_both_held_out_prices(version, tmp_path: Path) -> None:
    new, old = version("new", MARKET.sample(fraction=1, shuffle=True, seed=1), 1.1), version("old", MARKET, 0.8)
    found = compare(new, old, tmp_path / "data")
    assert (found.shared, found.new) == (60, 0)
    assert (found.listings["challenger"] / found.listings["price"]).to_list() == pytest.approx([1.1] * 60)
    assert (found.listings["champion"] / found.listings["price"]).to_list() == pytest.approx([0.8] * 60)


def test_a_listing_that_the_champion_never_met_is_priced_by_the_champion_itself(version, tmp_path: Path) -> None:
    new, old = version("new", MARKET, 1.1), version("old", MARKET[:40], 0.8)
    found = compare(new, old, tmp_path / "data")
    assert (found.shared, found.new) == (40, 20)
    unmet = found.listings.tail(20)
    assert unmet["price"].to_list() == MARKET["price"][40:].to_list()
    assert unmet["champion"].to_list() != pytest.approx((0.8 * unmet["price"]).to_list())
    assert (unmet["champion"] / unmet["price"] - 1).abs().median() < 0.2


def test_a_car_that_both_met_at_different_prices_is_compared_at_the_newer_one(version, tmp_path: Path) -> None:
    cheaper = MARKET.with_columns(price=pl.col("price") - 10 * (pl.int_range(pl.len()) < 7))
    found = compare(version("new", cheaper, 1.1), version("old", MARKET, 0.8), tmp_path / "data")
    assert (found.shared, found.new) == (60, 0)
    both = found.listings.join(cheaper.head(7), on=["year", "mileage_km", "price"])
    assert (both["champion"] / (both["price"] + 10)).to_list() == pytest.approx([0.8] * 7)


def test_a_file_that_lost_a_column_is_no_file_of_other_cars(version, tmp_path: Path) -> None:
    lost = MARKET.drop("mileage_km").unique(["make", "model", "year", "price"], maintain_order=True)
    found = compare(
        version("new", lost, 1.1), version("old", lost.join(MARKET, on=lost.columns), 0.8), tmp_path / "data"
    )
    assert (found.shared, found.new) == (lost.height, 0)


def test_listings_that_cannot_be_told_apart_are_left_out(version, tmp_path: Path) -> None:
    twice = pl.concat([MARKET, MARKET[:5]])
    found = compare(version("new", twice, 1.1), version("old", MARKET, 0.8), tmp_path / "data")
    assert found.shared == 55


def test_other_columns_and_spellings_hinder_nothing(version, tmp_path: Path) -> None:
    other = MARKET.drop("fuel").with_columns(make=pl.col("make").str.to_uppercase(), colour=pl.lit("red"))
    found = compare(version("new", other, 1.1), version("old", MARKET, 0.8), tmp_path / "data")
    assert found.shared == 60


@pytest.mark.parametrize("listings", [None, MARKET[::-1]])
def test_without_the_details_of_new_listings_the_shared_ones_remain(
    version, tmp_path: Path, listings: pl.DataFrame | None
) -> None:
    new, old = version("new", MARKET, 1.1), version("old", MARKET[:40], 0.8)
    file = tmp_path / "data" / "new" / "listings.parquet"
    file.unlink()
    if listings is not None:
        listings.write_parquet(file)
    found = compare(new, old, tmp_path / "data")
    assert (found.shared, found.new, found.listings.height) == (40, 0, 40)


@pytest.mark.parametrize("content", [None, b"no parquet"])
def test_a_version_without_held_out_prices_is_told(version, tmp_path: Path, content: bytes | None) -> None:
    new, old = version("new", MARKET, 1.1), version("old", MARKET, 0.8)
    (old.folder / HELD_OUT).unlink()
    if content:
        (old.folder / HELD_OUT).write_bytes(content)
    with pytest.raises(PackageError, match=r"held_out\.parquet"):
        compare(new, old, tmp_path / "data")
