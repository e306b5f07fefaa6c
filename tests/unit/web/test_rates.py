import pytest

from car_price_prediction.web.app import RequestLimits, create_app
from car_price_prediction.web.rates import Rates
from support.web import FABIA, FixedHolder, uploads_of


@pytest.fixture
def client_of(valuer):
    def make(limit="3 per hour", storage="memory://", proxies=0):
        rates = Rates(limit, storage)
        app = create_app(FixedHolder(valuer), uploads_of(), RequestLimits(10_000, 10, rates, proxies))
        return app.test_client()

    return make


def statuses(client, count, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return [client.post("/predict/price", json=FABIA, headers=sent).status_code for _ in range(count)]


def test_a_client_that_asks_too_often_is_told_when_to_come_back(client_of):
    client = client_of()
    assert statuses(client, 4) == [200, 200, 200, 429]
    answer = client.post("/predict/price", json=FABIA)
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 3_600


def test_probes_are_not_counted(client_of):
    client = client_of()
    assert {client.get("/health/live").status_code for _ in range(9)} == {200}
    assert statuses(client, 1) == [200]


def test_without_trusted_proxies_nobody_can_pass_for_another(client_of):
    client = client_of()
    found = [statuses(client, 1, X_Forwarded_For=f"10.0.0.{i}")[0] for i in range(4)]
    assert found == [200, 200, 200, 429]


def test_behind_a_proxy_the_last_address_that_it_wrote_counts(client_of):
    client = client_of(proxies=1)
    assert statuses(client, 4, X_Forwarded_For="1.1.1.1, 10.0.0.1") == [200, 200, 200, 429]
    assert statuses(client, 1, X_Forwarded_For="1.1.1.1, 10.0.0.2") == [200]
    assert statuses(client, 1, X_Forwarded_For="2.2.2.2, 10.0.0.1") == [429]


def test_without_a_rate_there_is_no_limit(client_of):
    assert set(statuses(client_of(limit=None), 20)) == {200}


def test_where_redis_does_not_answer_each_worker_counts_for_itself(client_of):
    client = client_of(storage="redis://127.0.0.1:1/0")
    assert statuses(client, 4) == [200, 200, 200, 429]
