import contextlib
import json
import subprocess
import sys

import pytest

from car_price_prediction.client import (
    CarProblem,
    Client,
    InvalidCarError,
    JobFailedError,
    NoAnswerError,
    ProblemError,
    Quote,
    Retries,
)
from car_price_prediction.local.ports import free_port
from support.fake_service import HANG_UP, fake_service

CAR = {"make": "Skoda", "model": "Fabia", "year": 2015}
QUOTE = {
    "price": 6910.0, "low": 5480.0, "high": 8620.0, "currency": "EUR", "coverage": 0.9, "confidence": "high",
    "comparables": 40, "warnings": [{"field": "fuel", "code": "missing", "message": "Fuel is not given"}],
    "model_version": "v1", "valuation_id": "a1", "new_since_then": True,
}  # fmt: skip
PROBLEM = {
    "code": "invalid_listing", "detail": "2 problems", "status": 422,
    "errors": [
        {"field": "year", "code": "out_of_range", "message": "is in the future", "hint": "2015"},
        {"field": "wheels", "code": "unknown_field", "message": "is no field"},
    ],
}  # fmt: skip
JOB = {
    "id": "j1", "state": "queued", "file": "cars.csv", "rows": None, "rows_done": 0, "rows_with_problems": 0,
    "columns": [], "columns_missing": [], "problem": None, "result": None, "created_at": "", "expires_at": "",
    "model_version": None,
}  # fmt: skip


@pytest.fixture
def pauses(monkeypatch):
    found = []
    pause = "car_price_prediction.client.transport.Transport.pause"
    monkeypatch.setattr(pause, lambda _, seconds: found.append(seconds))
    monkeypatch.setattr("car_price_prediction.client.client.time.sleep", lambda _: None)
    return found


@pytest.fixture
def pair():
    """Make a service that answers in turn, and a client of it."""
    with contextlib.ExitStack() as stack:

        def make(*answers, **options):
            service = stack.enter_context(fake_service(*answers))
            return service, stack.enter_context(Client(service.url, **options))

        yield make


@pytest.fixture
def cars(tmp_path):
    path = tmp_path / "cars.csv"
    path.write_text("make\nAudi\n")
    return path


def test_a_quote_is_typed_and_what_is_new_in_it_does_no_harm(pair):
    service, client = pair((200, QUOTE, {}), api_key="secret")
    quote = client.price(CAR, explain=True, what_if=["year"])
    assert (quote.price, quote.low, quote.high, quote.confidence) == (6910.0, 5480.0, 8620.0, "high")
    assert quote.warnings[0].field == "fuel"
    method, path, headers, body = service.asked[0]
    assert (method, path, json.loads(body)) == ("POST", "/predict/price?explain=1&what_if=year", CAR)
    assert headers["Authorization"] == "Bearer secret"


def test_a_car_that_is_refused_tells_every_bad_field(pair, pauses):
    service, client = pair((422, PROBLEM, {}))
    with pytest.raises(InvalidCarError) as caught:
        client.price(CAR)
    assert [error.field for error in caught.value.errors] == ["year", "wheels"]
    assert (caught.value.status, caught.value.errors[0].hint, len(service.asked)) == (422, "2015", 1)


@pytest.mark.parametrize("status", [429, 502, 503, 504, HANG_UP])
def test_a_busy_service_is_asked_again(pair, pauses, status):
    busy = [(status, {}, {}), (status, b"<html>", {})]
    service, client = pair(*busy, (200, QUOTE, {}), retries=Retries(first_s=1))
    assert client.price(CAR).price == QUOTE["price"]
    assert len(service.asked) == 3
    assert 0.5 <= pauses[0] <= 1 <= pauses[1] <= 2


def test_retry_after_is_honoured_within_reason(pair, pauses):
    _, client = pair((503, {}, {"Retry-After": "7"}), (503, {}, {"Retry-After": "900"}), (200, QUOTE, {}))
    client.price(CAR)
    assert pauses == [7.0, 30.0]


def test_what_does_not_pass_is_told_in_the_end(pair, pauses):
    no_model = {"code": "no_model", "detail": "there is no model yet"}
    service, client = pair((503, no_model, {}), retries=Retries(times=2))
    with pytest.raises(ProblemError, match="there is no model yet") as caught:
        client.price(CAR)
    assert (caught.value.code, len(service.asked)) == ("no_model", 3)


def test_a_service_that_is_not_there_is_told_of(pauses):
    with Client(f"http://127.0.0.1:{free_port()}") as client, pytest.raises(NoAnswerError, match="does not answer"):
        client.status()
    assert len(pauses) == 4


def test_a_job_is_not_made_twice_where_nobody_knows_whether_it_was_made(pair, cars, pauses):
    service, client = pair((HANG_UP, {}, {}), (202, JOB, {}))
    with pytest.raises(NoAnswerError):
        client.create_job(cars)
    assert len(service.asked) == 1
    service, client = pair((503, {}, {}), (202, JOB, {}))
    assert client.create_job(cars, start=False).id == "j1"
    assert [path for _, path, _, _ in service.asked] == ["/jobs?name=cars.csv&start=0"] * 2
    assert service.asked[1][3] == cars.read_bytes()


def test_many_cars_go_in_batches_and_smaller_ones_where_the_service_takes_no_more(pair):
    def answer(count):
        return 200, {"results": [QUOTE] * (count - 1) + [{"problem": PROBLEM}]}, {}

    too_many = (413, {"code": "batch_too_large", "detail": "too many"}, {})
    service, client = pair(too_many, answer(2), answer(2), answer(1))
    found = client.price_many(({**CAR, "owners": i} for i in range(5)), batch=4)
    assert [type(one) for one in found] == [Quote, CarProblem, Quote, CarProblem, CarProblem]
    assert found[1].errors[1].field == "wheels"
    sent = [[car["owners"] for car in json.loads(body)] for *_, body in service.asked]
    assert sent == [[0, 1, 2, 3], [0, 1], [2, 3], [4]]


def test_a_file_that_is_too_large_becomes_a_job(pair, cars, pauses):
    large, done = (413, {"code": "too_many_rows", "detail": "too many"}, {}), JOB | {"state": "done"}
    answers = [large, (202, JOB, {}), (200, JOB, {}), (200, done, {}), (200, b"a,b\n", {}), (204, b"", {})]
    service, client = pair(*answers)
    told = []
    client.price_file(cars, cars.with_name("out.csv"), progress=told.append)
    assert cars.with_name("out.csv").read_bytes() == b"a,b\n"
    assert [job.state for job in told] == ["queued", "done"]
    last = [(method, path) for method, path, *_ in service.asked][-2:]
    assert last == [("GET", "/jobs/j1/result?format=csv"), ("DELETE", "/jobs/j1")]


def test_a_job_that_fails_says_why_and_leaves_no_file(pair, cars, pauses):
    failed = JOB | {"state": "failed", "problem": "no column was found for year"}
    _, client = pair((413, {}, {}), (202, failed, {}), (200, failed, {}))
    with pytest.raises(JobFailedError, match="no column was found for year"):
        client.price_file(cars, cars.with_name("out.csv"))
    assert [path.name for path in cars.parent.iterdir()] == ["cars.csv"]


@pytest.mark.parametrize("url", ["localhost:5000", "ftp://localhost", "http://"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="is no address"):
        Client(url)


def test_it_needs_nothing_that_is_not_pythons_own():
    names = "flask", "polars", "numpy", "pydantic", "orjson", "click", "lightgbm", "car_price_prediction.domain"
    code = f"import sys, car_price_prediction.client; print([n for n in {names} if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
