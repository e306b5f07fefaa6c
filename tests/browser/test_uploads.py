"""Files sent to the real service: with its own jobs, by a script and by a form alone."""

import json

import polars as pl
import pytest
from playwright.sync_api import expect

from support.browsing import visiting
from support.model import small_package
from support.server import running_server

pytestmark = pytest.mark.browser

CHOOSE = "Drop a file here, or choose one"
CSV = "make,model,year,mileage_km\nSkoda,Fabia,2015,80000\nKia,Rio,3000,many\nSkoda,Octavia,2016,60000\n"
MB = 1_000_000


def large_file(path, size=60 * MB):
    """Write a file of few cars and many words, as exports with whole descriptions are."""
    words = "well kept, new tyres, one owner, garage, non smoker. " * 100
    row = f'Skoda,Fabia,2015,80000,"{words}"\n'
    with path.open("w") as file:
        file.write("make,model,year,mileage_km,description\n")
        for at in range(size // len(row) + 1):
            file.write(row.replace("80000", str(60_000 + 3 * at)))
    assert path.stat().st_size > size
    return path


@pytest.fixture(scope="module")
def artifacts(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("uploads") / "artifacts"
    small_package(folder, sample=True)
    return folder


@pytest.fixture(scope="module")
def real(artifacts):
    with running_server(artifacts, artifacts.parent, max_job_bytes=str(50 * MB), max_file_bytes=str(MB)) as found:
        yield found


def test_a_file_is_priced_and_its_problems_are_told_in_the_readers_language(browser, real, tmp_path):
    path = tmp_path / "cars.csv"
    path.write_text(CSV)
    for visit in visiting(browser, real, "phone", "dark", locale="de-DE"):
        page = visit.go("/cars")
        page.get_by_label("Datei hierher ziehen, oder auswählen").set_input_files(path)
        expect(page.get_by_role("row").filter(has_text="80000")).not_to_have_count(0)
        expect(page.get_by_role("row").filter(has_text="Marke")).to_contain_text("Überschrift „make“")
        page.get_by_role("button", name="3 Autos bewerten").click()
        expect(
            page.get_by_role("row").filter(has_text="mileage_km „many“ lässt sich nicht als Zahl lesen")
        ).to_be_visible()
        expect(page.get_by_text("Baujahr 3000 kann nicht stimmen")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Als CSV herunterladen").click()
        assert pl.read_csv(download.value.path())["price"].len() == 3


def test_60_mb_are_priced_where_they_are_under_the_limit(browser, artifacts, tmp_path):
    path = large_file(tmp_path / "large.csv")
    with running_server(artifacts, tmp_path) as server:
        for visit in visiting(browser, server, "desktop", "light"):
            page = visit.go("/cars")
            page.get_by_label(CHOOSE).set_input_files(path)
            start = page.get_by_role("button", name="Price 11,")
            start.click(timeout=120_000)
            expect(page.get_by_role("link", name="Download as CSV")).to_be_visible(timeout=120_000)
            expect(page.get_by_text("All rows are priced.")).to_be_visible()


def test_60_mb_over_the_limit_are_refused_with_a_sentence_and_the_page_goes_on(browser, real, tmp_path):
    path, small = large_file(tmp_path / "large.csv"), tmp_path / "small.csv"
    small.write_text(CSV)
    for visit in visiting(browser, real, "desktop", "light"):
        page = visit.go("/cars")
        page.get_by_label(CHOOSE).set_input_files(path)
        expect(page.get_by_role("status")).to_contain_text(
            "The file is too large for this service. Split it, or compress it"
        )
        expect(page.get_by_role("status")).to_contain_text("50,000,000 bytes")
        page.get_by_label(CHOOSE).set_input_files(small)
        expect(page.get_by_role("button", name="Price 3 cars")).to_be_visible()


def without_script(browser, server, **options):
    return visiting(browser, server, "phone", "light", java_script_enabled=False, **options)


def test_without_javascript_the_priced_file_comes_back(browser, real, tmp_path):
    path = tmp_path / "cars.csv"
    path.write_text(CSV)
    for visit in without_script(browser, real):
        page = visit.go("/cars")
        page.get_by_label(CHOOSE).set_input_files(path)
        with page.expect_download() as download:
            page.get_by_role("button", name="Price the file").click()
        assert pl.read_csv(download.value.path())["price"].len() == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.pdf", b"%PDF-1.7 notes", "Notes.pdf is a PDF document, not a table."),
        (
            "words.csv",
            b"colour,dogs\nred,2\nblue,3\n",
            "With JavaScript switched on, its columns can be chosen by hand.",
        ),
        (
            "large.csv",
            b"make,year\n" + b"Kia,2015\n" * 200_000,
            "With JavaScript switched on, this page takes larger files.",
        ),
    ],
)
def test_without_javascript_a_refusal_is_a_page_that_helps(browser, real, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    for visit in without_script(browser, real):
        page = visit.go("/cars")
        page.get_by_label(CHOOSE).set_input_files(tmp_path / name)
        page.get_by_role("button", name="Price the file").click()
        expect(page.get_by_text(said)).to_be_visible()
        page.get_by_role("link", name="Another file").click()
        expect(page.get_by_label(CHOOSE)).to_be_visible()


def test_a_result_that_is_no_longer_kept_is_missed_on_a_page(browser, real):
    for visit in visiting(browser, real, "phone", "light"):
        page = visit.go("/jobs/nobody/result")
        expect(page.get_by_role("heading", name="This file is not kept here")).to_be_visible()
        answer = page.request.get(visit.address + "/jobs/nobody")
        assert json.loads(answer.text())["code"] == "no_such_job"
