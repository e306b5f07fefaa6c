"""The API as its clients meet it: the real server, a real socket, a real model."""

import contextlib
import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import pytest

from support.server import running_server
from support.web import FABIA


@pytest.fixture(scope="module")
def server(trained_artifacts, tmp_path_factory):
    with running_server(trained_artifacts, tmp_path_factory.mktemp("server")) as found:
        yield found


def test_a_car_gets_a_quote_as_the_document_says(server):
    status, quote = server.ask("POST", "/predict/price", FABIA)
    _, document = server.ask("GET", "/openapi.json")
    assert status == 200
    jsonschema.validate(quote, {"$ref": "#/components/schemas/QuoteAnswer", "components": document["components"]})


def test_all_that_may_be_asked_for_is_answered_as_the_document_says(server):
    path = "/predict/price?explain=1&comparables=5&what_if=mileage_km,year&strict=1"
    status, quote = server.ask("POST", path, FABIA | {"asking_price": 6_000})
    _, document = server.ask("GET", "/openapi.json")
    assert status == 200
    assert {"deal", "breakdown", "nearest", "what_if"} <= set(quote)
    jsonschema.validate(quote, {"$ref": "#/components/schemas/QuoteAnswer", "components": document["components"]})


def test_a_query_that_cannot_be_used_and_a_car_that_is_too_little_known_are_refused(server):
    status, problem = server.ask("POST", "/predict/price?explain=perhaps", FABIA)
    assert (status, problem["code"]) == (400, "bad_query")
    status, problem = server.ask("POST", "/predict/price?strict=1", FABIA | {"make": "Trabant"})
    assert (status, problem["code"]) == (422, "abstained")


def test_a_batch_is_priced_in_order(server):
    status, answer = server.ask("POST", "/predict/batch", [FABIA, {"make": 1}, FABIA])
    assert status == 200
    assert [sorted(result)[0] for result in answer["results"]] == ["comparables", "problem", "comparables"]


@pytest.mark.parametrize("path", ["/info/status", "/info/features", "/info/model", "/health/live", "/health/ready"])
def test_what_is_asked_is_told(server, path):
    status, answer = server.ask("GET", path)
    assert (status, type(answer)) == (200, dict)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"this is not JSON", 400, None),
        (b'[{"make": "Skoda"}]', 422, ""),
        (b'{"make": "Skoda", "year": NaN}', 422, "year"),
        (b'{"make": "Skoda", "year": 1e999}', 422, "year"),
        (b'{"make": "Skoda", "year": 1%s}' % (b"0" * 5_000), 422, "year"),
        (b'{"make": "Skoda", "year": 3000}', 422, "year"),
        (b'{"make": "Skoda", "year": 2015, "horses": 3}', 422, "horses"),
        (b'{"make": ["Skoda"], "year": 2015}', 422, "make"),
        (b"[" * 100_000, 400, None),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, None),
    ],
)
def test_bad_input_is_refused_and_served_on(server, body, status, field):
    found, headers, data = server.ask_raw("POST", "/predict/price", body)
    assert found == status, data
    assert headers["Content-Type"] == "application/problem+json"
    if field is not None:
        assert f'"field":"{field}"'.encode() in data
    assert server.ask("POST", "/predict/price", FABIA)[0] == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_are_refused_to_a_client_that_sends_all_before_it_listens(server, chunked):
    piece = b" " * 100_000
    body = (piece for _ in range(100)) if chunked else piece * 100
    status, _, data = server.ask_raw("POST", "/predict/price", body)
    assert status == 413
    assert b"body_too_large" in data
    assert server.ask("POST", "/predict/price", FABIA)[0] == 200


def test_a_chunked_body_is_read(server):
    pieces = (piece for piece in (b'{"make": "Skoda",', b' "year": 2015}'))
    assert server.ask_raw("POST", "/predict/price", pieces)[0] == 200


def test_a_body_that_ends_early_is_refused(server):
    head = b"POST /predict/price HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head + b'{"make": "Skoda", "year"')
        client.shutdown(socket.SHUT_WR)
        assert client.recv(12) in (b"HTTP/1.1 400", b"")
    assert server.ask("GET", "/health/live")[0] == 200


@pytest.mark.parametrize("junk", [b"\x00" * 500, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"\x16\x03\x01"])
def test_what_is_not_http_does_no_harm(server, junk):
    # The server may hang up at any of these.
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(junk)
        client.shutdown(socket.SHUT_WR)
        client.recv(1_000)
    assert server.ask("GET", "/health/live")[0] == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nope", 404), ("GET", "/predict/price", 405)])
def test_what_is_not_there_is_a_problem(server, method, path, status):
    found, headers, _ = server.ask_raw(method, path)
    assert (found, headers["Content-Type"]) == (status, "application/problem+json")


def test_head_and_options_are_answered(server):
    assert server.ask_raw("HEAD", "/")[0] == 200
    assert "POST" in server.ask_raw("OPTIONS", "/predict/price")[1]["Allow"]


def test_a_request_id_comes_back(server):
    _, headers, _ = server.ask_raw("GET", "/health/live", X_Request_ID="order-17")
    assert headers["X-Request-ID"] == "order-17"


def test_many_clients_at_once_get_the_same_price(server):
    def price(_: int) -> float:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            prices = {_price_once(client) for _ in range(20)}
        finally:
            client.close()
        (only,) = prices
        return only

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(price, range(16)))) == 1


def _price_once(client: http.client.HTTPConnection) -> float:
    client.request("POST", "/predict/price", json.dumps(FABIA), {"Content-Type": "application/json"})
    answer = client.getresponse()
    body = json.loads(answer.read())
    assert answer.status == 200
    return body["price"]


def test_nobody_can_tell_which_way_an_answer_took(server):
    def answered(**more):
        status, headers, body = server.ask_raw("POST", "/predict/price", json.dumps(FABIA).encode(), **more)
        own = ("date", "x-request-id")
        quote = {name: value for name, value in json.loads(body).items() if name != "valuation_id"}
        return status, [(name, value) for name, value in headers.items() if name.lower() not in own], quote

    assert answered() == answered(Cookie="only=the-application-reads-such")
