"""Kept valuations and files as cars to compare, and the command."""

import itertools
import json
import re
import shutil
import time
from datetime import UTC, datetime

import polars as pl
import pytest

from car_price_prediction.bootstrap import current_valuer
from car_price_prediction.cli.main import run_command
from car_price_prediction.drift.files import cars_of_files
from car_price_prediction.drift.kept import CARS, drift_of_kept
from car_price_prediction.drift.noted import FILE, Noted
from car_price_prediction.drift.page import drift_page
from car_price_prediction.drift.reference import reference_for
from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.package.files import replace_file, sha256_of
from car_price_prediction.package.reference import REFERENCE
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.insertion import insert_rows
from car_price_prediction.valuations.row import row_of
from car_price_prediction.valuations.store import Valuations
from car_price_prediction.valuations.tables import VALUATIONS
from support.kept import answered
from support.market import loaded_market, write_market

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def artifacts(trained_artifacts, tmp_path):
    return shutil.copytree(trained_artifacts, tmp_path / "artifacts")


@pytest.fixture
def valuer(artifacts):
    return current_valuer(artifacts)


@pytest.fixture
def keep(artifacts):
    database = Database("sqlite", artifacts)

    def keep(cars, at=None, **quote):
        rows = [row_of(answered(car=car, at=at, **quote)) for car in cars]
        for start in range(0, len(rows), 500):
            with database.begin() as connection:
                insert_rows(connection, VALUATIONS, rows[start : start + 500])
        return Valuations(database)

    yield keep
    database.close()


def market_cars(count=400):
    """Return cars like those of training."""
    rows = loaded_market(cars=count).listings.select("make", "model", "fuel", "year", "mileage_km").to_dicts()
    return [row | {"mileage_km": row["mileage_km"] + i % 7} for i, row in enumerate(rows)]


def rios(count=300):
    return [{"make": EVIL, "model": "Rio", "year": 2012.0, "mileage_km": 90_000.0 + 37 * i} for i in range(count)]


def compared(valuer, artifacts, kept, **more):
    return drift_of_kept(kept, reference_for(valuer, artifacts).reference, valuer.manifest.version, **more)


def test_cars_like_those_of_training_are_steady(valuer, artifacts, keep):
    report = compared(valuer, artifacts, keep(market_cars()))
    assert (report.verdict, report.cars, report.source) == ("steady", 400, "kept valuations")
    assert report.since is not None
    assert report.since <= report.until


def test_the_newest_of_the_last_days_are_compared_and_each_car_once(valuer, artifacts, keep):
    now = time.time()
    keep(rios(), at=now - 8 * 86_400)
    keep(market_cars(50) * 3, at=now)
    assert compared(valuer, artifacts, keep([])).cars == 50
    assert compared(valuer, artifacts, keep([]), days=30).cars == 350
    later = datetime.fromtimestamp(now + 20 * 86_400, UTC)
    assert compared(valuer, artifacts, keep([]), now=later).verdict == "too few"


def test_cars_that_nothing_tells_apart_all_count_and_there_is_an_end(valuer, artifacts, keep):
    vague = itertools.repeat({"make": "Kia", "model": "Rio", "year": 2012.0}, CARS + 100)
    assert compared(valuer, artifacts, keep(vague)).cars == CARS


def test_quotes_of_another_version_are_not_compared(valuer, artifacts, keep):
    asked = [car | {"asking_price": 9_000.0 + i} for i, car in enumerate(market_cars(300))]
    fields = {one.name: one for one in compared(valuer, artifacts, keep(asked)).fields}
    assert (fields["quote"].told, fields["price"].told, fields["asked_to_quoted"].told) == (0, 300, 0)
    keep(market_cars(), model_version=valuer.manifest.version)
    fields = {one.name: one for one in compared(valuer, artifacts, keep([])).fields}
    assert fields["quote"].told > 0


def test_a_field_may_hold_a_word_in_one_car_and_a_number_in_another(valuer, artifacts, keep):
    cars = [car | {"fuel": 7.0 if i % 2 else "diesel"} for i, car in enumerate(market_cars(200))]
    fields = {one.name: one for one in compared(valuer, artifacts, keep(cars)).fields}
    assert fields["fuel"].unseen == 0.5


def old_package(artifacts):
    """Make the current package one of before references were kept."""
    folder = next((artifacts / "models").iterdir())
    (folder / REFERENCE).unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"][REFERENCE]
    replace_file(folder / "manifest.json", json.dumps(manifest))
    return folder


def test_a_package_from_before_is_compared_by_its_training_listings_where_they_are_kept(artifacts):
    old_package(artifacts)
    valuer = current_valuer(artifacts)
    with pytest.raises(Exception, match="trained before references were kept, and its training listings are gone"):
        reference_for(valuer, artifacts)
    loaded = loaded_market(cars=400)
    data = artifacts / "data" / valuer.manifest.data.fingerprint
    data.mkdir(parents=True)
    loaded.listings.write_parquet(data / "listings.parquet")
    found = reference_for(valuer, artifacts)
    assert "made anew of its training listings" in found.notes[0]
    assert {"make", "mileage_for_age", "quote", "asked_to_quoted"} <= {one.name for one in found.reference.fields}


def test_a_file_is_compared_with_asking_prices_or_without(valuer, artifacts, tmp_path):
    file = write_market(tmp_path / "cars.csv", cars=400)
    cars = cars_of_files(valuer, [str(file)], LoadOptions(), artifacts)
    assert {"price", "quote", "_group"} <= set(cars.table.columns)
    pl.read_csv(file).drop("Price EUR").write_csv(tmp_path / "bare.csv")
    bare = cars_of_files(valuer, [str(tmp_path / "bare.csv")], LoadOptions(), artifacts)
    assert "price" not in bare.table.columns
    assert bare.table["quote"].null_count() == 0
    assert any("no asking prices" in note for note in bare.notes)


def test_quotes_of_cars_that_the_model_was_trained_on_are_not_compared(valuer, artifacts, tmp_path):
    file = write_market(tmp_path / "cars.csv", cars=400)
    source = valuer.manifest.data.sources[0].model_copy(update={"sha256": sha256_of(file)})
    data = valuer.manifest.data.model_copy(update={"sources": (source,)})
    valuer.manifest = valuer.manifest.model_copy(update={"data": data})
    cars = cars_of_files(valuer, [str(file)], LoadOptions(), artifacts)
    assert cars.table["quote"].null_count() == cars.table.height
    assert any("was trained on" in note for note in cars.notes)


def test_the_page_draws_what_moved_and_escapes_what_cars_are_called(valuer, artifacts, keep):
    page = drift_page(compared(valuer, artifacts, keep(rios())))
    assert "<svg" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; (new) 100.0%" in page
    assert not re.search(r"<[^>]*\b(src|href|on\w+)=|@import|url\(|https?://|<script", page)


def test_the_command_tells_people_and_machines_and_notes_it_for_the_service(
    artifacts, keep, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(artifacts))
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "sqlite")
    keep(rios())
    assert run_command(["drift", "--html", str(tmp_path / "drift.html")]) == 0
    told = capsys.readouterr().out
    assert "moved by more than chance: " in told
    assert f"written: {tmp_path / 'drift.html'}" in told
    assert not (artifacts / FILE).exists()
    assert run_command(["drift", "--json", "--note"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "far"
    assert Noted(artifacts).get().model_dump(mode="json") == found
    assert run_command(["drift", str(write_market(tmp_path / "cars.csv", cars=400)), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "cars.csv"
    assert run_command(["drift", "cars.csv", "--note"]) == 2


def test_the_command_says_what_is_missing_and_the_service_reads_why(artifacts, monkeypatch, capsys):
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(artifacts))
    assert run_command(["drift"]) == 1
    assert "CAR_PRICE_VALUATIONS_URL is not set" in capsys.readouterr().err
    monkeypatch.setenv("CAR_PRICE_VALUATIONS_URL", "sqlite")
    old_package(artifacts)
    assert run_command(["drift", "--note"]) == 1
    assert "train again" in capsys.readouterr().err
    noted = Noted(artifacts).get()
    assert (noted.verdict, noted.cars) == ("too few", 0)
    assert "its training listings are gone" in noted.notes[0]
