"""A program: the application of a worker process, asked call after call, and then the names of the modules it holds.

The calls come as JSON on standard input: method, path, body or null. What is answered goes to standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field

from car_price_prediction.bootstrap import settings_from_environment
from car_price_prediction.bootstrap_web import guarded_application
from car_price_prediction.web.numbers_folder import prepare_folder

# As `bootstrap_serve.serve_web` imports them before the workers are forked.
from car_price_prediction.web.rendering import compile_templates
from car_price_prediction.web.server import run_server  # noqa: F401


@dataclass
class Asked:
    """A request, as Granian tells of it."""

    method: str
    path: str
    headers: dict[str, str]
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:5000"
    client: str = "127.0.0.1:50000"
    scheme: str = "http"


@dataclass
class Exchange:
    """What Granian gives of a body, and takes as an answer."""

    body: bytes
    status: int = 0
    pieces: list[bytes] = field(default_factory=list)

    async def __call__(self) -> bytes:
        return self.body

    def response_bytes(self, status: int, headers: object, body: bytes) -> None:
        self.status = status

    def response_file(self, status: int, headers: object, file: str) -> None:
        self.status = status

    def response_stream(self, status: int, headers: object) -> Exchange:
        self.status = status
        return self

    async def send_bytes(self, piece: bytes) -> None:
        self.pieces.append(piece)


async def main() -> None:
    """Answer the calls."""
    settings = settings_from_environment()
    assert settings.metrics_folder is not None
    prepare_folder(settings.metrics_folder)
    compile_templates()
    guard = guarded_application(settings, lambda: False)
    statuses = []
    for method, target, body in json.load(sys.stdin):
        path, _, query = target.partition("?")
        sent = body.encode() if body is not None else b""
        kind = {"content-type": "application/json" if sent[:1] in (b"{", b"[") else "text/csv"}
        headers = kind | {"content-length": str(len(sent))} if body is not None else {}
        exchange = Exchange(sent)
        await guard.__rsgi__(Asked(method, path, {"host": "127.0.0.1"} | headers, query), exchange)
        statuses.append(exchange.status)
    guard.__rsgi_del__(asyncio.get_running_loop())
    json.dump({"statuses": statuses, "modules": sorted(sys.modules)}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
