"""One visitor of the page in a browser, and everything that a page should not do."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page

from support.server import Server

PHONE, DESKTOP = (390, 844), (1280, 900)


class Visit:
    """A page, and the complaints that it gave reason for."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("request", lambda request: self._look(request.url))

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def _note(self, kind: str, text: str) -> None:
        # Chromium reports every answer above 399 so; refusals are answers like others here.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.complaints.append(f"{kind}: {text}")

    def _look(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.complaints.append(f"asked another host: {url}")


def visiting(browser: Browser, server: Server, size: str, scheme: str, **options: object) -> Iterator[Visit]:
    width, height = PHONE if size == "phone" else DESKTOP
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
    context.set_default_timeout(20_000)
    found = Visit(context, f"http://127.0.0.1:{server.port}")
    yield found
    context.close()
    assert found.complaints == [], found.complaints
