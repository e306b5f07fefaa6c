"""What somebody with a raw socket and bad intentions gets out of the real server."""

from __future__ import annotations

import contextlib
import json
import socket

import pytest

from support.server import running_server
from support.web import FABIA

EVIL = b"Host: evil.example\r\n"
JSON = b"Content-Type: application/json\r\n"
SMUGGLED = b"GET /info/model HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(trained_artifacts, tmp_path_factory):
    with running_server(trained_artifacts, tmp_path_factory.mktemp("attacked")) as found:
        yield found


@pytest.fixture
def send(server):
    """Send bytes, and return all that comes back until the server hangs up or has nothing more to say."""

    def send(data):
        found = b""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1) as client:
            client.sendall(data)
            while more := client.recv(65_536):
                found += more
        return found

    yield send
    assert server.ask("POST", "/predict/price", FABIA)[0] == 200


def get(path, *headers):
    return b"GET " + path + b" HTTP/1.1\r\n" + b"".join(headers or [EVIL]) + b"Connection: close\r\n\r\n"


@pytest.mark.parametrize("path", [b"//info//status", b"/static//page.css", b"//evil.example/", b"/info/status/"])
def test_no_answer_leads_to_the_host_that_a_request_names(send, path):
    answer = send(get(path, EVIL, b"X-Forwarded-Host: evil.example\r\n"))
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"\nlocation:" not in answer.lower()
    assert b"http://" not in answer
    assert b"cache-control: no-cache" in answer.lower()


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "....//app.py", "/etc/passwd",
    "%2fetc/passwd", "..%5capp.py", "page.css%00.txt", "vendor/", "", "vendor/../../app.py",
    "%252e%252e/app.py"])  # fmt: skip
def test_nothing_beside_the_static_files_is_served(send, path):
    assert send(get(b"/static/" + path.encode())).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Content-Length: -2\r\n\r\n{}",
        b"Content-Length: 2, 3\r\n\r\n{}",
        b"X-A: a\r\n folded: b\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_request_is_not_hidden_in_another(send, framing):
    answer = send(b"POST /predict/price HTTP/1.1\r\n" + EVIL + JSON + framing + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert b"HTTP/1.1 200" not in answer


def test_http_2_is_not_spoken(send):
    answer = send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    assert send(b"GET /health/live HTTP/1.1\r\n" + EVIL + upgrade + b"\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        b"X-Big: " + b"v" * 2_000_000 + b"\r\n",
        b"".join(b"X-%d: v\r\n" % number for number in range(5_000)),
        b"Authorization: Bearer " + b"a" * 100_000 + b"\r\n",
    ],
)
def test_headers_without_end_are_refused(send, head):
    assert send(get(b"/info/features", EVIL, head))[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 200", b"")


@pytest.mark.parametrize("query", [b"a" * 60_000, b"make=a&" * 9_000, b"make=%ff%00%0d%0aSet-Cookie:x", b"%" * 5_000])
def test_a_strange_query_is_answered(send, query):
    answer = send(get(b"/?" + query))
    assert answer[:12] in (b"HTTP/1.1 200", b"HTTP/1.1 414", b"HTTP/1.1 422", b"HTTP/1.1 431")
    assert b"set-cookie" not in answer.partition(b"\r\n\r\n")[0].lower()


@pytest.mark.parametrize("sent", ["a\tb", "a b", "x" * 65, "ä", '{"level":"ERROR"}\\n', "\x1b[2J", "\x7f"])
def test_a_request_id_forges_no_line_of_the_log(server, send, sent):
    send(get(b"/health/live", EVIL, b"X-Request-ID: " + sent.encode() + b"\r\n"))
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {line["level"] for line in lines} <= {"INFO", "WARNING"}
    assert all(ord(character) > 31 for line in lines for character in line.get("request_id", ""))


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PUT", b"DELETE", b"PROPFIND"])
def test_other_methods_do_nothing(send, method):
    answer = send(method + b" / HTTP/1.1\r\n" + EVIL + b"Cookie: session=1\r\nConnection: close\r\n\r\n")
    assert answer[:12] in (b"HTTP/1.1 404", b"HTTP/1.1 405")
    assert b"session=1" not in answer


def test_what_was_sent_in_secret_is_not_in_the_log(server):
    car = FABIA | {"trim": "owned-by-Max-Mustermann"}
    for path in ("/predict/price", "/predict/price?api_key=query-secret", "/nope/path-secret"):
        server.forget_connection()  # a body that nobody read ends it
        server.ask("POST", path, car, Authorization="Bearer bearer-secret", Cookie="cookie-secret")
    server.ask("GET", "/?make=Max-Mustermann", None, Referer="http://x/referer-secret")
    log = server.log.read_text()
    assert '"status":200' in log
    assert [word for word in ("secret", "Mustermann") if word in log] == []
