import stat
import threading

import pytest
from sqlalchemy import update

from car_price_prediction.domain.errors import SettingsError, ValuationsError
from car_price_prediction.valuations import database as module
from car_price_prediction.valuations.database import FILE, Database
from car_price_prediction.valuations.store import Valuations
from car_price_prediction.valuations.tables import META


def test_several_processes_may_make_it_at_once(tmp_path, database):
    others = [Database(database._engine.url.render_as_string(hide_password=False), tmp_path) for _ in range(6)]
    counts = []
    threads = [threading.Thread(target=lambda o=o: counts.append(Valuations(o).count())) for o in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [0] * 6
    for other in others:
        other.close()


def test_another_schema_is_refused(database, tmp_path):
    with database.begin() as connection:
        connection.execute(update(META).values(value=99))
    other = Database(database._engine.url.render_as_string(hide_password=False), tmp_path)
    with pytest.raises(ValuationsError, match="has the schema 99; this program reads and writes"):
        Valuations(other).count()
    other.close()


def test_nobody_else_may_read_the_file(tmp_path):
    database = Database("sqlite", tmp_path / "not" / "yet")
    Valuations(database).count()
    database.close()
    assert stat.S_IMODE((tmp_path / "not" / "yet" / FILE).stat().st_mode) == 0o600


def test_a_password_is_not_told(tmp_path):
    database = Database("postgresql://ann:secret@127.0.0.1:1/x", tmp_path)
    with pytest.raises(ValuationsError, match="cannot be used now") as error:
        Valuations(database).count()
    assert "secret" not in str(error.value) + database.name
    assert "127.0.0.1" not in str(error.value)


def test_where_it_could_not_be_reached_others_are_refused_at_once_but_for_who_must_try(tmp_path, monkeypatch):
    database = Database("postgresql://127.0.0.1:1/x", tmp_path)

    def said(**told):
        with pytest.raises(ValuationsError) as error, database.begin(**told):
            pass
        return error.value.message

    assert "cannot be used now" in said()
    assert "could not be reached a moment ago" in said()
    assert "cannot be used now" in said(always=True)
    monkeypatch.setattr(module, "REFUSED_S", 0.0)
    said(always=True)
    assert "cannot be used now" in said()


def test_a_password_among_the_options_is_not_told_either(tmp_path):
    database = Database("postgresql://127.0.0.1:1/x?user=ann&password=secret", tmp_path)
    assert database.name == "postgresql+psycopg://127.0.0.1:1/x"


@pytest.mark.parametrize("address", ["postgresql://db:port/x", "nonsense://x", "sqlite", "://", "mysql+pymysql://x/y"])
def test_an_address_that_is_none_is_told(address, tmp_path):
    if address == "sqlite":
        Database(address, tmp_path).close()
        return
    with pytest.raises(SettingsError, match="CAR_PRICE_VALUATIONS_URL"):
        Database(address, tmp_path)
