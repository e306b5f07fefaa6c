import socket

import pytest

from car_price_prediction.local.ports import free_port
from car_price_prediction.local.probe import State, _state, ask


def test_nobody_there_is_state_0():
    assert ask("127.0.0.1", free_port(), "/") == State(0)


def test_somebody_who_does_not_speak_http_is_state_0():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        # Waits in the backlog and is never answered.
        assert ask("127.0.0.1", port, "/", timeout_s=0.2) == State(0)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"title": "No model", "detail": "train one"}', "train one"),
        (b'{"title": "No model"}', "No model"),
        (b"<html>", ""),
        (b"[1]", ""),
        (b"\xff", ""),
    ],
)
def test_the_reason_is_the_problems_detail_where_there_is_one(body, reason):
    assert _state(503, body).reason == reason


@pytest.mark.parametrize(
    ("code", "body", "works"),
    [
        (200, b"{}", True),
        (503, b'{"code": "no_model"}', True),
        (503, b'{"code": "probe_failed"}', False),
        (500, b"", False),
    ],
)
def test_a_server_works_that_is_well_or_has_no_model_yet(code, body, works):
    assert _state(code, body).works is works
