"""What axe-core says of a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe-core" / "axe.min.js"
RUN = """async (off) => {
  const rules = Object.fromEntries(off.map((name) => [name, { enabled: false }]));
  const found = await axe.run(document, { rules, resultTypes: ["violations"] });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}"""


def violations(page: Page, *off: str) -> list[str]:
    """Return the rules that a page breaks, but for those that are off, and where."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    found: list[str] = page.evaluate(RUN, list(off))
    return found
