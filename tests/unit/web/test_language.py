import re

import pytest

from car_price_prediction.web.language import DEFAULT, languages
from car_price_prediction.web.rendering import STATIC

WEB = STATIC.parent
NAMES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("code", set(languages()) - {DEFAULT})
def test_every_catalogue_says_the_same_with_the_same_values(code):
    english, other = languages()[DEFAULT].texts, languages()[code].texts
    assert set(other) == set(english)
    assert {key for key in english if sorted(NAMES.findall(english[key])) != sorted(NAMES.findall(other[key]))} == set()
    assert all(text.strip() for text in other.values())


def test_every_text_is_said_somewhere():
    said = "\n".join(path.read_text() for kind in ("*.py", "templates/*.html") for path in WEB.glob(kind))
    keys = {key for key in languages()[DEFAULT].texts if not key.startswith("language.")}
    made_of_two = {re.escape(start) for start in re.findall(r'"([a-z_]+\.(?:[a-z_]+\.)?)["{]', said)}
    dead = [key for key in keys if f'"{key}"' not in said and f"'{key}'" not in said]
    dead = [key for key in dead if not re.match("|".join(made_of_two), key)]
    cars = {key for key in dead if key.startswith("cars.") and f'"{key[5:]}"' in said}
    assert sorted(set(dead) - cars) == []


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "fr", "en"),
        ("", None, "en"),
        ("?lang=de", "en", "de"),
        ("?lang=en", "de", "en"),
        ("?lang=xx", "de", "de"),
    ],
)
def test_the_address_names_the_language_and_else_the_browser(client, asked, accepted, spoken):
    answer = client.get(f"/{asked}", headers={"Accept-Language": accepted} if accepted else {})
    assert f'<html lang="{spoken}"' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_links_keep_a_language_that_the_address_names(client):
    assert 'href="/model?lang=de"' in client.get("/?lang=de").text
    assert 'href="/model"' in client.get("/", headers={"Accept-Language": "de"}).text


def test_the_other_language_is_one_of_the_same_car(client):
    assert 'href="/?make=Kia&amp;year=2015&amp;lang=de"' in client.get("/?make=Kia&year=2015").text


def test_german_says_problems_and_warnings_in_german(client):
    page = client.get("/?lang=de&make=Skoda&year=3000").text
    assert "3000 kann nicht stimmen: erwartet wird 1885 bis" in page
    page = client.get("/?lang=de&make=Trabant&year=2015&mileage=900000").text
    assert "Marke „Trabant“ kam in den Anzeigen nicht oder nur einmal vor." in page
    assert "Kilometerstand liegt außerhalb dessen, was die Anzeigen zeigen: 1.500\xa0km bis 159.325\xa0km." in page
