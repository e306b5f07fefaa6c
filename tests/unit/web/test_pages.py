import re

import pytest

from car_price_prediction.bootstrap import current_valuer
from support.web import client_of, in_market

CAR = "/?make=Skoda&model=Fabia&year=2015&mileage=80000"


def test_the_page_shows_a_form(client):
    answer = client.get("/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert 'name="make"' in answer.text
    assert "Describe a car" in answer.text
    assert "asking prices, not sale prices" in answer.text.lower()


def test_a_car_in_the_address_gets_a_price(client):
    page = client.get(CAR)
    price = client.post("/predict/price", json={"make": "Skoda", "model": "Fabia", "year": 2015, "mileage_km": 80_000})
    assert page.status_code == 200
    for part in ("price", "low", "high"):
        assert f"€{price.json[part]:,.0f}" in page.text
    assert "confidence" in page.text
    assert "Comparable listings" in page.text
    assert 'value="80000"' in page.text


def test_the_reasons_and_the_nearest_listings_are_told(client):
    page = client.get(CAR).text
    assert "Why this price" in page
    assert "Skoda Fabia rather than BMW 320" in page
    assert "The nearest listings of the same make and model." in page
    assert page.count('scope="row"') > 6


def test_an_asking_price_is_rated(client):
    assert "Great deal" in client.get(f"{CAR}&asking_price=1,000").text
    assert "Not rated" in client.get(f"{CAR}&asking_price=1,000".replace("Skoda", "Trabant")).text
    assert "data-deal" not in client.get(CAR).text


def test_a_problem_stands_beside_its_field(client):
    page = client.get("/?make=Skoda&year=3000")
    assert page.status_code == 422
    assert 'aria-describedby="hint-year problem-year"' in page.text
    assert "3000 is not plausible" in page.text
    assert "data-price" not in page.text


def test_what_makes_the_price_less_sure_is_told(client):
    page = client.get("/?make=Trabant&model=601&year=2015&mileage=900000").text
    assert "was not among the training listings" in page
    assert "Mileage is outside what the training listings show: 1,500\xa0km to 159,325\xa0km." in page


def test_a_market_of_miles_is_told_in_miles(trained_artifacts):
    page = client_of(in_market(trained_artifacts, mileage_unit="mi")).get(CAR.replace("80000", "900000")).text
    assert "932\xa0mi to 99,000\xa0mi." in page


def test_the_sample_market_is_labelled(trained_artifacts):
    label = "Sample market"
    sample, real = (client_of(in_market(trained_artifacts, sample=sample)) for sample in (True, False))
    for path in ("/", CAR):
        assert label in sample.get(path).text
        assert label not in real.get(path).text


def test_a_currency_that_is_not_known_is_not_made_up(trained_artifacts):
    page = client_of(in_market(trained_artifacts, currency=None)).get(CAR).text
    assert "in the currency of the listings" in page
    assert "€" not in page


@pytest.mark.parametrize(
    ("absent", "asked"), [({"make"}, "problem-model"), ({"year"}, "problem-mileage"), ({"make", "model"}, None)]
)
def test_a_needed_field_that_the_model_does_not_use_is_not_asked_for(trained_artifacts, absent, asked):
    valuer = current_valuer(trained_artifacts)
    valuer.fields = tuple(info for info in valuer.fields if info.name not in absent)
    client = client_of(valuer)
    year = "" if "year" in absent else "&year=2015"
    page = client.get(f"/?fuel=Petrol{year}")
    assert (page.status_code, asked is None or asked in page.text) == (422 if asked else 200, True)


def test_without_a_model_the_page_says_why():
    page = client_of(None, problem="artifacts holds no model yet").get("/")
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "Artifacts holds no model yet." in page.text
    assert "car-price train" in page.text


def test_what_was_typed_is_escaped(client):
    page = client.get('/?make="><script>alert(1)</script>&year=2015').text
    assert "<script>alert" not in page


@pytest.mark.parametrize("path", ["/", CAR, "/api/docs", "/nope"])
def test_nothing_is_asked_of_another_host(client, path):
    page = client.get(path, headers={"Accept": "text/html"}).text
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page


@pytest.mark.parametrize("path", ["/", CAR, "/api/docs", "/nope"])
def test_nothing_on_a_page_needs_unsafe_inline(client, path):
    page = client.get(path, headers={"Accept": "text/html"}).text
    assert "style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count("<script src=")


def test_every_file_that_a_page_names_is_there(client):
    for path in ("/", "/api/docs"):
        for url in re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path).text):
            assert client.get(url, buffered=True).status_code == 200
