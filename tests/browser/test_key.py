"""The page where API keys are in force: the browser asks its user, and the page works from then on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from car_price_prediction.web.key_file import KEYS_FILE, KeyFile
from support.browsing import visiting
from support.server import running_server

pytestmark = pytest.mark.browser


def test_the_page_works_once_its_user_told_the_key(browser: Browser, trained_artifacts: Path, tmp_path: Path) -> None:
    shutil.copytree(trained_artifacts, tmp_path / "artifacts")
    token = KeyFile(tmp_path / "artifacts" / KEYS_FILE).add("desk", "price")
    with running_server(tmp_path / "artifacts", tmp_path) as server:
        for visit in visiting(browser, server, "desktop", "light"):
            assert visit.page.request.get(visit.address + "/").status == 401
        login = {"username": "anyone", "password": token}
        for visit in visiting(browser, server, "desktop", "light", http_credentials=login):
            page = visit.go("/?make=Skoda&year=2015")
            expect(page.locator("[data-price]")).to_be_visible()
            page.get_by_role("textbox", name="Year").fill("2016")
            page.get_by_role("button", name="Estimate the price").click()
            expect(page).to_have_url(re.compile("year=2016"))
            visit.go("/api/docs")
            expect(page.get_by_text("Price one car")).to_be_visible()
