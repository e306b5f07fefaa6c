import json
import logging

import pytest

from support.web import FABIA, client_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_an_unknown_address_is_a_problem(client):
    answer = client.get("/nope")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"] == "there is nothing at /nope"


def test_a_wrong_method_is_a_problem_and_says_which_are_right(client):
    answer = client.get("/predict/price")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_a_browser_gets_a_page(client):
    answer = client.get("/nope", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "There is nothing at /nope." in answer.text


@pytest.mark.parametrize("path", ["/predict/nope", "/info/nope"])
def test_below_the_api_a_browser_gets_json(client, path):
    assert client.get(path, headers=BROWSER).content_type == "application/problem+json"


@pytest.mark.parametrize(("asked", "said"), [("", "Is a PDF document"), ("?lang=de", "ist ein PDF-Dokument")])
def test_a_refused_upload_is_a_page_for_a_browser(client, asked, said):
    answer = client.post(f"/predict/file{asked}", data=b"%PDF-1.7", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert said.lower() in answer.text.lower()
    assert 'href="/cars' in answer.text


def test_a_refused_upload_is_json_for_a_program_in_english_unless_it_asks(client):
    answer = client.post("/predict/file", data=b"%PDF-1.7", headers={"Accept-Language": "de"})
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"] == "file is a PDF document, not a table"
    answer = client.post("/predict/file?lang=de", data=b"%PDF-1.7")
    assert answer.json["detail"] == "file ist ein PDF-Dokument, keine Tabelle"
    assert answer.json["title"] == "Die Datei lässt sich nicht bewerten"


def test_what_was_asked_for_is_escaped_on_a_page(client):
    assert "<script>" not in client.get("/<script>alert(1)</script>", headers=BROWSER).text


@pytest.fixture
def broken(valuer, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(valuer, "quote", fail)
    return client_of(valuer)


def test_a_fault_of_ours_shows_no_trace_and_is_found_in_the_log(broken, caplog, monkeypatch):
    # Where the command line ran before, the program's records go to standard error alone.
    monkeypatch.setattr(logging.getLogger("car_price_prediction"), "propagate", True)
    answer = broken.post("/predict/price", json=FABIA)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text
    record = next(record for record in caplog.records if record.exc_info)
    assert record.data["error_id"] == answer.json["error_id"]
    assert record.data["route"] == "/predict/price"


def test_a_fault_of_ours_is_a_page_for_a_browser(broken):
    answer = broken.get("/?make=Skoda&year=2015", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "error_id" in answer.text
    assert "secret words" not in answer.text


def test_a_problem_document_is_plain_json(client):
    assert json.loads(client.get("/nope").data)["title"] == "Not Found"
