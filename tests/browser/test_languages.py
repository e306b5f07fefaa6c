"""The page in the reader's language, in numbers as well."""

import re

import pytest
from playwright.sync_api import expect

from support.browsing import visiting
from support.visited import CAR, open_page

pytestmark = pytest.mark.browser


@pytest.fixture
def german(browser, server):
    yield from visiting(browser, server, "phone", "light", locale="de-AT")


def test_the_browsers_language_is_spoken(german):
    page = german.go("/")
    expect(page.get_by_role("heading", name="Was ist dieses Auto wert?")).to_be_visible()
    page.get_by_label("Marke", exact=True).fill("Skoda")
    page.get_by_label("Baujahr", exact=True).fill("3000")
    page.get_by_role("button", name="Preis schätzen").click()
    expect(page.get_by_text("3000 kann nicht stimmen: erwartet wird 1885 bis")).to_be_visible()
    page.get_by_label("Baujahr", exact=True).fill("2015")
    page.get_by_role("button", name="Preis schätzen").click()
    expect(page.locator("[data-price]")).to_have_text(re.compile(r"^\d{1,3}\.\d{3}\s€$"))


def test_another_language_is_chosen_for_the_same_car_and_stays(desktop):
    page = open_page(desktop, CAR)
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_label("Marke", exact=True)).to_have_value("Skoda")
    page.get_by_label("Baujahr", exact=True).fill("2012")
    page.get_by_role("button", name="Preis schätzen").click()
    expect(page.locator(".car-name")).to_contain_text("2012, 80.000\N{NO-BREAK SPACE}km")
    page.get_by_role("link", name="Das Modell").click()
    expect(page.get_by_role("heading", name="Wie weit es danebenliegt")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="How far off it is")).to_be_visible()
