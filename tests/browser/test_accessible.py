"""axe-core finds nothing on any page; the rest is done by keyboard."""

import pytest
from playwright.sync_api import expect

from support.axe import violations
from support.visited import CAR, PAGES, open_page

pytestmark = pytest.mark.browser

SWAGGERS_OWN = ("heading-order", "nested-interactive", "region")
"""What Swagger UI's own markup breaks; all else on its page is held."""


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing(either, path):
    assert violations(open_page(either, path)) == []


def test_axe_finds_nothing_in_the_documentation_but_what_swagger_ui_brings(desktop):
    page = desktop.go("/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    assert violations(page, *SWAGGERS_OWN) == []


def test_a_table_is_sorted_by_keyboard(desktop):
    page = open_page(desktop, CAR)
    heading = page.get_by_role("columnheader", name="Asked")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Space")
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(desktop):
    page = desktop.go("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_what_is_drawn_is_also_told(desktop):
    page = open_page(desktop, CAR)
    price = page.locator("[data-price]").text_content()
    expect(page.get_by_role("img", name=f"the estimate is {price}, the asking price €7,900")).to_be_visible()
    expect(page.get_by_role("img", name="Price by mileage. The year")).to_be_visible()
    page.get_by_text("The same as a table").first.click()
    expect(page.get_by_role("rowheader", name="80,000 km (This car)")).to_be_visible()
