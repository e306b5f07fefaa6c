"""What the pages weigh: `make test ARGS="--log-cli-level=INFO -k weight"` tells it, and times, which are no promise."""

import logging

import pytest
from playwright.sync_api import expect

from support.visited import CAR, open_page

pytestmark = pytest.mark.browser

log = logging.getLogger(__name__)
MOST_BYTES = 400_000
ROUNDS = 5
EMPTY = "<!doctype html><title>Nothing</title><link rel='icon' href='data:,'><p>Nothing"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
PRICED = """() => new Promise((done) => {
  const start = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => {
    const [asked] = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/?")).slice(-1);
    done([performance.now() - start, asked.responseEnd - asked.startTime]);
  }));
  document.addEventListener("shown", painted, { once: true });
  document.getElementById("car").requestSubmit();
})"""


@pytest.fixture
def transferred(desktop):
    """What came over the network so far, in bytes, as an open list."""
    found = []
    session = desktop.page.context.new_cdp_session(desktop.page)
    session.on("Network.loadingFinished", lambda event: found.append(event["encodedDataLength"]))
    session.send("Network.enable")
    return found


@pytest.mark.parametrize("path", [CAR, "/model", "/cars"])
def test_a_page_with_all_that_it_loads_is_light(desktop, transferred, path):
    page = open_page(desktop, path)
    page.wait_for_load_state("networkidle")
    paint = page.evaluate(FIRST_PAINT)
    log.info(
        "%s: %.0f bytes in %d requests, first paint after %.0f ms", path, sum(transferred), len(transferred), paint
    )
    assert 0 < sum(transferred) < MOST_BYTES


def test_what_was_loaded_once_is_not_loaded_again(desktop, transferred):
    open_page(desktop, CAR).wait_for_load_state("networkidle")
    first = sum(transferred)
    transferred.clear()
    open_page(desktop, CAR).wait_for_load_state("networkidle")
    log.info("again: %.0f bytes", sum(transferred))
    assert sum(transferred) < first / 4


def test_the_charts_library_is_loaded_with_the_first_chart(desktop, transferred):
    page = desktop.go("/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("typeof Chart") == "undefined"
    page.get_by_label("Make", exact=True).fill("Skoda")
    page.get_by_label("Year", exact=True).fill("2015")
    for time in ("first", "again", "again"):
        log.info("price painted %.0f ms after submit, of which the answer took %.0f: %s", *page.evaluate(PRICED), time)
    expect(page.locator("[data-price]")).to_be_visible()
    page.wait_for_function("() => typeof Chart === 'function'")


def test_the_first_paint_is_told_beside_that_of_a_page_with_nothing_on_it(desktop):
    desktop.page.route("**/nothing", lambda route: route.fulfill(body=EMPTY, content_type="text/html"))
    paints = {path: [] for path in ("/nothing", "/", CAR, "/cars", "/model")}
    for _ in range(ROUNDS):
        for path, found in paints.items():
            page = desktop.go(path)
            while not page.evaluate(f"{FIRST_PAINT.partition('.startTime')[0]} !== undefined"):
                page.wait_for_timeout(20)
            found.append(page.evaluate(FIRST_PAINT))
    for path, found in paints.items():
        log.info("%s: first paint after %.0f ms at best, %.0f median", path, min(found), sorted(found)[ROUNDS // 2])
    assert all(len(found) == ROUNDS for found in paints.values())
