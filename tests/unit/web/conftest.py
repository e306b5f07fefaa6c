from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.valuations.database import Database
from support.kept import KeptHere
from support.web import client_of, valuer_of


@pytest.fixture
def valuer(trained_artifacts: Path) -> Valuer:
    return valuer_of(trained_artifacts)


@pytest.fixture
def client(valuer: Valuer) -> FlaskClient:
    return client_of(valuer)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptHere]:
    """What keeps answers in a database of a test's own."""
    found = KeptHere(Database("sqlite", tmp_path), tmp_path / "waiting")
    yield found
    found.stop()


@pytest.fixture
def keeping(valuer: Valuer, kept: KeptHere) -> FlaskClient:
    return client_of(valuer, kept=kept, max_batch=7)
