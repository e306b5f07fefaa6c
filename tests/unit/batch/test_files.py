from __future__ import annotations

import resource
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.batch.files import price_file
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer
from support.market import HEADER, market_rows

CANONICAL = "make,model,year,mileage_km,fuel"
OCTAVIA = {"make": "Skoda", "model": "Octavia", "year": 2015.0, "mileage_km": 75_000.0, "fuel": "Diesel"}


@pytest.fixture(scope="module")
def valuer(trained_artifacts: Path) -> Valuer:
    store = ModelStore(trained_artifacts)
    return Valuer.load(store.models / store.current_version())


def write(path: Path, header: str, *lines: str) -> str:
    path.write_text("\n".join([header, *lines]) + "\n")
    return str(path)


def priced(valuer: Valuer, source: str, target: Path) -> pl.DataFrame:
    price_file(valuer, source, str(target))
    return pl.read_csv(target, infer_schema=False)


def test_canonical_headers_give_the_price_of_a_single_car(valuer: Valuer, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", CANONICAL, "Skoda,Octavia,2015,75000,Diesel")
    assert float(priced(valuer, source, tmp_path / "out.csv")["price"][0]) == valuer.quote(OCTAVIA).price


def test_the_training_files_headers_give_the_same(valuer: Valuer, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, "7,Skoda,Octavia,2015,75000,,Diesel")
    assert float(priced(valuer, source, tmp_path / "out.csv")["price"][0]) == valuer.quote(OCTAVIA).price


def test_what_all_cars_of_a_file_share_counts(valuer: Valuer, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", CANONICAL, *["Skoda,Octavia,2015,75000,Diesel"] * 30)
    out = priced(valuer, source, tmp_path / "out.csv")
    assert set(out["price"].cast(pl.Float64)) == {valuer.quote(OCTAVIA).price}


def test_what_was_priced_once_can_be_priced_again(valuer: Valuer, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", CANONICAL + ",price,price_given", "Skoda,Octavia,2015,75000,Diesel,1,2")
    first = priced(valuer, source, tmp_path / "out.csv")
    second = priced(valuer, str(tmp_path / "out.csv"), tmp_path / "again.csv")
    assert first["price"].to_list() == second["price"].to_list()
    assert (first["price_given"][0], first["price_given_given"][0]) == ("2", "1")
    assert second.width == first.width + 5


def test_the_files_of_a_folder_stand_one_after_another_each_with_its_unreadable_rows(
    valuer: Valuer, tmp_path: Path
) -> None:
    folder = tmp_path / "cars"
    folder.mkdir()
    write(folder / "a.csv", CANONICAL, "Skoda,Octavia,2015,1,Diesel", "Kia,Rio", "Skoda,Fabia,2016,2,Petrol")
    write(folder / "b.csv", CANONICAL, "BMW,320,2011,3,Diesel", "Kia,Rio,2012,4,Petrol")
    out = priced(valuer, str(folder), tmp_path / "out.csv")
    assert out["mileage_km"].to_list() == ["1", None, "2", "3", "4"]
    assert "could not be read" in out["warnings"][1]
    assert [price is None for price in out["price"]] == [False, True, False, False, False]


@pytest.mark.parametrize("rows_at_once", [1, 2, 3, 100])
def test_however_few_rows_are_held_all_come_out_in_their_order(
    valuer: Valuer, tmp_path: Path, rows_at_once: int
) -> None:
    lines = [f"Skoda,Octavia,2015,{i}000,Diesel" for i in range(1, 8)]
    bad = ["Kia,Rio", "Kia,Ceed"]
    source = write(tmp_path / "in.csv", CANONICAL, lines[0], bad[0], *lines[1:], bad[1])
    found = price_file(valuer, source, str(tmp_path / "out.csv"), rows_at_once=rows_at_once)
    out = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert out["make"].to_list() == ["Skoda", "Kia,Rio", *["Skoda"] * 6, "Kia,Ceed"]
    assert out["mileage_km"].drop_nulls().to_list() == [f"{i}000" for i in range(1, 8)]
    assert (found.rows, found.priced) == (9, 7)


@pytest.mark.parametrize("rows_at_once", [1, 2, 100])
def test_prices_are_rated_piece_by_piece(valuer: Valuer, tmp_path: Path, rows_at_once: int) -> None:
    cars = [f"Skoda,Octavia,2015,75000,Diesel,{price}" for price in ("", "", "abc", *range(1_000, 90_000, 9_000))]
    source = write(tmp_path / "in.csv", CANONICAL + ",price", *cars)
    price_file(valuer, source, str(tmp_path / "out.csv"), deal=True, rows_at_once=rows_at_once)
    out = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert out["deal"][:3].to_list() == [None, None, None]
    assert (out["deal"][3], out["deal"][-1]) == ("great", "overpriced")
    assert 'price "abc" cannot be read as a number' in out["warnings"][2]


@pytest.mark.parametrize("rows_at_once", [1, 100])
def test_a_file_without_any_price_cannot_be_rated(valuer: Valuer, tmp_path: Path, rows_at_once: int) -> None:
    car = "Skoda,Octavia,2015,75000,Diesel"
    for source in (
        write(tmp_path / "a.csv", CANONICAL, car),
        write(tmp_path / "b.csv", f"{CANONICAL},price", car + ","),
    ):
        with pytest.raises(ListingsError, match="holds no prices to rate"):
            price_file(valuer, source, str(tmp_path / "out.csv"), deal=True, rows_at_once=rows_at_once)


def test_a_cell_that_cannot_be_read_is_told_in_its_row(valuer: Valuer, tmp_path: Path) -> None:
    car = "Skoda,Octavia,2015"
    lines = [f"{car},abc,Diesel", f"{car},-,Diesel", *[f"{car},{km}000,Diesel" for km in range(70, 80)]]
    source = write(tmp_path / "in.csv", CANONICAL, *lines)
    out = priced(valuer, source, tmp_path / "out.csv")
    assert 'mileage_km "abc" cannot be read as a number' in out["warnings"][0]
    assert "cannot be read" not in (out["warnings"][1] or "")
    assert out["price"][0] == out["price"][1]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_each_kind_of_file_is_written_with_the_same_prices(valuer: Valuer, tmp_path: Path, suffix: str) -> None:
    source = write(tmp_path / "in.csv", HEADER, *(",".join(row) for row in market_rows(20)))
    target = tmp_path / f"out.{suffix}"
    found = price_file(valuer, source, str(target))
    read = {
        "csv": pl.read_csv,
        "tsv": lambda path: pl.read_csv(path, separator="\t"),
        "jsonl": pl.read_ndjson,
        "parquet": pl.read_parquet,
    }
    out = read[suffix](target)
    assert (found.rows, found.priced, out.height) == (20, 20, 20)
    assert out["price"].min() > 1_000
    assert out["price"].sum() == pytest.approx(priced(valuer, source, tmp_path / "b.csv")["price"].cast(float).sum())


def test_no_cars_in_a_file_is_said(valuer: Valuer, tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match="no column was found for make or model"):
        price_file(valuer, write(tmp_path / "in.csv", "foo,bar", "1,x", "2,y"), str(tmp_path / "out.csv"))
    with pytest.raises(ListingsError, match="no rows"):
        price_file(valuer, write(tmp_path / "in.csv", HEADER), str(tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("target", ["missing/out.csv", "folder.csv", "out.docx"])
def test_a_place_that_cannot_be_written_is_refused_before_the_file_is_read(
    valuer: Valuer, tmp_path: Path, target: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ListingsError, match=target):
        price_file(valuer, "not-there.csv", str(tmp_path / target))


def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(valuer: Valuer, tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, *(",".join(row) for row in market_rows(400)))
    target = tmp_path / "out.csv"
    target.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            price_file(valuer, source, str(target))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
