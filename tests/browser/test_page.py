"""The page in a real browser, on a real server with a real model."""

import re

import pytest
from playwright.sync_api import expect

from support.visited import PAGES, open_page

pytestmark = pytest.mark.browser

WIDER = """() => [...document.querySelectorAll("body, body *")].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  const scrolls = one.closest(".scroll, .hidden, .skip, svg, canvas");
  return width > 1 && !scrolls && (left < -1 || right > innerWidth + 1);
}).map((one) => one.outerHTML.slice(0, 80))"""


def describe(page, **typed):
    for label, text in typed.items():
        page.get_by_label(label.capitalize(), exact=True).fill(text)


def submit(page):
    page.get_by_role("button", name="Estimate the price").click()


def test_a_car_is_priced_without_reloading(visit):
    page = visit.go("/")
    page.evaluate("window.sameDocument = true")
    describe(page, make="Skoda", model="Fabia", year="2015", mileage="80000")
    submit(page)
    result = page.locator("#result")
    expect(result.locator("[data-price]")).to_have_text(re.compile(r"€\d{1,3},\d{3}"))
    expect(result).to_contain_text("confidence")
    expect(result).to_contain_text("Comparable listings")
    expect(result).to_contain_text("An asking price, not a sale price")
    expect(result.get_by_role("img")).to_be_visible()
    expect(page.get_by_text("Sample market").first).to_be_visible()
    assert page.evaluate("window.sameDocument") is True


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_is_wider_than_the_screen_from_whichever_side_it_is_read(either, path):
    page = open_page(either, path)
    for direction in ("ltr", "rtl"):
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        assert page.evaluate(WIDER) == []


def test_long_names_are_broken(either):
    name = "Donaudampfschifffahrtsgesellschaftskapitaenswagenmitueberlaenge" * 3
    page = open_page(either, f"/?make={name}&model={name}&year=2015&mileage=80000")
    assert page.evaluate(WIDER) == []


@pytest.mark.parametrize("path", [*PAGES.values(), "/api/docs"], ids=[*PAGES, "docs"])
def test_the_sample_market_is_labelled_on_every_page(desktop, path):
    page = desktop.go(path)
    expect(page.get_by_text("Beispielmarkt" if "lang=de" in path else "Sample market").first).to_be_visible()


def test_a_shared_link_and_back_bring_every_field(desktop):
    page = desktop.go("/")
    page.get_by_text("More about the car").click()
    fields = page.locator("#car [name]")
    typed = {
        "make": "Skoda",
        "model": "Fabia",
        "year": "2015",
        "mileage": "80000",
        "fuel": "Diesel",
        "asking_price": "7900",
    }
    names = set(fields.evaluate_all("all => all.map((one) => one.name)"))
    assert names == set(typed)
    for name, text in typed.items():
        field = page.locator(f"#car [name={name}]")
        field.select_option(text) if name == "fuel" else field.fill(text)
    submit(page)
    expect(page.locator("[data-deal]")).to_be_visible()
    shared, price = page.url, page.locator("[data-price]").text_content()
    page.get_by_role("link", name="Start again").click()
    expect(page.locator("[data-price]")).to_have_count(0)
    page.go_back()
    expect(page.locator("[data-price]")).to_have_text(price)
    page.goto("about:blank")
    page.goto(shared)
    expect(page.locator("[data-price]")).to_have_text(price)
    found = fields.evaluate_all("all => Object.fromEntries(all.map((one) => [one.name, one.value]))")
    assert found == typed


@pytest.mark.parametrize("status", [429, 502, 503])
def test_what_is_too_busy_is_asked_again_and_the_entries_stay(desktop, status):
    page = desktop.go("/?make=Kia&year=2015")
    page.get_by_label("Year", exact=True).fill("2016")
    page.route("**/?make=Kia&year=2016", lambda route: route.fulfill(status=status, body="<h1>Busy</h1>"), times=1)
    submit(page)
    expect(page.get_by_text("This page tries again by itself")).to_be_visible()
    expect(page.locator(".car-name")).to_have_text("Kia, 2016")


def test_text_stands_out_from_what_is_behind_it(visit):
    page = visit.go("/?make=Skoda&year=3000")
    dark = visit.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(map(int, re.findall(r"\d+", background)[:3])) > 384
    assert light != dark


def test_the_address_holds_the_car_and_back_works(desktop):
    page = desktop.go("/")
    describe(page, make="Skoda", model="Fabia", year="2015")
    submit(page)
    page.wait_for_url("**/?make=Skoda&model=Fabia&year=2015")
    first = page.locator("[data-price]").text_content()
    describe(page, year="2012")
    submit(page)
    page.wait_for_url("**year=2012")
    expect(page.locator("[data-price]")).not_to_have_text(first)
    page.go_back()
    expect(page.locator("[data-price]")).to_have_text(first)
    expect(page.get_by_label("Year", exact=True)).to_have_value("2015")


def test_the_models_of_the_make_are_offered(desktop):
    page = desktop.go("/")
    offered = page.locator("#known-model option")
    expect(offered).to_have_count(4)
    page.wait_for_load_state("networkidle")
    page.get_by_label("Make", exact=True).press_sequentially("skoda")
    expect(offered).to_have_count(2)
    assert {option.get_attribute("value") for option in offered.all()} == {"Fabia", "Octavia"}


def test_each_problem_stands_beside_its_field(desktop):
    page = desktop.go("/")
    describe(page, make="Skoda", year="3000", mileage="12o,000")
    submit(page)
    expect(page.get_by_text("3000 is not plausible")).to_be_visible()
    expect(page.get_by_text("“12o,000” cannot be read as a number.")).to_be_visible()
    year = page.get_by_label("Year", exact=True)
    expect(year).to_have_attribute("aria-invalid", "true")
    expect(year).to_be_focused()
    describe(page, year="2015", mileage="12000")
    submit(page)
    expect(page.locator("[data-price]")).to_be_visible()
    expect(page.locator(".problem")).to_have_count(0)
    expect(year).not_to_have_attribute("aria-invalid", "true")


def test_an_empty_form_asks_for_what_is_needed(desktop):
    page = desktop.go("/")
    submit(page)
    expect(page.get_by_text("Tell the make or the model.")).to_be_visible()
    expect(page.get_by_text("Tell the year or the mileage.")).to_be_visible()


def test_further_fields_are_folded_away(desktop):
    page = desktop.go("/")
    fuel = page.get_by_label("Fuel", exact=True)
    expect(fuel).to_be_hidden()
    page.get_by_text("More about the car").click()
    fuel.select_option("Diesel")
    describe(page, make="Kia", year="2015")
    submit(page)
    page.wait_for_url("**fuel=Diesel")
    expect(page.locator("[data-price]")).to_be_visible()


def test_everything_works_by_keyboard(desktop):
    page = desktop.go("/")
    page.get_by_label("Make", exact=True).focus()
    page.keyboard.type("Skoda")
    page.keyboard.press("Escape")
    page.get_by_label("Year", exact=True).focus()
    page.keyboard.type("2015")
    page.keyboard.press("Enter")
    expect(page.locator("[data-price]")).to_be_visible()


def test_a_server_that_is_gone_is_told(desktop):
    page = desktop.go("/")
    describe(page, make="Kia", year="2015")
    page.context.set_offline(True)
    submit(page)
    expect(page.get_by_text("does not answer just now")).to_be_visible()
    page.context.set_offline(False)
    submit(page)
    expect(page.locator("[data-price]")).to_be_visible()


def test_without_javascript_a_car_is_priced(without_script):
    page = without_script.go("/")
    describe(page, make="Skoda", model="Fabia", year="2015", mileage="80000")
    submit(page)
    expect(page.locator("[data-price]")).to_have_text(re.compile("€"))
    expect(page.get_by_label("Mileage", exact=True)).to_have_value("80000")


def test_without_javascript_problems_stand_beside_their_fields(without_script):
    page = without_script.go("/")
    describe(page, make="Skoda", year="3000")
    submit(page)
    expect(page.get_by_text("3000 is not plausible")).to_be_visible()


def test_a_price_comes(desktop):
    page = desktop.go("/")
    describe(page, make="Skoda", year="2015")
    submit(page)
    expect(page.locator("[data-price]")).to_be_visible()


def test_the_documentation_shows_every_call(desktop):
    page = desktop.go("/api/docs")
    calls = page.request.get(f"{desktop.address}/openapi.json").json()["paths"].values()
    count = sum(len(call.keys() & {"get", "post", "delete"}) for call in calls)
    expect(page.locator(".opblock")).to_have_count(count)
    page.locator("#operations-predict-price").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
