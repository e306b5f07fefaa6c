"""HAProxy with the project's own configuration, before replicas that answer what a test tells them to."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

from car_price_prediction.local.ports import free_port

CONFIG = Path(__file__).parents[2] / "deploy" / "haproxy" / "haproxy.cfg"
NAME = "replicas.test"
START_S = 20.0


class NameServer(threading.Thread):
    """A name server that knows one name."""

    def __init__(self, addresses: Callable[[], list[str]]) -> None:
        super().__init__(daemon=True)
        self._addresses = addresses
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def run(self) -> None:
        while True:
            query, client = self._socket.recvfrom(4_096)
            if not query:
                break
            self._socket.sendto(self._answer(query), client)

    def close(self) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self.join(5)
        self._socket.close()

    def _answer(self, query: bytes) -> bytes:
        question = query[12 : query.index(b"\0", 12) + 5]
        addresses = self._addresses() if question[-4:-2] == b"\0\1" else []
        counts = b"\0\1" + len(addresses).to_bytes(2) + b"\0\0\0\0"
        records = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(each) for each in addresses)
        return query[:2] + b"\x81\x80" + counts + question + records


@dataclass
class Replica:
    """A replica; `does` says what becomes of a call that is no probe.

    Attributes
    ----------
    does : int
        The status that it answers, or 0: it hangs up.
    asked : list of tuple of str
        Method, path, and what `X-Forwarded-For` said.
    """

    address: str
    ready: bool = True
    does: int = 200
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Balancer:
    """HAProxy that runs, and what is behind it."""

    port: int
    statistics: int
    admin: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    replicas: list[Replica] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        return asked(self.port, method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def states(self) -> set[tuple[str, str, bool]]:
        """Return which backends know which addresses, and whether they send requests there."""
        with socket.create_connection(("127.0.0.1", self.admin), timeout=5) as connection:
            connection.sendall(b"show servers state\n")
            text = connection.makefile().read()
        rows = [line.split() for line in text.splitlines() if line[:1].isdigit() and " " in line]
        return {(row[1], row[4], row[5] in "12" and row[6] == "0") for row in rows if row[4] != "-"}

    def wait_for(self) -> None:
        """Wait until the balancer sends requests to the ready replicas and to no other."""
        wanted = {(backend, each.address, each.ready) for backend in ("prices", "files") for each in self.replicas}
        deadline = time.monotonic() + START_S
        while (found := self.states()) != wanted:
            assert time.monotonic() < deadline, (found, wanted, self.log.read_text())
            time.sleep(0.05)

    def forget(self) -> None:
        for replica in self.replicas:
            replica.ready, replica.does = True, 200
            replica.asked.clear()


def asked(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = MappingProxyType({})
) -> tuple[int, Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@contextlib.contextmanager
def running_replica(address: str, port: int) -> Iterator[Replica]:
    """Run a replica."""
    replica = Replica(address)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            probe = self.path == "/health/ready"
            status = (200 if replica.ready else 503) if probe else replica.does
            if not probe:
                forwarded = ",".join(self.headers.get_all("X-Forwarded-For", []))
                replica.asked.append((self.command, self.path, forwarded))
            if not status:
                self.close_connection = True
                return
            body = json.dumps({"from": address}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _any  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    class Listener(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 100

        def handle_error(self, *args: Any) -> None:
            # A probe does not wait for the end of its answer.
            pass

    server = Listener((address, port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield replica
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def check(**environ: str) -> str:
    """Return what HAProxy says against the configuration, warnings too."""
    found = subprocess.run(
        ["haproxy", "-c", "-dW", "-f", str(CONFIG)],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if found.returncode == 0 else found.stderr or "invalid"


@contextlib.contextmanager
def running_balancer(folder: Path, count: int) -> Iterator[Balancer]:
    """Run HAProxy before so many replicas, each at an address of its own, found in DNS."""
    balancer = Balancer(free_port(), free_port(), free_port(), folder / "haproxy.log")
    port = free_port()
    names = NameServer(lambda: [replica.address for replica in balancer.replicas])
    environ = os.environ | {
        "BALANCER_BIND": f"127.0.0.1:{balancer.port}",
        "STATISTICS_BIND": f"127.0.0.1:{balancer.statistics}",
        "ADMIN_BIND": f"127.0.0.1:{balancer.admin}",
        "RESOLVER": f"127.0.0.1:{names.port}",
        "REPLICA_NAME": f"{NAME}:{port}",
    }
    with contextlib.ExitStack() as stack:
        balancer.replicas += [stack.enter_context(running_replica(f"127.0.0.{11 + n}", port)) for n in range(count)]
        names.start()
        stack.callback(names.close)
        output = stack.enter_context(balancer.log.open("w"))
        command = ["haproxy", "-W", "-db", "-f", str(CONFIG)]
        balancer.process = process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
        stack.callback(process.wait, 10)
        stack.callback(process.terminate)
        _wait_until_listening(balancer)
        balancer.wait_for()
        yield balancer


def _wait_until_listening(balancer: Balancer) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            balancer.states()
        except OSError:
            assert time.monotonic() < deadline, balancer.log.read_text()
            time.sleep(0.05)
        else:
            return
