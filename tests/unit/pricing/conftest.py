from pathlib import Path

import pytest

from car_price_prediction.pricing.valuer import Valuer
from support.web import valuer_of


@pytest.fixture(scope="session")
def valuer(trained_artifacts: Path) -> Valuer:
    return valuer_of(trained_artifacts)
