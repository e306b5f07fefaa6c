import pytest

from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.store import Valuations
from car_price_prediction.valuations.tables import METADATA
from support.postgres import programs, running_postgres


@pytest.fixture(scope="session")
def postgres():
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with running_postgres(folder) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """A database of each kind, empty."""
    address = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres").url
    found = Database(address, tmp_path)
    yield found
    METADATA.drop_all(found._engine)
    found.close()


@pytest.fixture
def store(database):
    return Valuations(database)
