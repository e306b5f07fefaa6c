"""Whatever is sent, the answer is a quote or a problem."""

import json
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.web import client_of, valuer_of

KEYS = ["make", "model", "year", "mileage_km", "fuel", "Make", "YEAR", "Mileage km", "owners", "ad id", "Price EUR"]
WORDS = st.sampled_from(["Skoda", "Fabia", "2015", "80 000 km", "-", "", "12o", "1e400", "²", "\0", "٣"]) | st.text()
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.lists(st.integers()) | st.just({})
CARS = st.dictionaries(st.sampled_from(KEYS) | st.text(), VALUES)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@cache
def one_client(artifacts):
    return client_of(valuer_of(artifacts), max_batch=100)


def send(client, path, value):
    body = json.dumps(value).encode()
    return client.post(path, data=body, content_type="application/json")


@QUICK
@given(sent=CARS | VALUES)
def test_one_car(trained_artifacts, sent):
    answer = send(one_client(trained_artifacts), "/predict/price", sent)
    assert answer.status_code in (200, 400, 422), answer.text
    assert ("price" in answer.json) == (answer.status_code == 200)


@QUICK
@given(sent=st.lists(CARS | VALUES, max_size=5) | VALUES)
def test_a_batch(trained_artifacts, sent):
    answer = send(one_client(trained_artifacts), "/predict/batch", sent)
    assert answer.status_code in (200, 400, 422), answer.text
    if answer.status_code == 200:
        assert len(answer.json["results"]) == len(sent)


@QUICK
@given(body=st.binary())
def test_any_bytes(trained_artifacts, body):
    answer = one_client(trained_artifacts).post("/predict/price", data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text


@QUICK
@given(typed=st.dictionaries(st.sampled_from(["make", "model", "year", "mileage", "fuel"]), WORDS))
def test_any_form(trained_artifacts, typed):
    answer = one_client(trained_artifacts).get("/", query_string=typed)
    assert answer.status_code in (200, 422), answer.text
