"""API keys and headers as clients of the real server meet them."""

from __future__ import annotations

import shutil
import time

import pytest

from car_price_prediction.cli.main import run_command
from support.server import running_server
from support.web import FABIA

SHOP = "https://shop.example"
OPEN = ("/health/live", "/health/ready", "/info/status")


@pytest.fixture
def key(capsys, tmp_path):
    """Make a key as an operator would, while the server runs."""

    def key(*args):
        capsys.readouterr()
        assert run_command(["keys", *args, "--artifacts", str(tmp_path / "artifacts")]) == 0
        return capsys.readouterr().out.strip()

    return key


@pytest.fixture
def server(trained_artifacts, tmp_path):
    shutil.copytree(trained_artifacts, tmp_path / "artifacts")
    with running_server(tmp_path / "artifacts", tmp_path, workers="2", cors_origins=SHOP, hsts_s="60") as found:
        yield found


def settled(server, status, **headers):
    """Ask until both workers have taken the change up."""
    deadline, streak = time.monotonic() + 20, 0
    while streak < 10:
        assert time.monotonic() < deadline
        server.forget_connection()
        streak = streak + 1 if server.ask("POST", "/predict/price", FABIA, **headers)[0] == status else 0
        time.sleep(0.03)


def test_keys_are_made_rotated_and_removed_while_it_runs(server, key):
    assert server.ask("POST", "/predict/price", FABIA)[0] == 200
    first = key("add", "shop")
    settled(server, 401)
    settled(server, 200, Authorization=f"Bearer {first}")
    second = key("rotate", "shop", "--overlap", "0")
    settled(server, 401, X_API_Key=first)
    settled(server, 200, X_API_Key=second)
    key("add", "desk")
    key("remove", "shop")
    settled(server, 401, X_API_Key=second)
    log = server.log.read_text()
    assert '"key":"shop"' in log
    assert not any(token.split("_", 2)[2] in log for token in (first, second))


def test_every_call_of_the_document_needs_a_key_but_the_probes(server, key):
    token = key("add", "shop")
    settled(server, 401)
    _, document = server.ask("GET", "/openapi.json", X_API_Key=token)
    for path, calls in document["paths"].items():
        for method in calls:
            status = server.ask_raw(method.upper(), path.replace("{", "").replace("}", ""), None)[0]
            assert (status == 401) == (path not in OPEN), (method, path, status)


def test_a_large_body_without_a_key_is_refused_to_a_client_that_sends_all_first(server, key):
    key("add", "shop")
    settled(server, 401)
    status, _, data = server.ask_raw("POST", "/predict/price", b" " * 10_000_000)
    assert status == 401
    assert b"key_missing" in data
    assert server.ask("GET", "/health/live")[0] == 200


def test_named_sites_and_tls(server):
    _, headers, _ = server.ask_raw("GET", "/info/status", Origin=SHOP)
    assert headers["Access-Control-Allow-Origin"] == SHOP
    assert headers["Strict-Transport-Security"] == "max-age=60"
    _, headers, _ = server.ask_raw("GET", "/info/status", Origin="https://evil.example")
    assert headers["Access-Control-Allow-Origin"] is None
