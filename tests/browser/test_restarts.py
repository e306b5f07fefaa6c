"""The page is open while the service restarts, or loses its model."""

import shutil

import pytest
from playwright.sync_api import expect

from support.browsing import visiting
from support.model import small_package
from support.server import running_server

pytestmark = pytest.mark.browser


def submit(page):
    page.get_by_role("button", name="Estimate the price").click()


def test_a_restart_is_waited_for_and_the_entries_stay(browser, tmp_path):
    artifacts = tmp_path / "artifacts"
    small_package(artifacts)
    with running_server(artifacts, tmp_path) as server:
        for visit in visiting(browser, server, "desktop", "light"):
            page = visit.go("/?make=Kia&year=2015")
            server.stop()
            page.get_by_label("Year", exact=True).fill("2016")
            submit(page)
            expect(page.get_by_text("This page tries again by itself, and your entries stay.")).to_be_visible()
            with running_server(artifacts, tmp_path, port=server.port):
                expect(page.locator(".car-name")).to_have_text("Kia, 2016")
                expect(page.get_by_label("Year", exact=True)).to_have_value("2016")


def test_a_model_that_vanishes_goes_on_answering_until_a_restart_and_is_then_missed(browser, tmp_path):
    artifacts = tmp_path / "artifacts"
    small_package(artifacts)
    with running_server(artifacts, tmp_path) as server:
        for visit in visiting(browser, server, "phone", "dark"):
            page = visit.go("/?make=Kia&year=2015")
            shutil.rmtree(artifacts)
            page.get_by_label("Year", exact=True).fill("2016")
            submit(page)
            expect(page.locator(".car-name")).to_have_text("Kia, 2016")
            expect(page.locator("[data-price]")).to_be_visible()
            server.stop()
            with running_server(artifacts, tmp_path, port=server.port):
                submit(page)
                expect(page.get_by_role("heading", name="There is no model to price with yet")).to_be_visible()
                small_package(artifacts)
                expect(page.locator(".car-name")).to_have_text("Kia, 2016")
