"""The card of the model, for people."""

import pytest
from playwright.sync_api import expect

from support.visited import PAGES

pytestmark = pytest.mark.browser


def test_it_tells_how_far_off_the_model_is_and_shows_it(either):
    page = either.go("/model")
    expect(page.get_by_text("Half of the estimates are within")).to_be_visible()
    expect(page.get_by_text("Its ranges promise to hold 90% of the asking prices; they held")).to_be_visible()
    plots = page.locator(".evaluated svg")
    expect(plots).to_have_count(4)
    assert all(plot.bounding_box()["height"] > 150 for plot in plots.all())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_tells_who_let_which_version_answer(desktop):
    page = desktop.go("/model")
    history = page.get_by_role("group", name="Who let which version answer")
    expect(history.get_by_role("row").nth(1)).to_contain_text("a test")
    expect(page.get_by_role("group", name="Versions")).to_contain_text("answers now")


def test_what_the_model_looks_at_is_ordered(desktop):
    page = desktop.go("/model")
    shares = page.locator("section:has(#importance) td").all_text_contents()
    assert sorted((float(share.rstrip("%")) for share in shares), reverse=True) == [
        float(s.rstrip("%")) for s in shares
    ]


@pytest.mark.parametrize("path", [*PAGES.values(), "/api/docs"], ids=[*PAGES, "docs"])
def test_the_sample_market_is_labelled_on_every_page(without_script, path):
    page = without_script.go(path)
    label = "Beispielmarkt" if "lang=de" in path else "Sample market"
    expect(page.locator("header").get_by_text(label)).to_be_visible()
