"""What the balancer's configuration promises, on HAProxy itself and real sockets; skipped where it is not installed."""

import http.client
import json
import shutil
import signal
import ssl
import time

import pytest

from support.balancer import START_S, asked, check, running_balancer
from support.certificate import make_certificate

pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="HAProxy is not installed")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_balancer(tmp_path_factory.mktemp("balancer"), 3) as balancer:
        yield balancer


@pytest.fixture
def balancer(running):
    running.forget()
    running.wait_for()
    return running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def test_the_configuration_is_valid_without_a_warning():
    assert check() == ""
    assert check(TLS_CERTIFICATE="") == ""


def test_a_certificate_turns_tls_on_and_a_missing_one_is_told(certificate):
    assert check(TLS_CERTIFICATE=str(certificate)) == ""
    assert "nowhere.pem" in check(TLS_CERTIFICATE="/nowhere.pem")


def test_every_replica_gets_its_share_and_learns_the_clients_address(balancer):
    for _ in range(30):
        assert balancer.ask("POST", "/predict/price", b"{}", X_Forwarded_For="192.0.2.1")[0] == 200
    assert all(replica.asked for replica in balancer.replicas)
    # The balancer adds what it saw itself; with one trusted proxy, only that counts.
    assert {forwarded for _, _, forwarded in balancer.replicas[0].asked} == {"192.0.2.1,127.0.0.1"}


def test_a_replica_that_is_not_ready_gets_nothing_until_it_is(balancer):
    away = balancer.replicas[0]
    away.ready = False
    balancer.wait_for()
    away.asked.clear()
    assert {balancer.ask("GET", "/info/model")[0] for _ in range(20)} == {200}
    assert away.asked == []
    away.ready = True
    balancer.wait_for()


@pytest.mark.parametrize("does", [0, 503])
def test_a_price_that_one_replica_does_not_give_another_gives(balancer, does):
    bad = balancer.replicas[0]
    bad.does = does
    answers = [balancer.ask("POST", "/predict/price", b'{"make": "Skoda"}') for _ in range(30)]
    assert {status for status, _, _ in answers} == {200}
    assert bad.address not in {json.loads(body)["from"] for _, _, body in answers}
    assert bad.asked


SENT_ONCE = [("POST", "/jobs"), ("GET", "/jobs/1"), ("GET", "/model"), ("GET", "/valuations/1"), ("POST", "/outcomes")]


@pytest.mark.parametrize(("method", "path"), SENT_ONCE)
def test_what_may_change_something_or_take_long_is_sent_once(balancer, method, path):
    for replica in balancer.replicas:
        replica.does = 0
    status, headers, body = balancer.ask(method, path, b"a,b\n" if method == "POST" else None)
    assert status == 502
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["code"] == "bad_gateway"
    assert sum(len(replica.asked) for replica in balancer.replicas) == 1


def test_where_no_replica_is_ready_it_says_so_as_a_problem(balancer):
    for replica in balancer.replicas:
        replica.ready = False
    balancer.wait_for()
    for method, path in (("POST", "/predict/price"), ("POST", "/predict/batch")):
        status, headers, body = balancer.ask(method, path, b"{}")
        assert (status, headers["Content-Type"], headers["Retry-After"]) == (503, "application/problem+json", "1")
        problem = json.loads(body)
        assert (problem["type"], problem["status"]) == ("/problems/service_unavailable", 503)
    assert asked(balancer.statistics, "GET", "/health")[0] == 503


def test_replicas_come_and_go_by_their_names(balancer):
    gone = balancer.replicas.pop()
    balancer.wait_for()
    gone.asked.clear()
    assert {balancer.ask("GET", "/")[0] for _ in range(20)} == {200}
    assert gone.asked == []
    balancer.replicas.append(gone)
    balancer.wait_for()
    for _ in range(30):
        balancer.ask("GET", "/")
    assert gone.asked


def test_it_tells_prometheus_and_people_how_it_is(balancer):
    assert asked(balancer.statistics, "GET", "/health")[0] == 200
    assert b"HAProxy" in asked(balancer.statistics, "GET", "/")[2]
    metrics = asked(balancer.statistics, "GET", "/metrics")[2].decode()
    assert "haproxy_server_check_failures_total" in metrics
    # Those of one replica, whichever it is, would mean nothing.
    assert json.loads(balancer.ask("GET", "/metrics")[2])["code"] == "not_found"


def test_its_log_has_what_went_wrong_and_no_address_path_or_query(balancer):
    balancer.replicas[0].does = balancer.replicas[1].does = balancer.replicas[2].does = 0
    balancer.ask("POST", "/jobs?secret=1", b"x")
    lines = [json.loads(line) for line in balancer.log.read_text().splitlines() if line.startswith('{"time"')]
    assert lines[-1]["status"] == 502
    assert lines[-1]["backend"] == "files"
    text = "\n".join(json.dumps(line) for line in lines)
    assert "secret" not in text
    assert "/jobs" not in text
    assert "127.0.0.1" not in text


def test_a_changed_configuration_is_taken_up_while_it_runs(balancer):
    loaded = balancer.log.read_text().count("Loading success")
    balancer.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + START_S
    while balancer.log.read_text().count("Loading success") == loaded:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    balancer.wait_for()
    assert balancer.ask("POST", "/predict/price", b"{}")[0] == 200


def test_by_tls_where_a_certificate_is_named(certificate, tmp_path, monkeypatch):
    monkeypatch.setenv("TLS_CERTIFICATE", str(certificate))
    context = ssl.create_default_context(cafile=str(certificate))
    with running_balancer(tmp_path, 1) as balancer:
        connection = http.client.HTTPSConnection("localhost", balancer.port, timeout=10, context=context)
        connection.request("GET", "/info/status")
        assert connection.getresponse().status == 200
        connection.close()
