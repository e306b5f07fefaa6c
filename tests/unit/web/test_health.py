from car_price_prediction.bootstrap import current_valuer
from support.web import client_of


def test_live_without_a_model():
    assert client_of(None).get("/health/live").json == {"status": "live"}


def test_ready_with_a_model(client):
    assert client.get("/health/ready").json == {"status": "ready"}


def test_status_tells_the_model_and_prices_a_probe(client, valuer):
    status = client.get("/info/status")
    assert status.status_code == 200
    assert status.json["status"] == "ok"
    assert status.json["model_version"] == valuer.manifest.version
    assert status.json["probe"]["price"] > 0
    assert status.json["notice"] is None


def test_status_tells_why_a_newer_model_was_refused(valuer):
    assert (
        client_of(valuer, problem="version 2 is damaged").get("/info/status").json["notice"] == "version 2 is damaged"
    )


def test_a_model_that_cannot_price_the_probe_is_not_healthy(trained_artifacts):
    valuer = current_valuer(trained_artifacts)

    def broken() -> None:
        raise ArithmeticError("it is NaN")

    valuer.probe = broken
    answer = client_of(valuer).get("/info/status")
    assert (answer.status_code, answer.json["code"]) == (503, "probe_failed")
    assert "it is NaN" in answer.json["detail"]
