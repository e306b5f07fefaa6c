import base64
import re
from pathlib import Path

import jsonschema
import pytest
from flask import Flask

from car_price_prediction.web.app import RequestLimits, create_app
from car_price_prediction.web.key_file import KeyFile
from car_price_prediction.web.keys import Keyring
from car_price_prediction.web.problems import handle_problems
from car_price_prediction.web.scopes import Access, guard_scopes, scope, scopes_of
from support.web import FABIA, FixedHolder, uploads_of, watched_by

SECURITY = Path(__file__).parents[3] / "docs" / "security.md"


@pytest.fixture
def file(tmp_path):
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def make(valuer, file):
    def make(**access):
        access = Access(Keyring(file, poll_s=0), **access)
        limits = RequestLimits(100_000, 5)
        return create_app(FixedHolder(valuer), uploads_of(), limits, access=access, watched=watched_by()).test_client()

    return make


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_key_opens_in_every_way_it_can_be_sent(make, file):
    token, client = file.add("shop", "price"), make()
    login = base64.b64encode(f"anyone:{token}".encode()).decode()
    for headers in (bearer(token), {"X-API-Key": token}, {"Authorization": f"Basic {login}"}):
        assert client.post("/predict/price", json=FABIA, headers=headers).status_code == 200


def test_without_a_key_a_program_is_told_how_to_send_one(make, file):
    file.add("shop", "price")
    answer = make().post("/predict/price", json=FABIA)
    assert (answer.status_code, answer.json["code"]) == (401, "key_missing")
    assert answer.content_type == "application/problem+json"
    assert answer.headers.getlist("WWW-Authenticate") == ['Bearer realm="car-price"']
    assert "car-price keys add" in answer.json["hint"]


def test_an_unknown_key_is_refused_and_not_repeated(make, file):
    file.add("shop", "price")
    answer = make().post("/predict/price", json=FABIA, headers=bearer("carprice_00000000_guess"))
    assert (answer.status_code, answer.json["code"]) == (401, "key_unknown")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "guess" not in answer.text


def test_a_price_key_does_not_open_what_is_for_admins(valuer, file):
    app = Flask(__name__)
    app.add_url_rule("/admin", "admin", scope("admin")(lambda: "done"))
    handle_problems(app)
    guard_scopes(app, Access(Keyring(file, poll_s=0)))
    price, admin = file.add("shop", "price"), file.add("boss", "admin")
    answer = app.test_client().get("/admin", headers=bearer(price))
    assert (answer.status_code, answer.json["code"]) == (403, "key_scope")
    assert 'error="insufficient_scope", scope="admin"' in answer.headers["WWW-Authenticate"]
    assert app.test_client().get("/admin", headers=bearer(admin)).text == "done"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/info/status", "/static/page.css"])
def test_probes_and_static_files_ask_nobody(make, file, path):
    file.add("shop", "price")
    assert make().get(path, buffered=True).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/docs", "/openapi.json", "/info/features", "/info/model", "/nope"])
def test_everything_else_needs_a_key_even_what_is_not_there(make, file, path):
    token, client = file.add("shop", "price"), make()
    assert client.get(path).status_code == 401
    assert client.get(path, headers=bearer(token)).status_code == (404 if path == "/nope" else 200)


def test_a_browser_asks_its_user(make, file):
    file.add("shop", "price")
    answer = make().get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers.getlist("WWW-Authenticate")[1] == 'Basic realm="car-price", charset="UTF-8"'
    assert "An API key is needed" in answer.text


def test_a_page_that_is_left_open_shows_and_the_rest_stays_closed(make, file):
    file.add("shop", "price")
    client = make(page_open=True)
    assert client.get("/?make=Skoda&year=2015").status_code == 200
    assert client.get("/info/features").status_code == 200
    assert client.post("/predict/price", json=FABIA).status_code == 401


def test_the_page_leads_to_the_documentation_where_the_operator_put_it(make):
    assert ">Documentation<" not in make().get("/").text
    assert '<a href="https://docs.example/">Documentation</a>' in make(docs_url="https://docs.example/").get("/").text


def test_only_names_that_are_the_services_own_are_answered_to(make):
    client = make(hosts=("prices.example", ".shop.example", "localhost"))
    for host, status in (("prices.example", 200), ("a.shop.example:8443", 200), ("localhost:5000", 200), ("evil", 400)):
        assert client.get("/health/live", headers={"Host": host}).status_code == status, host
    assert make().get("/health/live", headers={"Host": "anything.example"}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused_with_keys_or_without(make, file, site):
    sent = {"Sec-Fetch-Site": site, "Origin": "https://evil.example"}
    assert make().post("/predict/price", json=FABIA, headers=sent).json["code"] == "cross_site"
    token = file.add("shop", "price")
    login = base64.b64encode(f"anyone:{token}".encode()).decode()
    answer = make().post("/predict/price", json=FABIA, headers=sent | {"Authorization": f"Basic {login}"})
    assert (answer.status_code, answer.json["code"]) == (403, "cross_site")


def test_a_link_of_another_site_and_a_script_of_this_one_are_answered(make):
    assert make().get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert make().post("/predict/price", json=FABIA, headers=own).status_code == 200


def test_a_refusal_is_as_the_document_says(make, file):
    token, client = file.add("shop", "price"), make()
    document = client.get("/openapi.json", headers=bearer(token)).json
    schema = {"$ref": "#/components/schemas/ProblemAnswer", "components": document["components"]}
    jsonschema.validate(client.post("/predict/price", json=FABIA).json, schema)
    assert set(document["components"]["securitySchemes"]) == {"bearer", "apiKey"}


def test_the_document_and_the_routes_agree_on_what_is_open(make):
    client = make()
    scopes = scopes_of(client.application)
    rules = {re.sub(r"<(\w+)>", r"{\1}", str(r)): scopes[r.endpoint] for r in client.application.url_map.iter_rules()}
    for path, calls in client.get("/openapi.json").json["paths"].items():
        for method in calls.keys() - {"parameters"}:
            assert (calls[method].get("security") == []) == (rules[path] == "open"), path


def test_every_route_and_its_scope_stand_in_the_docs(make):
    client = make()
    scopes = scopes_of(client.application)
    text = SECURITY.read_text()
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint != "static":
            lines = [line for line in text.splitlines() if f"`{rule}`" in line and line.startswith("|")]
            assert any(f"| {scopes[rule.endpoint]} |" in line for line in lines), rule


def test_a_key_for_metrics_opens_them_and_nothing_else(make, file):
    watcher, shop, boss = (file.add(name, name) for name in ("metrics", "price", "admin"))
    client = make()
    assert client.get("/metrics").status_code == 401
    found = {token: client.get("/metrics", headers=bearer(token)).status_code for token in (watcher, shop, boss)}
    assert found == {watcher: 200, shop: 403, boss: 200}
    for call in (client.get("/info/model", headers=bearer(watcher)), client.get("/nothing", headers=bearer(watcher))):
        assert (call.status_code, call.json["code"]) == (403, "key_scope")
    assert make(metrics_open=True).get("/metrics").status_code == 200
