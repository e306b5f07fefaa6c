from types import SimpleNamespace

import pytest

from car_price_prediction.web.environ import environ_of


def scope(*headers, **more):
    given = {
        "http_version": "1.1",
        "server": "127.0.0.1:5000",
        "client": "10.0.0.7:4321",
        "scheme": "http",
        "method": "POST",
        "path": "/predict/price",
        "query_string": "explain=1",
        "headers": SimpleNamespace(items=lambda: list(headers)),
    }
    return SimpleNamespace(**given | more)


def test_a_request_is_told_as_wsgi_has_it():
    found = environ_of(scope(("host", "x"), ("content-type", "application/json"), ("content-length", "7")))
    expected = {
        "HTTP_HOST": "x",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "7",
        "REMOTE_ADDR": "10.0.0.7",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "5000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/predict/price",
        "QUERY_STRING": "explain=1",
    }
    assert {key: found[key] for key in expected} == expected
    assert found["wsgi.input"].read() == b""


def test_a_header_sent_twice_is_one_and_underscores_pass_for_nothing():
    found = environ_of(
        scope(("accept", "a"), ("accept", "b"), ("cookie", "c=1"), ("cookie", "d=2"), ("x_real_ip", "1"))
    )
    assert (found["HTTP_ACCEPT"], found["HTTP_COOKIE"]) == ("a,b", "c=1; d=2")
    assert "HTTP_X_REAL_IP" not in found


@pytest.mark.parametrize(("path", "expected"), [("/a", "/a"), ("/ä", "/\xc3\xa4")])
def test_the_path_holds_bytes_as_wsgi_wants_them(path, expected):
    assert environ_of(scope(path=path))["PATH_INFO"] == expected
