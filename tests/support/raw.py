"""Requests as no well-behaved client sends them."""

from __future__ import annotations

import random
import socket

from support.server import Server

WORDS = (
    *(b"POST", b"GET", b"HEAD", b"PRI", b"\x16\x03\x01", b"post", b"CONNECT", b"OPTIONS", b"TRACE", b"G\x00T", b""),
    *(
        b"/predict/price",
        b"/predict/batch",
        b"/%ff%fe",
        b"/\xff",
        b"*",
        b"//",
        b"/../../etc/passwd",
        b"/info/status?%zz",
    ),
    *(b"http://x/predict/price", b"/static/../app.py", b"/" + b"a" * 9_000, b"/predict/price?explain=" + b"9" * 900),
)
HEADERS = (
    *(
        b"Host: x",
        b"Host:",
        b"Host: x\r\nHost: y",
        b"Content-Type: application/json",
        b"Content-Type: \xff\xfe",
        b": x",
    ),
    *(b"Content-Length: -1", b"Content-Length: 9999999999999999999999", b"Content-Length: 1e3", b"Content-Length: +5"),
    *(b"Content-Length: 5\r\nContent-Length: 6", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked"),
    *(b"Transfer-Encoding: xchunked", b"Expect: 100-continue", b"X: " + b"y" * 70_000, b"no colon", b"X\x00: y"),
    *(b"Content-Encoding: gzip", b"X-Request-ID: \xe2\x82\xac", b"Upgrade: websocket\r\nConnection: Upgrade"),
    *(b" folded: line", b"X: a\r\n b", b"Cookie: a=b\r\nCookie: c=d", b"Content_Length: 3", b"Range: bytes=0-1,5-,-3"),
    *(b"Accept: */*;q=x", b"X-Forwarded-For: \x01", b"Connection: close", b"Connection: keep-alive, \xff"),
)
VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1 x", b"", b"HTTPS/1.1")
ENDS = (b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"")


def malformed_request(dice: random.Random, body: bytes) -> bytes:
    """Return something like a request, put together by chance."""
    line = b" ".join((dice.choice(WORDS), dice.choice(WORDS[11:]), dice.choice(VERSIONS)))
    headers = dice.sample(HEADERS, dice.randrange(6))
    if dice.random() < 0.5:
        line = b"POST /predict/price HTTP/1.1"
        headers += [
            b"Host: x",
            b"Content-Type: application/json",
            b"Content-Length: %d" % dice.choice((0, 3, len(body))),
        ]
    end = dice.choice(ENDS)
    sent = bytearray(end.join([line, *headers, b"", dice.choice((body, b"", b"5\r\nabc", b"\xff" * 50, b"{" * 500))]))
    for _ in range(dice.randrange(3)):
        if sent:
            sent[dice.randrange(len(sent))] = dice.randrange(256)
    return bytes(sent[: dice.choice((len(sent), len(sent), dice.randrange(len(sent) + 1)))])


def post_head(length: int) -> bytes:
    """Return the head of a price request whose body is said to be so long."""
    head = "POST /predict/price HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {length}\r\n\r\n".encode()


def opened(server: Server) -> socket.socket:
    """Return a new connection."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def swallow(server: Server, sent: bytes) -> int | None:
    """Send bytes and nothing more, and return the status of the first answer, if there is one."""
    with opened(server) as client:
        try:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(65_536)
        except OSError:
            return None
        return int(answer[9:12]) if answer.startswith(b"HTTP/1.") and answer[9:12].isdigit() else None
