"""What clients may do to the server, by mistake or on purpose: it serves on."""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import threading
import time

import pytest

from support.raw import malformed_request, opened, post_head, swallow
from support.server import running_server
from support.web import FABIA

BODY = json.dumps(FABIA).encode()
CASES = int(os.environ.get("CASES", "150"))
"""`make fuzz` asks for more."""


@pytest.fixture(scope="module")
def server(trained_artifacts, tmp_path_factory):
    with running_server(trained_artifacts, tmp_path_factory.mktemp("hard"), body_timeout_s="4") as found:
        yield found


def serves(server) -> None:
    server.forget_connection()
    assert server.ask("POST", "/predict/price", FABIA)[0] == 200
    assert server.ask("GET", "/info/status")[0] == 200


def test_two_hundred_clients_that_send_no_body_hold_nobody_up_and_are_told_so(server):
    with contextlib.ExitStack() as open_ones:
        slow = []
        for _ in range(10):
            crowd = [open_ones.enter_context(opened(server)) for _ in range(20)]
            for client in crowd:
                client.sendall(post_head(len(BODY)))
            slow += crowd
            serves(server)
            time.sleep(0.1)  # a crowd that comes at once is refused before anybody can tell that it is slow
        for _ in range(10):
            serves(server)
        slow[-1].sendall(BODY)
        answers = [client.recv(12) for client in slow]
    assert answers[-1] == b"HTTP/1.1 200"
    assert set(answers[:-1]) <= {b"HTTP/1.1 408", b"HTTP/1.1 503"}
    assert b"HTTP/1.1 408" in answers


def test_two_hundred_clients_that_send_half_a_head_hold_nobody_up(server):
    with contextlib.ExitStack() as open_ones:
        for _ in range(200):
            open_ones.enter_context(opened(server)).sendall(b"POST /predict/price HTTP/1.1\r\nHost: x\r\nX-A: ")
        serves(server)


@pytest.mark.parametrize("deeper", [b"[", b'{"make":'])
def test_deep_json_is_refused(server, deeper):
    status, _, problem = server.ask_raw("POST", "/predict/price", deeper * 100_000)
    assert (status, json.loads(problem)["code"]) == (400, "too_deep")
    serves(server)


def test_a_body_of_a_hundred_megabytes_is_refused(server):
    megabyte = b" " * 1_000_000
    with opened(server) as client, contextlib.suppress(OSError):
        client.sendall(post_head(100 * len(megabyte)))
        for _ in range(100):
            client.sendall(megabyte)
    serves(server)
    status, _, problem = server.ask_raw("POST", "/predict/price", b" " * 5_000_000)
    assert (status, json.loads(problem)["code"]) == (413, "body_too_large")
    serves(server)


def test_malformed_requests_get_an_answer_of_400_to_499_or_none(server):
    dice = random.Random(7)
    for _ in range(CASES):
        sent = malformed_request(dice, BODY)
        status = swallow(server, sent)
        assert status is None or status < 500, sent
    serves(server)


def test_more_than_it_can_take_gets_503_at_once_and_the_probes_an_answer(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, max_waiting="2", threads="1") as server:
        batch = json.dumps([FABIA] * 1_000).encode()
        statuses: list[tuple[int, str | None]] = []

        def ask() -> None:
            for _ in range(6):
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                connection.request("POST", "/predict/batch", batch, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                statuses.append((answer.status, answer.headers["Retry-After"]))
                connection.close()

        clients = [threading.Thread(target=ask) for _ in range(12)]
        for client in clients:
            client.start()
        probes = [server.ask("GET", "/info/status")[0] for _ in range(10)]
        for client in clients:
            client.join()
        assert set(probes) == {200}
        assert set(statuses) == {(200, None), (503, "1")}
        serves(server)


def test_it_stops_under_load_without_losing_a_request(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, workers="2", stop_wait_s="1") as server:
        found, done = [], threading.Event()

        def keep_asking() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            while not done.is_set():
                try:
                    connection.connect()
                except OSError:
                    return  # it listens no more
                try:
                    connection.request("POST", "/predict/price", BODY, {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    answer.read()
                    found.append(answer.status)
                except (OSError, http.client.HTTPException) as error:
                    found.append(repr(error))
                connection.close()

        clients = [threading.Thread(target=keep_asking) for _ in range(4)]
        for client in clients:
            client.start()
        time.sleep(0.3)
        server.forget_connection()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert server.ask("GET", "/health/ready")[0] == 503
        server.forget_connection()
        assert server.ask("GET", "/health/live")[0] == 200
        server.forget_connection()
        assert server.process.wait(30) == 0
        done.set()
        for client in clients:
            client.join()
    # A connection that the system accepted after the last was taken from it is closed without having been read.
    assert found.count(200) >= len(found) - len(clients)
    assert len(found) > 10


def test_killed_workers_cost_a_retrying_client_nothing(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, workers="2") as server:
        for _ in range(2):
            os.kill(server.workers()[0], signal.SIGKILL)
            failures = 0
            for _ in range(50):
                try:
                    assert server.ask("POST", "/predict/price", FABIA)[0] == 200
                    failures = 0
                except (OSError, http.client.HTTPException):
                    failures += 1
                    assert failures < 3
                server.forget_connection()
            deadline = time.monotonic() + 20
            while len(server.workers()) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)


def test_while_no_worker_lives_connections_wait_for_the_next(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, workers="2") as server:
        server.wait_for("/info/status", 200)
        server.forget_connection()
        before = server.workers()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        while set(before) & set(server.workers()):
            time.sleep(0.01)
        for _ in range(20):
            assert server.ask("POST", "/predict/price", FABIA)[0] in (200, 503)  # its model may be loading
            server.forget_connection()
        server.wait_for("/info/status", 200)


def test_an_unread_answer_holds_nobody_up(server):
    with contextlib.ExitStack() as open_ones:
        for _ in range(20):
            client = open_ones.enter_context(opened(server))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
            client.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
        serves(server)
