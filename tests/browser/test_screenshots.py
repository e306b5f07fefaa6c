"""Every page as a picture, for people to look at: below ``build/screenshots``."""

from pathlib import Path

import pytest

from support.fake_jobs import FakeJobs
from support.visited import PAGES, open_page

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"
FILE = {"name": "cars.csv", "mimeType": "text/csv", "buffer": b"Marke\nSkoda\n"}


def keep(visit, name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    visit.page.screenshot(path=FOLDER / f"{name}.png", full_page=True, animations="disabled")
    assert (FOLDER / f"{name}.png").stat().st_size > 10_000


def test_every_page_has_its_picture(visit, request):
    look = request.node.callspec.params["visit"].replace(" ", "-")
    for name, path in PAGES.items():
        open_page(visit, path)
        keep(visit, f"{name}-{look}")


def test_a_file_on_its_way_has_its_pictures(either, request):
    look = request.node.callspec.params["either"].replace(" ", "-")
    jobs = FakeJobs()
    jobs.serve(either.page)
    page = either.go("/cars")
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    page.get_by_role("button", name="Price 3 cars").wait_for()
    keep(either, f"cars-columns-{look}")
    page.get_by_role("button", name="Price 3 cars").click()
    page.get_by_role("link", name="Download as CSV").wait_for()
    keep(either, f"cars-done-{look}")
