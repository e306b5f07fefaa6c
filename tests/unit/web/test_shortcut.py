"""The short way answers as the application does, byte for byte, or leaves the request to it."""

import io
import json
import logging
from collections import Counter

import pytest

from car_price_prediction.web.app import RequestLimits, Watched, create_app
from car_price_prediction.web.environ import BASE
from car_price_prediction.web.key_file import KeyFile
from car_price_prediction.web.keys import Keyring
from car_price_prediction.web.observer import Observer
from car_price_prediction.web.rates import Rates
from car_price_prediction.web.scopes import Access
from support.web import FABIA, FixedHolder, uploads_of


class Tally(Observer):
    def __init__(self):
        self.seen = Counter()

    def quoted(self, source, quote):
        self.seen[source, quote["confidence"]] += 1


class Both:
    """An application and its short way."""

    def __init__(self, held, *, access=None, limits=None):
        self.lines, self.tally = [], Tally()
        self.app = create_app(
            FixedHolder(held),
            uploads_of(),
            limits or RequestLimits(100_000, 5),
            access=access,
            log=lambda *line: self.lines.append(line),
            watched=Watched(self.tally),
        )

    def environ(self, body, **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "localhost:5000"}
        return {
            **BASE,
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/predict/price",
            "QUERY_STRING": "",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "5000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            **told,
            **headers,
        }

    def ask(self, way, body, **headers):
        said = []
        found = way(self.environ(body, **headers), lambda status, sent, error=None: said.append((status, sent)))
        return None if found is None else (*said[-1], b"".join(found))

    def short(self, body, **headers):
        return self.ask(self.app.shortcut, body, **headers)

    def whole(self, body, **headers):
        return self.ask(self.app, body, **headers)


@pytest.fixture
def both(valuer):
    return Both(valuer)


def without_ids(answer):
    status, headers, body = answer
    quote = json.loads(body)
    assert len(quote.pop("valuation_id")) == 24
    return status, headers, list(quote.items())


CARS = [
    FABIA,
    FABIA | {"make": " vw", "model": "Golf", "fuel": None},
    FABIA | {"asking_price": 5_000},
    FABIA | {"make": "Zaporozhets", "seats": 9},
    {"model": "Octavia", "mileage_km": 1},
]


@pytest.mark.parametrize("car", CARS)
def test_it_answers_as_the_application_does(both, car):
    sent = {"HTTP_X_REQUEST_ID": "mine"}
    assert without_ids(both.short(car, **sent)) == without_ids(both.whole(car, **sent))
    (level, message, values), (level_2, message_2, values_2) = both.lines
    assert (level, message, values | {"ms": 0}) == (level_2, message_2, values_2 | {"ms": 0})
    assert level == logging.INFO
    assert set(both.tally.seen.values()) == {2}


def test_with_tls_asked_for_it_says_so_too(valuer):
    both = Both(valuer, access=Access(hsts_s=60))
    sent = {"HTTP_X_REQUEST_ID": "mine"}
    assert without_ids(both.short(FABIA, **sent)) == without_ids(both.whole(FABIA, **sent))


@pytest.mark.parametrize(
    "changed",
    [
        {"PATH_INFO": "/predict/batch"},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_TYPE": "application/json; charset=utf-8"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_ORIGIN": "https://shop.example"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_TRACEPARENT": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        {"HTTP_COOKIE": "a=b"},
        {"HTTP_HOST": "two words"},
        {"HTTP_HOST": ""},
        {"HTTP_HOST": "a..b"},
        {"HTTP_HOST": "a" * 64},
        {"wsgi.input": io.BufferedReader(io.BytesIO(json.dumps(FABIA).encode()))},
    ],
)
def test_what_is_not_ordinary_is_left_to_the_application(both, changed):
    assert both.short(FABIA, **changed) is None
    assert both.lines == []
    assert not both.tally.seen


DEEP = b'{"make":' * 40 + b"1" + b"}" * 40


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"NaN", {"make": "Skoda"}, FABIA | {"year": "old"}, DEEP])
def test_what_is_no_car_is_left_to_the_application(both, body):
    assert both.short(body) is None
    status, headers, problem = both.whole(body)
    assert status.startswith("4")
    assert dict(headers)["Content-Type"] == "application/problem+json"
    assert json.loads(problem)["detail"]


def test_a_failure_of_ours_is_the_application_s_to_tell(both, monkeypatch):
    monkeypatch.setattr(type(both.app.shortcut._desk.latest()), "price", lambda *_: 1 / 0)
    assert both.short(FABIA) is None
    status, _, problem = both.whole(FABIA)
    assert status.startswith("500")
    assert json.loads(problem)["error_id"]


def test_without_a_model_the_application_says_so():
    both = Both(None)
    assert both.short(FABIA) is None
    assert both.whole(FABIA)[0].startswith("503")


def test_a_key_is_needed_where_the_application_needs_one(valuer, tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    both = Both(valuer, access=Access(Keyring(file, poll_s=0)))
    assert both.short(FABIA) is not None
    prices, watches = file.add("shop", "price"), file.add("prometheus", "metrics")
    for sent in ({}, {"HTTP_X_API_KEY": "carprice_1_guess"}, {"HTTP_X_API_KEY": watches}):
        assert both.short(FABIA, **sent) is None
        assert both.whole(FABIA, **sent)[0][:3] in ("401", "403")
    assert both.short(FABIA, HTTP_AUTHORIZATION=f"Bearer {prices}")[0] == "200 OK"
    assert both.lines[-1][2]["key"] == "shop"


@pytest.mark.parametrize(
    ("access", "limits"),
    [
        (Access(origins=("https://shop.example",)), None),
        (Access(hosts=("cars.example",)), None),
        (None, RequestLimits(100_000, 5, Rates("5 per minute"))),
    ],
)
def test_there_is_none_where_a_setting_makes_a_difference_to_each_request(valuer, access, limits):
    assert Both(valuer, access=access, limits=limits).app.shortcut is None
