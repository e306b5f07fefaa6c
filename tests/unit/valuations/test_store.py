import polars as pl
import pytest
from sqlalchemy import insert

from car_price_prediction.valuations import store as module
from car_price_prediction.valuations.export import SCHEMA, export
from car_price_prediction.valuations.retention import DAY_S, Retention
from car_price_prediction.valuations.row import row_of
from car_price_prediction.valuations.tables import VALUATIONS
from support.kept import answered

NOW = 1_700_000_000.0


@pytest.fixture
def put(database):
    def put(*many):
        with database.begin() as connection:
            connection.execute(insert(VALUATIONS), [row_of(one) for one in many])
        return [one.quote.valuation_id for one in many]

    return put


def test_one_is_deleted_and_the_others_stay(store, put):
    first, second = put(answered(), answered())
    assert store.delete(first)
    assert not store.delete(first)
    assert store.get(first) is None
    assert store.get(second)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 1_000])
def test_there_is_none_of_what_is_no_id(store, name):
    assert store.get(name) is None
    assert not store.delete(name)


def test_pieces_hold_every_row_of_their_span_once_the_oldest_first(store, put, monkeypatch):
    monkeypatch.setattr(module, "PIECE", 2)
    ids = put(*(answered(at=NOW + i // 2) for i in range(7)))
    assert [row["id"] for rows in store.pieces() for row in rows] == sorted(ids)
    assert [row["id"] for rows in store.pieces(NOW + 1, NOW + 3) for row in rows] == ids[2:6]


def test_an_export_has_a_column_for_each_field_and_holds_the_whole_car(store, put, tmp_path):
    put(answered(at=NOW, car={"make": "Kia", "year": 2020.0, "asking_price": 9_000.0, "levy": "none"}), answered())
    out = tmp_path / "kept.parquet"
    assert export(store, out) == 2
    found = pl.read_parquet(out)
    assert found.columns == list(SCHEMA)
    first = found.row(0, named=True)
    assert (first["make"], first["year"], first["mileage_km"], first["asking_price"]) == ("Kia", 2020.0, None, 9_000.0)
    assert '"levy":"none"' in first["car"]
    assert first["priced_at"].timestamp() == NOW
    assert list(tmp_path.glob(".kept*")) == []


def test_an_export_of_nothing_has_the_same_columns(store, tmp_path):
    assert export(store, tmp_path / "none.parquet") == 0
    assert pl.read_parquet(tmp_path / "none.parquet").columns == list(SCHEMA)


def test_what_is_too_old_goes_and_the_rest_stays(database, store, put):
    old, young = put(answered(at=NOW - 31 * DAY_S), answered(at=NOW - 29 * DAY_S))
    retention = Retention(database, 30, clock=lambda: NOW)
    assert retention.apply() == 1
    assert store.get(old) is None
    assert store.get(young)
    assert retention.apply() == 0
