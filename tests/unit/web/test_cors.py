import pytest

from car_price_prediction.web.app import RequestLimits, create_app
from car_price_prediction.web.key_file import KeyFile
from car_price_prediction.web.keys import Keyring
from car_price_prediction.web.scopes import Access
from support.web import FABIA, FixedHolder, uploads_of

SHOP = "https://shop.example"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture
def shop(valuer, tmp_path):
    file = KeyFile(tmp_path / "keys.json")
    token = file.add("shop", "price")
    access = Access(Keyring(file), origins=(SHOP,))
    client = create_app(FixedHolder(valuer), uploads_of(), RequestLimits(100_000, 5), access=access).test_client()
    return client, token


def test_by_default_no_other_site_may_read(client):
    answer = client.get("/info/features", headers={"Origin": SHOP})
    assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


def test_a_script_of_a_named_site_is_answered_with_a_key_of_its_own(shop):
    client, token = shop
    sent = {"Origin": SHOP, "Sec-Fetch-Site": "cross-site", "Authorization": f"Bearer {token}"}
    answer = client.post("/predict/price", json=FABIA, headers=sent)
    assert (answer.status_code, answer.headers[ALLOW]) == (200, SHOP)
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_what_browsers_ask_first_needs_no_key(shop):
    client, _ = shop
    answer = client.options(
        "/predict/price",
        headers={"Origin": SHOP, "Access-Control-Request-Method": "POST", "Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, answer.headers[ALLOW]) == (204, SHOP)
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_a_refusal_can_be_read_too(shop):
    client, _ = shop
    answer = client.post("/predict/price", json=FABIA, headers={"Origin": SHOP})
    assert (answer.status_code, answer.headers[ALLOW]) == (401, SHOP)


@pytest.mark.parametrize(
    "origin", ["https://shop.example.evil", "http://shop.example", "https://shop.example:8443", "null", "", "*"]
)
def test_any_other_site_is_not_let_in(shop, origin):
    client, _ = shop
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (client.options("/predict/price", headers=asked), client.get("/", headers={"Origin": origin})):
        assert ALLOW not in answer.headers
        assert "Origin" in answer.headers.getlist("Vary")
