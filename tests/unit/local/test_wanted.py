import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from car_price_prediction.local.plan import Plan
from car_price_prediction.local.wanted import why_train
from car_price_prediction.package.manifest import FORMAT, Data, Manifest, Market, Served, Source
from car_price_prediction.package.store import ModelStore
from car_price_prediction.settings import Settings


def publish(artifacts: Path, sources: dict[str, bytes]) -> Path:
    manifest = Manifest(
        format=FORMAT,
        version="20260101-000000-aaaaaa",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        program="0.1.0",
        libraries={},
        market=Market(name="test", sample=False, currency="USD", mileage_unit="km"),
        data=Data(
            fingerprint="f00d",
            sources=tuple(
                Source(name=name, bytes=len(text), sha256=hashlib.sha256(text).hexdigest())
                for name, text in sources.items()
            ),
            rows_read=1,
            rows_used=1,
            rows_rejected=0,
        ),
        served=Served(
            engine="lightgbm",
            candidate="huber",
            members={"huber": 1.0},
            monotone=False,
            budget="standard",
            features=("make",),
            trees=1,
        ),
        coverage=0.9,
        metrics={},
        columns=(),
        files={},
    )
    store = ModelStore(artifacts)
    with store.draft() as draft:
        (draft / "booster.txt").write_text("trees")
        package = store.publish(draft, manifest)
    store.set_current(package.manifest.version, why="test")
    return package.folder


@pytest.fixture
def cars(tmp_path) -> Path:
    path = tmp_path / "cars.csv"
    path.write_bytes(b"make,price\n")
    return path


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(artifacts=tmp_path / "artifacts")


def test_without_a_model_one_is_trained(settings):
    assert why_train(Plan(settings)) == "there is no model yet"


def test_without_data_whatever_model_is_there_will_do(settings):
    publish(settings.artifacts, {"any.csv": b"any"})
    assert why_train(Plan(settings)) == ""


def test_the_same_content_will_do_under_any_name(settings, cars, tmp_path):
    publish(settings.artifacts, {"old.csv": cars.read_bytes()})
    assert why_train(Plan(settings, (str(cars),))) == ""
    assert why_train(Plan(settings, (f"{tmp_path}/*.csv",), "usd", "km")) == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"data": ("other.csv",)}, "the model that is there was trained on other files"),
        ({"data": ("cars.csv", "other.csv")}, "the model that is there was trained on other files"),
        ({"currency": "EUR"}, "the model that is there prices in USD"),
        ({"mileage_unit": "mi"}, "the model that is there reads mileage in km"),
    ],
)
def test_another_wish_needs_another_model(settings, cars, tmp_path, monkeypatch, change, why):
    publish(settings.artifacts, {"cars.csv": cars.read_bytes()})
    (tmp_path / "other.csv").write_bytes(b"make,price\nFord,1\n")
    monkeypatch.chdir(tmp_path)
    assert why_train(Plan(settings, **{"data": ("cars.csv",), **change})) == why


def test_a_remote_file_is_known_by_its_name(settings):
    publish(settings.artifacts, {"cars.csv": b"remote"})
    assert why_train(Plan(settings, ("https://example.com/a/cars.csv?x=1",))) == ""
    assert why_train(Plan(settings, ("https://example.com/a/more.csv",))) != ""


def test_a_damaged_model_is_trained_anew(settings):
    folder = publish(settings.artifacts, {"cars.csv": b"x"})
    (folder / "booster.txt").write_text("treez")
    assert why_train(Plan(settings)).startswith("the model that is there cannot be used: version 2026")
