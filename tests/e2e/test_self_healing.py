"""Whatever happens to a server inside its container, it is well again by itself; what was stopped stays stopped."""

import contextlib
import socket
import time

import pytest

from support.stack import INTERVAL_S, docker, wait_until
from support.web import FABIA

TRAIN_SMALL = "car-price sample /tmp/market.csv --rows 2000 --seed 2 && car-price train /tmp/market.csv"
ALLOCATE = "data = [bytearray(b'x') * 100_000_000 for _ in range(30)]"


def servers(stack):
    """Return the ids of the supervisor, of the server's main process, and of its workers."""
    found = stack.processes(stack.api)
    supervisor = next(number for number, parent, _ in found if parent == 1)
    main = next(number for number, parent, _ in found if parent == supervisor)
    workers = [number for number, parent, words in found if parent == main and words.rstrip().endswith("serve")]
    return supervisor, main, workers


def send(stack, container, number, *pids):
    stack.run_in(container, f"import os\nfor pid in {list(pids)}: os.kill(pid, {number})", check=False)


def restarts(stack, container):
    return stack.inspect(container)["RestartCount"]


def told(what, since):
    print(f"\n{what}: well again after {time.monotonic() - since:.1f} s, checks every {INTERVAL_S} s")  # noqa: T201


@pytest.mark.parametrize(
    "what", ["main killed", "main stopped", "workers stopped", "a worker stopped", "all killed", "all stopped"]
)
def test_an_api_that_crashed_or_hangs_is_started_anew(well, what):
    before, since = restarts(well, well.api), time.monotonic()
    supervisor, main, workers = servers(well)
    match what:
        case "main killed":
            send(well, well.api, 9, main)
        case "main stopped":
            send(well, well.api, 19, main)
        case "workers stopped":
            send(well, well.api, 19, *workers)
        case "a worker stopped":
            send(well, well.api, 19, workers[0])
        case "all killed":
            send(well, well.api, 9, *workers, main, supervisor)
        case "all stopped":
            send(well, well.api, 19, *workers, main, supervisor)
    wait_until(lambda: restarts(well, well.api) > before, 60, "the container is restarted")
    well.wait_until_priced()
    told(f"API, {what}", since)
    assert well.ask("/predict/price", FABIA)[0] == 200


def test_clients_that_never_send_their_bodies_hold_nobody_up(well):
    before = restarts(well, well.api)
    head = b"POST /predict/price HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", well.port)))
            connection.sendall(head)  # and never the body
        for _ in range(20):
            assert well.ask("/predict/price", FABIA)[0] == 200
            time.sleep(0.2)
    assert restarts(well, well.api) == before


def test_a_worker_that_was_killed_is_replaced_in_place(well):
    before, since = restarts(well, well.api), time.monotonic()
    killed = servers(well)[2][0]
    send(well, well.api, 9, killed)
    wait_until(lambda: len(servers(well)[2]) == 2 and killed not in servers(well)[2], 60, "a new worker is there")
    well.wait_until_priced()
    told("API, a worker killed", since)
    assert restarts(well, well.api) == before


def test_too_much_memory_hurts_for_a_moment_only(well):
    since = time.monotonic()
    well.run_in(well.api, ALLOCATE, check=False)
    well.wait_until_priced()
    told("API, 3 GB allocated", since)
    assert well.ask("/predict/price", FABIA)[0] == 200


@pytest.mark.parametrize("what", ["killed", "stopped"])
def test_mlflow_that_crashed_or_hangs_is_started_anew_and_prices_go_on(well, what):
    before, runs, since = restarts(well, well.mlflow), well.runs(), time.monotonic()
    pids = [number for number, _, _ in well.processes(well.mlflow) if number != 1]
    send(well, well.mlflow, 9 if what == "killed" else 19, *pids)
    wait_until(lambda: restarts(well, well.mlflow) > before, 120, "the container is restarted")
    assert well.ask("/predict/price", FABIA)[0] == 200
    well.wait_until_tracked()
    told(f"MLflow, {what}", since)
    assert well.runs() == runs


def test_without_mlflow_prices_go_on_and_what_is_trained_is_logged_later(well):
    docker("stop", well.mlflow)
    try:
        assert well.ask("/predict/price", FABIA)[0] == 200
        found = well.compose("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", "train", "-euc", TRAIN_SMALL)
        assert "is the challenger" in found
        assert "not logged: MLflow at http://mlflow-server:5000" in found
        assert "`car-price models register` logs it" in found
    finally:
        docker("start", well.mlflow)
    well.wait_until_tracked()
    before = well.runs()
    register = ("run", "--rm", "--no-deps", "-T", "train", "models", "register")
    assert "/runs/" in well.compose(*register)
    assert well.runs() > before
    assert "no version waits" in well.compose(*register)


def test_what_was_stopped_stays_stopped(well):
    well.compose("stop")
    time.sleep(3 * INTERVAL_S)
    assert not well.inspect(well.api)["State"]["Running"]
    assert well.inspect(well.api)["State"]["ExitCode"] == 0
    well.compose("up", "-d")


def test_a_crash_loop_is_visible_and_ends_when_it_is_stopped(well):
    well.compose("up", "-d", "--no-deps", "car-price-api", CAR_PRICE_WORKERS="none")
    try:
        wait_until(lambda: restarts(well, well.api) > 1, 60, "it is restarted again and again")
        assert "CAR_PRICE_WORKERS" in docker("logs", "--tail", "5", well.api, check=False) + well.compose(
            "logs", "--tail", "5", "car-price-api"
        )
        well.compose("stop", "car-price-api")
        assert not well.inspect(well.api)["State"]["Running"]
    finally:
        well.compose("up", "-d", "--no-deps", "car-price-api")
