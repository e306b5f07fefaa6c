"""What makes the numbers of a real server move, and reads them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from support.monitoring import Samples, samples_of, total
from support.raw import opened, post_head
from support.server import Server
from support.web import FABIA

BODY = json.dumps(FABIA).encode()
PRICE = post_head(len(BODY)) + BODY
WAIT_S = 60.0


def scraped(server: Server) -> Samples:
    return samples_of(server.ask_raw("GET", "/metrics")[2].decode())


def wait_until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def price_often(server: Server, times: int) -> None:
    """Ask for a price again and again over one connection."""
    with opened(server) as client, client.makefile("rb") as answers:
        for _ in range(times):
            client.sendall(PRICE)
            assert answers.readline().startswith(b"HTTP/1.1 200")
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)


def flood(server: Server) -> None:
    """Ask until there is no room for the answers that are kept."""
    while not total(scraped(server), "car_price_valuations_total", result="dropped"):
        assert server.ask("POST", "/predict/batch", [FABIA] * 500)[0] == 200
