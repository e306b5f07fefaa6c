"""The pages that a visitor meets, by name."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from support.browsing import Visit

CAR = "/?make=Skoda&model=Fabia&year=2015&mileage=80000&asking_price=7900"
PAGES = {
    "home": "/",
    "car": CAR,
    "unknown-car": "/?make=Trabant&model=601&year=1950&mileage=900000&asking_price=2",
    "wrong": "/?make=Skoda&year=3000&mileage=many&asking_price=-1",
    "cars": "/cars",
    "model": "/model",
    "not-found": "/nope",
    "german": f"{CAR}&lang=de",
}
SAYS_DRAWN = """() => [...document.querySelectorAll("canvas[data-chart]")].every(
  (canvas) => window.Chart?.getChart(canvas) && !Chart.getChart(canvas).animating)"""


def open_page(visit: Visit, path: str) -> Page:
    """Open a page and wait until its charts are drawn."""
    page = visit.go(path)
    page.wait_for_function(SAYS_DRAWN)
    expect(page.locator("main")).to_be_visible()
    return page
