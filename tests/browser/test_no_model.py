"""The page while there is no model, and when one arrives."""

import pytest
from playwright.sync_api import expect

from support.browsing import visiting
from support.model import small_package
from support.server import running_server

pytestmark = pytest.mark.browser


def test_the_page_says_why_and_shows_the_form_once_there_is_a_model(browser, tmp_path):
    with running_server(tmp_path / "artifacts", tmp_path) as server:
        for visit in visiting(browser, server, "phone", "dark"):
            page = visit.go("/")
            expect(page.get_by_role("heading", name="There is no model to price with yet")).to_be_visible()
            small_package(tmp_path / "artifacts")
            expect(page.get_by_role("button", name="Estimate the price")).to_be_visible()
