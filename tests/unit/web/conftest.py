from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.writer import Writer
from car_price_prediction.web.kept import Kept
from support.web import client_of, valuer_of


@pytest.fixture
def valuer(trained_artifacts: Path) -> Valuer:
    return valuer_of(trained_artifacts)


@pytest.fixture
def client(valuer: Valuer) -> FlaskClient:
    return client_of(valuer)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """What keeps answers in a database of a test's own."""
    database = Database("sqlite", tmp_path)
    writer = Writer(database)
    writer.start()
    yield Kept(database, writer)
    writer.stop()


@pytest.fixture
def keeping(valuer: Valuer, kept: Kept) -> FlaskClient:
    return client_of(valuer, kept=kept, max_batch=7)
