import re

import jsonschema
import pytest
from openapi_spec_validator import validate

from support.web import FABIA, client_of


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def schema_of(document, name):
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def accepts(document, name, value):
    return jsonschema.Draft202012Validator(schema_of(document, name)).is_valid(value)


def test_it_is_valid_openapi(document):
    validate(document)


def test_it_is_valid_without_a_model():
    document = client_of(None).get("/openapi.json").json
    validate(document)
    assert "mileage_km" in document["components"]["schemas"]["Listing"]["properties"]


def test_every_call_is_described(client, document):
    shown = {"/", "/choices", "/cars", "/model", "/api/docs", "/openapi.json", "/static/<path:filename>"}
    served = {re.sub(r"<(\w+)>", r"{\1}", str(rule)) for rule in client.application.url_map.iter_rules()}
    assert set(document["paths"]) == served - shown


@pytest.mark.parametrize(
    "car",
    [
        FABIA,
        {"make": "Audi", "mileage_km": 5},
        {"model": "A4", "year": 2010, "make": None},
        {"make": "A", "year": 2000, "owners": 2},
        {"make": "A", "year": 2000, "asking_price": 9_500},
    ],
)
def test_what_it_allows_is_priced(client, document, car):
    assert accepts(document, "Listing", car)
    assert client.post("/predict/price", json=car).status_code == 200


@pytest.mark.parametrize(
    "car",
    [
        {},
        [],
        {"make": "Audi"},
        {"make": None, "year": 2010},
        {"make": "Audi", "year": "2010"},
        {"make": "Audi", "year": 3000},
        {"make": "", "year": 2010},
        {"make": "Audi", "year": 2010, "bogus": 1},
        {"make": "Audi", "year": 2010, "mileage_km": -1},
        {"make": "a" * 201, "year": 2010},
        {"make": "Audi", "year": 2010, "asking_price": 0},
    ],
)
def test_what_it_forbids_is_refused(client, document, car):
    assert not accepts(document, "Listing", car)
    assert client.post("/predict/price", json=car).status_code == 422


@pytest.mark.parametrize(
    ("path", "name"),
    [("/info/status", "StatusAnswer"), ("/info/features", "FeaturesAnswer"), ("/health/ready", "HealthAnswer")],
)
def test_answers_are_as_it_says(client, document, path, name):
    jsonschema.validate(client.get(path).json, schema_of(document, name))


def test_quotes_and_problems_are_as_it_says(client, document):
    jsonschema.validate(
        client.post("/predict/price", json=FABIA | {"make": "?"}).json, schema_of(document, "QuoteAnswer")
    )
    batch = client.post("/predict/batch", json=[FABIA, {}, {"make": 3}]).json
    jsonschema.validate(batch, schema_of(document, "BatchAnswer"))
    for problem in (client.get("/nope").json, client.post("/predict/price", json={"x": 1}).json):
        jsonschema.validate(problem, schema_of(document, "ProblemAnswer"))


def test_all_that_may_be_asked_for_is_as_it_says(client, document):
    query = "explain=1&comparables=5&what_if=mileage_km,year"
    schema = schema_of(document, "QuoteAnswer")
    for car in (FABIA, FABIA | {"asking_price": 9_000}, FABIA | {"make": "?", "asking_price": 9_000}):
        jsonschema.validate(client.post(f"/predict/price?{query}", json=car).json, schema)
    strict = client.post("/predict/price?strict=1", json=FABIA | {"make": "?"}).json
    jsonschema.validate(strict, schema_of(document, "ProblemAnswer"))


def test_every_parameter_is_described(document):
    one, many = (document["paths"][path]["post"]["parameters"] for path in ("/predict/price", "/predict/batch"))
    assert [parameter["name"] for parameter in one] == ["explain", "comparables", "what_if", "strict"]
    assert [parameter["name"] for parameter in many] == ["strict"]
    assert all(parameter["description"] for parameter in one)


def test_the_headers_of_the_training_file_are_told(document):
    assert '"Mileage km"' in document["components"]["schemas"]["Listing"]["properties"]["mileage_km"]["description"]
