import json
import math

import pytest

from support.web import FABIA, client_of

JSON = {"Content-Type": "application/json"}


def refusal(answer, status, code):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert (answer.json["status"], answer.json["code"], answer.json["type"]) == (status, code, f"/problems/{code}")
    return answer.json


def test_one_car_gets_a_quote(client):
    answer = client.post("/predict/price", json=FABIA)
    assert answer.status_code == 200
    assert 0 < answer.json["low"] <= answer.json["price"] <= answer.json["high"]
    assert answer.json["currency"] == "EUR"
    assert answer.json["warnings"] == []


def test_headers_of_the_training_file_give_the_same_price(client):
    by_header = {"Make": "Skoda", "Model": "Fabia", "Year": "2015", "Mileage km": "80,000 km"}
    prices = [client.post("/predict/price", json=car).json["price"] for car in (FABIA, by_header)]
    assert prices[0] == prices[1]


def test_an_unseen_make_gets_a_price_with_a_warning_and_a_wider_range(client):
    known, unseen = (client.post("/predict/price", json=FABIA | {"make": make}).json for make in ("Skoda", "Trabant"))
    assert [warning["code"] for warning in unseen["warnings"]] == ["unseen_category"]
    assert (unseen["high"] - unseen["low"]) / unseen["price"] > (known["high"] - known["low"]) / known["price"]


def test_a_field_that_the_model_does_not_use_gets_a_warning(client):
    answer = client.post("/predict/price", json=FABIA | {"owners": 2})
    assert answer.json["warnings"] == [
        {"field": "owners", "code": "not_used", "message": "Owners is not used by this model"}
    ]


def test_a_charset_in_the_content_type_is_fine(client):
    answer = client.post("/predict/price", data=json.dumps(FABIA), content_type="application/json; charset=utf-8")
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"{", b"make=Audi", b"\xff\xfe", b'"', b"{}x"])
def test_what_is_not_json_is_refused(client, body):
    assert "not JSON" in refusal(client.post("/predict/price", data=body, headers=JSON), 400, "not_json")["detail"]


@pytest.mark.parametrize("depth", [33, 1_500, 10_000])
@pytest.mark.parametrize("path", ["/predict/price", "/predict/batch"])
def test_json_nested_too_deeply_is_refused(client, path, depth):
    for body in (b"[" * depth + b"]" * depth, b'{"make":' * depth + b"1" + b"}" * depth):
        found = refusal(client.post(path, data=body, headers=JSON), 400, "too_deep")
        assert found["detail"] == "at most 32 lists and objects may lie within each other"


def test_how_deep_json_may_be_is_a_setting(valuer):
    body = [FABIA | {"make": "[" * 40}, [[1]]]
    assert client_of(valuer, max_depth=3).post("/predict/batch", json=body).status_code == 200
    refusal(client_of(valuer, max_depth=2).post("/predict/batch", json=body), 400, "too_deep")


def test_an_empty_body_is_refused(client):
    found = refusal(client.post("/predict/price", data=b"", headers=JSON), 400, "not_json")
    assert found["detail"] == "the body is empty"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e400"])
def test_a_number_that_json_does_not_know_is_refused_by_the_name_of_its_field(client, number):
    body = f'{{"make": "Skoda", "bogus": 1, "year": {number}}}'
    found = refusal(client.post("/predict/price", data=body, headers=JSON), 422, "invalid_listing")
    assert [(e["field"], e["code"]) for e in found["errors"]] == [("bogus", "unknown_field"), ("year", "not_finite")]


def test_text_that_is_not_unicode_is_refused_by_the_name_of_its_field(client):
    answer = client.post("/predict/price", data=b'{"make": "\\ud800", "year": 2015}', headers=JSON)
    found = refusal(answer, 422, "invalid_listing")
    assert [(e["field"], e["code"]) for e in found["errors"]] == [("make", "wrong_type")]


@pytest.mark.parametrize("number", ["1" + "0" * 400, "123456789012345678901234567890", "1e300", "-1e300", "3000"])
def test_a_huge_number_is_refused_by_the_name_of_its_field(client, number):
    body = f'{{"make": "Skoda", "year": {number}}}'
    found = refusal(client.post("/predict/price", data=body, headers=JSON), 422, "invalid_listing")
    assert [error["field"] for error in found["errors"]] == ["year"]
    assert found["errors"][0]["code"] in ("out_of_range", "not_finite")


def test_a_list_where_a_car_belongs_is_refused(client):
    found = refusal(client.post("/predict/price", json=[FABIA]), 422, "invalid_listing")
    assert found["detail"] == "must be a JSON object, not a list"


def test_every_bad_field_is_named_at_once(client):
    bad = {"make": 7, "year": 3000, "mileage_km": "many", "colour": True, "warp": 9}
    found = refusal(client.post("/predict/price", json=bad), 422, "invalid_listing")
    assert {error["field"] for error in found["errors"]} == set(bad)
    assert all(error["code"] and error["message"] for error in found["errors"])


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_not_said_to_be_json_is_refused(client, content_type):
    answer = client.post("/predict/price", data=json.dumps(FABIA), content_type=content_type)
    assert refusal(answer, 415, "wrong_content_type")["hint"] == "Content-Type: application/json"


def test_a_compressed_body_is_refused(client):
    answer = client.post("/predict/price", data=b"x", headers=JSON | {"Content-Encoding": "gzip"})
    refusal(answer, 415, "wrong_content_type")


@pytest.mark.parametrize("path", ["/predict/price", "/predict/batch"])
def test_a_body_over_the_limit_is_refused(client, path):
    found = refusal(client.post(path, data=b" " * 100_001, headers=JSON), 413, "body_too_large")
    assert "100,000 bytes" in found["detail"]


def test_a_body_at_the_limit_is_read(client):
    body = json.dumps(FABIA).encode()
    assert client.post("/predict/price", data=body.ljust(100_000), headers=JSON).status_code == 200


def test_a_batch_has_a_result_for_each_car_in_order(client):
    cars = [FABIA, {"make": "Kia"}, 3, FABIA | {"year": 3000}, FABIA | {"model": "Octavia"}]
    results = client.post("/predict/batch", json=cars).json["results"]
    assert [("price" in result, "problem" in result) for result in results] == [
        (True, False),
        (False, True),
        (False, True),
        (False, True),
        (True, False),
    ]
    assert results[3]["problem"]["errors"][0]["field"] == "year"
    assert math.isclose(results[0]["price"], client.post("/predict/price", json=FABIA).json["price"])


def test_an_empty_batch_has_no_results(client):
    assert client.post("/predict/batch", json=[]).json == {"results": []}


def test_a_batch_of_bad_cars_alone_is_answered(client):
    assert len(client.post("/predict/batch", json=[{}, {}]).json["results"]) == 2


def test_too_many_cars_are_refused(client):
    refusal(client.post("/predict/batch", json=[FABIA] * 6), 413, "batch_too_large")


@pytest.mark.parametrize("body", [b"{}", b'"x"', b"3", b"null"])
def test_a_batch_that_is_no_list_is_refused(client, body):
    refusal(client.post("/predict/batch", data=body, headers=JSON), 422, "not_a_list")


def test_a_batch_with_nan_is_not_json(client):
    refusal(client.post("/predict/batch", data=b'[{"year": NaN}]', headers=JSON), 400, "not_json")


def test_features_tell_what_a_car_may_be_described_by(client, valuer):
    features = client.get("/info/features").json
    year = next(field for field in features["fields"] if field["name"] == "year")
    assert year["aliases"] == ["Year"]
    assert (year["low"], year["high"]) == (2010, 2020)
    assert features["models_by_make"]["Skoda"] == ["Fabia", "Octavia"]
    assert features["needed"] == [["make", "model"], ["year", "mileage_km"]]
    assert features["model_version"] == valuer.manifest.version


def test_the_card_is_the_model_s(client, valuer):
    card = client.get("/info/model").json
    assert card["version"] == valuer.manifest.version
    assert card["metrics"]["mdape"] == valuer.manifest.metrics["mdape"]


@pytest.mark.parametrize("path", ["/info/features", "/info/model", "/info/status", "/health/ready"])
def test_without_a_model_the_reason_is_told(path):
    answer = client_of(None, problem="artifacts holds no model yet").get(path)
    assert refusal(answer, 503, "no_model")["detail"] == "artifacts holds no model yet"
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("path", ["/predict/price", "/predict/batch"])
def test_without_a_model_nothing_is_priced(path):
    refusal(client_of(None).post(path, json=FABIA), 503, "no_model")


EVERYTHING = "/predict/price?explain=1&comparables=5&what_if=mileage_km,year"


def test_what_is_asked_for_besides_stands_beside_the_same_quote(client):
    plain, full = client.post("/predict/price", json=FABIA).json, client.post(EVERYTHING, json=FABIA).json
    besides = {"breakdown", "nearest", "what_if"}
    assert set(full) - set(plain) == besides
    assert {k: v for k, v in full.items() if k not in besides | {"valuation_id"}} == {
        k: v for k, v in plain.items() if k != "valuation_id"
    }


def test_the_breakdown_adds_up_to_the_price(client):
    answer = client.post("/predict/price?explain=1", json=FABIA).json
    lines = answer["breakdown"]["lines"]
    total = answer["breakdown"]["typical_price"] + sum(line["amount"] for line in lines)
    assert total == pytest.approx(answer["price"], abs=0.01)
    assert 0 < len(lines) <= 8


def test_so_many_comparables_are_given_as_are_asked_for(client):
    answer = client.post("/predict/price?comparables=3", json=FABIA).json
    assert len(answer["nearest"]["listings"]) == 3
    assert answer["nearest"]["among"] == "model"
    assert answer["comparables"] > 3


def test_an_asking_price_is_rated(client):
    deals = [
        client.post("/predict/price", json=FABIA | {"asking_price": asking}).json["deal"] for asking in (1_000, 90_000)
    ]
    assert [deal["grade"] for deal in deals] == ["great", "overpriced"]
    assert deals[0]["difference"] < 0 < deals[1]["difference"]


@pytest.mark.parametrize("asking", [0, -5, "9,500", True, 1e300])
def test_an_asking_price_that_is_none_is_refused_by_name(client, asking):
    found = refusal(client.post("/predict/price", json=FABIA | {"asking_price": asking}), 422, "invalid_listing")
    assert [error["field"] for error in found["errors"]] == ["asking_price"]


def test_a_car_that_is_too_little_known_is_refused_where_that_is_wanted(client):
    stranger = FABIA | {"make": "Trabant", "year": 1962}
    assert client.post("/predict/price", json=stranger).status_code == 200
    found = refusal(client.post("/predict/price?strict=1", json=stranger), 422, "abstained")
    codes = [error["code"] for error in found["errors"]]
    assert codes == ["unknown_make", "far_outside", "few_comparables"]
    results = client.post("/predict/batch?strict=1", json=[FABIA, stranger]).json["results"]
    assert results[0]["price"] > 0
    assert (results[1]["problem"]["code"], results[1]["problem"]["status"]) == ("abstained", 422)


@pytest.mark.parametrize("car", [FABIA, {}])
def test_a_query_that_cannot_be_used_is_refused_before_the_car_is_looked_at(client, car):
    found = refusal(client.post("/predict/price?explain=maybe&bogus=1", json=car), 400, "bad_query")
    assert {error["field"]: error["hint"] for error in found["errors"]} == {
        "explain": "allowed: 1, true, 0, false",
        "bogus": "allowed: explain, comparables, what_if, strict",
    }


def test_the_thresholds_are_published(client):
    found = client.get("/info/model").json["thresholds"]
    assert found["strict"]["comparables_at_least"] == 5
    assert list(found["deal"]) == ["great", "good", "fair", "high", "overpriced"]
    assert found["confidence"]["high"] == {"relative_width_at_most": 0.5, "comparables_at_least": 20}
