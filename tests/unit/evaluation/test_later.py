from __future__ import annotations

from pathlib import Path

import pytest

from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.evaluation.later import evaluate_files
from car_price_prediction.evaluation.report import Report
from car_price_prediction.listings.load import LoadOptions, load_listings, save_data
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer
from support.market import HEADER, write_market
from support.model import train_small


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("later")
    file = write_market(folder / "market.csv", cars=300)
    loaded = load_listings([str(file)], LoadOptions())
    save_data(loaded, folder / "artifacts")
    version = train_small(folder / "artifacts", loaded).package.manifest.version
    ModelStore(folder / "artifacts").set_current(version, who="test", why="a test")
    return folder / "artifacts"


@pytest.fixture(scope="module")
def valuer(artifacts: Path) -> Valuer:
    store = ModelStore(artifacts)
    return Valuer.load(store.models / store.current_version())


def rows(count: int, *, factor: float = 1.0, start: int = 0) -> list[str]:
    """Return cars that the market does not hold, priced as it would."""
    return [
        f"{7_000_000 + i},Skoda,Octavia,{2020 - i % 11},{2_345 + 14_321 * (i % 11) + 53 * i},"
        f"{round(factor * 24_000 * 0.88 ** (i % 11))},Diesel"
        for i in range(start, start + count)
    ]


def measured(valuer: Valuer, artifacts: Path, path: Path, *lines: str, header: str = HEADER, **told: object) -> Report:
    path.write_text("\n".join([header, *lines]) + "\n")
    return evaluate_files(valuer, [str(path)], LoadOptions(**told), artifacts=artifacts)


def test_new_listings_are_measured_as_the_service_prices_them(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    report = measured(valuer, artifacts, tmp_path / "new.csv", *rows(40))
    assert (report.seen, report.warnings, set(report.splits)) == (0, (), {"file"})
    assert report.main.overall.count == 40
    miss = report.main.worst[0]
    assert valuer.quote({k: v for k, v in miss.listing.items() if k != "price"}).price == miss.predicted
    assert report.trained is not None
    assert report.trained.mdape == valuer.manifest.metrics["mdape"]


def test_prices_that_fell_show_as_bias(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    report = measured(valuer, artifacts, tmp_path / "new.csv", *rows(40, factor=0.8))
    assert report.main.overall.bias == pytest.approx(0.25, abs=0.1)


def test_what_is_set_aside_is_told_and_not_scored(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    bad = ["1,Skoda,Octavia,2015,75000,,Diesel", "2,Skoda,Octavia,2015,75001,0,Diesel", "3,,,,,9000,"]
    report = measured(valuer, artifacts, tmp_path / "new.csv", *rows(30), *bad, "4,too few")
    assert report.set_aside == {"name_missing": 1, "price_missing": 1, "price_zero": 1, "too_few_cells": 1}
    assert (report.rows_read, report.main.overall.count) == (34, 30)


def test_the_training_file_is_said_to_flatter(valuer: Valuer, artifacts: Path) -> None:
    file = artifacts.parent / "market.csv"
    report = evaluate_files(valuer, [str(file)], LoadOptions(), artifacts=artifacts)
    assert "is a file that the model was trained on" in report.warnings[0]
    assert report.seen == report.main.overall.count


def test_listings_that_it_was_trained_on_are_counted_apart(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    old = (artifacts.parent / "market.csv").read_text().splitlines()[1:21]
    report = measured(valuer, artifacts, tmp_path / "both.csv", *rows(30), *old)
    assert report.seen == 20
    assert "trained on 20 of these 50 listings" in report.warnings[0]
    assert (report.splits["file"].overall.count, report.splits["file_new"].overall.count) == (50, 30)


def test_where_the_training_listings_are_gone_that_is_said(valuer: Valuer, tmp_path: Path) -> None:
    report = measured(valuer, tmp_path, tmp_path / "new.csv", *rows(30))
    assert report.seen is None
    assert "cannot be told" in report.warnings[0]


def test_other_headers_are_understood_afresh(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    header = "id,Marke,Modell,Baujahr,Kilometerstand,Preis,Kraftstoff"
    same = measured(valuer, artifacts, tmp_path / "a.csv", *rows(40))
    report = measured(valuer, artifacts, tmp_path / "b.csv", *rows(40), header=header)
    assert report.main.overall == same.main.overall
    assert any("understood afresh" in note for note in report.notes)


def test_without_prices_nothing_is_measured(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    lines = [line.rsplit(",", 2)[0] for line in rows(40)]
    with pytest.raises(ListingsError, match="price"):
        measured(valuer, artifacts, tmp_path / "new.csv", *lines, header=HEADER.rsplit(",", 2)[0])


def test_another_currency_is_refused(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    assert valuer.manifest.market.currency == "EUR"
    with pytest.raises(ListingsError, match="in EUR, not in USD"):
        measured(valuer, artifacts, tmp_path / "new.csv", *rows(40), currency="USD")


def test_a_column_that_is_told_outweighs_the_training_files(valuer: Valuer, artifacts: Path, tmp_path: Path) -> None:
    header = HEADER.replace("Price EUR", "what they want")
    report = measured(
        valuer, artifacts, tmp_path / "new.csv", *rows(40), header=header, columns={"price": "what they want"}
    )
    assert report.main.overall.count == 40
    assert report.currency == "EUR"
