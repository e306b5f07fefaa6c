"""What is told about a priced car: the scale, the grade, the reasons, what-if, and the cars like it."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from support.visited import CAR, open_page

pytestmark = pytest.mark.browser

CHARTS = """() => [...document.querySelectorAll("canvas[data-chart]")].map((canvas) => {
  const { datasets } = Chart.getChart(canvas).data;
  const inked = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0);
  return { kind: canvas.dataset.chart, labels: datasets.map(({ label }) => label), inked, own: datasets.at(-1).data };
})"""


def money(text):
    return int(re.sub(r"[^\d-]", "", text.replace("\N{MINUS SIGN}", "-")))


def test_the_price_stands_on_its_range(either):
    page = open_page(either, CAR)
    places = page.evaluate(
        """() => ["rect.range", "circle.mark", "line.asking"].map((name) => {
          const box = document.querySelector(`.scale ${name}`).getBoundingClientRect();
          return [box.left, box.right, document.querySelector(".scale").getBoundingClientRect().right];
        })"""
    )
    (low, high, end), (mark, mark_end, _), (asking, asking_end, _) = places
    assert low < mark < mark_end < high < end + 1
    assert mark_end - 9 < (asking + asking_end) / 2 < end


@pytest.mark.parametrize(("asking", "grade"), [("1000", "Great deal"), ("7700", "Fair price"), ("99000", "Overpriced")])
def test_an_asking_price_gets_its_badge(desktop, asking, grade):
    page = open_page(desktop, CAR.replace("7900", asking))
    expect(page.locator("[data-deal]")).to_contain_text(grade)


def test_the_reasons_add_up_to_the_price(desktop):
    page = open_page(desktop, CAR)
    amounts = [money(text) for text in page.locator("section:has(#why) td").all_text_contents()]
    assert abs(sum(amounts[:-1]) - amounts[-1]) <= len(amounts)
    assert amounts[-1] == money(page.locator("[data-price]").text_content())


def test_the_reasons_hang_together_as_a_waterfall(desktop):
    page = open_page(desktop, CAR)
    bars = page.evaluate(
        """() => [...document.querySelectorAll("section:has(#why) rect")].map((bar) => {
          const { left, right } = bar.getBoundingClientRect();
          return [left, right];
        })"""
    )
    for (left, right), (next_left, next_right) in pairwise(bars[:-1]):
        assert min(abs(a - b) for a in (left, right) for b in (next_left, next_right)) < 2


def test_the_charts_show_the_range_and_this_car(either):
    found = open_page(either, CAR).evaluate(CHARTS)
    assert [(chart["kind"], chart["labels"]) for chart in found] == [
        ("curve", ["Estimate", "Range", "", "This car"]),
        ("curve", ["Estimate", "Range", "", "This car"]),
        ("scatter", ["Listings", "This car"]),
    ]
    assert all(chart["inked"] for chart in found)
    assert [chart["own"][0]["x"] for chart in found] == [80_000, 2015, 80_000]


def test_another_car_gets_charts_of_its_own(desktop):
    page = open_page(desktop, CAR)
    page.get_by_label("Year", exact=True).fill("2012")
    page.get_by_role("button", name="Estimate the price").click()
    page.wait_for_url("**year=2012**")
    expect(page.locator(".car-name")).to_have_text("Skoda Fabia, 2012, 80,000 km")
    page.wait_for_function("() => Object.keys(Chart.instances).length === 3")
    assert page.evaluate(CHARTS)[1]["own"] == [{"x": 2012, "y": money(page.locator("[data-price]").text_content())}]


@pytest.mark.parametrize("column", ["Asked", "Year", "Mileage", "Differs by"])
def test_the_neighbours_are_sorted_by_a_click(desktop, column):
    page = open_page(desktop, CAR)
    heading = page.get_by_role("columnheader", name=column)
    at = page.locator(".neighbours thead th").all_text_contents().index(column)
    for order, backwards in (("ascending", False), ("descending", True)):
        while heading.get_attribute("aria-sort") != order:
            heading.get_by_role("button").click()
        figures = page.locator(f".neighbours tbody td:nth-child({at + 1})").evaluate_all(
            "all => all.map((c) => +c.dataset.by)"
        )
        assert figures == sorted(figures, reverse=backwards)


def test_it_prints_to_one_page(desktop):
    pdf = open_page(desktop, CAR).pdf(format="A4")
    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]


def test_read_from_right_to_left_the_amounts_stand_at_the_left(either):
    page = open_page(either, CAR)
    page.evaluate("document.documentElement.dir = 'rtl'")
    label, amount = (page.locator(f"section:has(#why) {cell}").first.bounding_box() for cell in ("th", "td"))
    assert amount["x"] < label["x"]


def test_the_link_is_copied(desktop):
    desktop.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(desktop, CAR)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(CAR)


def test_without_javascript_reasons_curves_and_neighbours_are_tables(without_script):
    page = without_script.go(CAR)
    expect(page.locator("section:has(#why) table")).to_be_visible()
    page.get_by_text("The same as a table").first.click()
    expect(page.get_by_role("rowheader", name="80,000 km (This car)")).to_be_visible()
    expect(page.locator(".neighbours tbody tr")).to_have_count(10)
