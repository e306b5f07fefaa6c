"""A browser, where there is one, and a server with a model for it to look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.browsing import Visit, visiting
from support.model import small_package
from support.server import Server, running_server

expect.set_options(timeout=20_000)  # no test is about time: machines are shared
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next((path for path in map(shutil.which, NAMES) if path), None)
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is on the path")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    small_package(folder / "artifacts", sample=True)
    with running_server(folder / "artifacts", folder) as found:
        yield found


@pytest.fixture(params=["desktop light", "desktop dark", "phone light", "phone dark"])
def visit(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Visit]:
    yield from visiting(browser, server, *request.param.split())


@pytest.fixture(params=["desktop light", "phone dark"])
def either(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Visit]:
    """Both sizes and both schemes, each once."""
    yield from visiting(browser, server, *request.param.split())


@pytest.fixture
def desktop(browser: Browser, server: Server) -> Iterator[Visit]:
    yield from visiting(browser, server, "desktop", "light")


@pytest.fixture
def without_script(browser: Browser, server: Server) -> Iterator[Visit]:
    yield from visiting(browser, server, "phone", "light", java_script_enabled=False)
