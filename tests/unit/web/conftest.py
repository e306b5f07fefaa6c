from pathlib import Path

import pytest
from flask.testing import FlaskClient

from car_price_prediction.pricing.valuer import Valuer
from support.web import client_of, valuer_of


@pytest.fixture
def valuer(trained_artifacts: Path) -> Valuer:
    return valuer_of(trained_artifacts)


@pytest.fixture
def client(valuer: Valuer) -> FlaskClient:
    return client_of(valuer)
