import logging

import pytest

from car_price_prediction.web.app import RequestLimits, create_app
from support.web import FABIA, FixedHolder, uploads_of


@pytest.fixture
def ask(valuer):
    lines = []

    def ask(method, path, held=valuer, **more):
        app = create_app(
            FixedHolder(held), uploads_of(), RequestLimits(10_000, 5), log=lambda *line: lines.append(line)
        )
        app.test_client().open(path, method=method, **more)
        return lines[-1]

    return ask


def test_a_request_leaves_its_route_and_what_came_of_it(ask, valuer):
    level, message, values = ask("POST", "/predict/price?strict=0", json=FABIA, headers={"X-Request-ID": "mine"})
    assert (level, message) == (logging.INFO, "POST /predict/price 200")
    assert values.pop("ms") > 0
    assert values == {
        "request_id": "mine",
        "method": "POST",
        "route": "/predict/price",
        "status": 200,
        "model_version": valuer.manifest.version,
    }


def test_a_path_that_is_no_route_is_not_told(ask):
    level, message, values = ask("GET", "/Max/Mustermann")
    assert (level, message, values["route"]) == (logging.INFO, "GET (none) 404", "(none)")


def test_what_no_model_answered_names_none_and_a_failure_of_ours_warns(ask):
    level, _, values = ask("POST", "/predict/price", held=None, json=FABIA)
    assert (level, values["status"], values["model_version"]) == (logging.WARNING, 503, None)
