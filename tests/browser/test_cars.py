"""Many cars: a file is dropped, understood, corrected, priced, and fetched. The jobs' contract is kept by a fake."""

import pytest
from playwright.sync_api import expect

from support.fake_jobs import JOB_ID, FakeJobs

pytestmark = pytest.mark.browser

FILE = {"name": "cars.csv", "mimeType": "text/csv", "buffer": b"Marke,Typ,Baujahr,km\nSkoda,Fabia,2015,80.000\n"}
DROP = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["Marke\\nKia\\n"], "dropped.csv"));
  document.getElementById("file-form").dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
}"""


def opened(visit, jobs):
    jobs.serve(visit.page)
    return visit.go("/cars")


def test_a_file_is_understood_corrected_and_priced(either):
    jobs = FakeJobs(held=True)
    page = opened(either, jobs)
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    model = page.get_by_role("combobox", name="Model")
    expect(model).to_have_value("")
    expect(page.get_by_role("combobox", name="Make")).to_have_value("Marke")
    model.select_option("Typ")
    expect(page.get_by_role("row").filter(has=model)).to_contain_text("Fabia")
    page.get_by_role("button", name="Price 3 cars").click()
    expect(page.get_by_text("1 of 3 rows")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    jobs.held = False
    expect(page.get_by_role("link", name="Download as CSV")).to_have_attribute(
        "href", f"/jobs/{JOB_ID}/result?format=csv&lang=en"
    )
    expect(page.get_by_role("row").filter(has_text="year 3000 is not plausible")).to_contain_text("Kia")
    expect(page.get_by_text("kept here until")).to_be_visible()
    assert jobs.uploads == [("cars.csv", FILE["buffer"])]
    assert jobs.started_with == {"columns": {"model": "Typ"}}


def test_a_column_is_one_field(desktop):
    jobs = FakeJobs()
    page = opened(desktop, jobs)
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    page.get_by_role("combobox", name="Model").select_option("Marke")
    expect(page.get_by_role("combobox", name="Make")).to_have_value("")
    page.get_by_role("button", name="Price 3 cars").click()
    expect(page.get_by_role("link", name="Download as CSV")).to_be_visible()
    assert jobs.started_with == {"columns": {"make": None, "model": "Marke"}}


def test_a_file_is_dropped(desktop):
    page = opened(desktop, FakeJobs())
    page.evaluate(DROP)
    expect(page.get_by_role("button", name="Price 3 cars")).to_be_visible()


def test_the_address_holds_the_job(desktop):
    jobs = FakeJobs(problems=0)
    page = opened(desktop, jobs)
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    page.get_by_role("button", name="Price 3 cars").click()
    expect(page.get_by_text("All rows are priced.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("All rows are priced.")).to_be_visible()
    jobs.gone = True
    page.reload()
    expect(page.get_by_text("This file is no longer kept here.")).to_be_visible()


def test_a_job_is_cancelled(desktop):
    page = opened(desktop, FakeJobs())
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing of the file is kept.")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (422, {"detail": "notes.txt holds no table", "hint": "send CSV"}, "holds no table; send CSV."),
        (413, {"detail": "the file is larger than 50 MB"}, "Split it, or compress it with gzip."),
        (503, {"detail": "too many files are waiting", "hint": "try again later"}, "try again later"),
        (404, {"detail": "there is nothing at /jobs"}, "This service prices no files here."),
        (500, {}, "The file cannot be priced (500)."),
    ],
)
def test_a_refusal_is_a_sentence(desktop, status, body, said):
    page = opened(desktop, FakeJobs(refusal=(status, body)))
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    expect(page.get_by_role("status")).to_contain_text(said)
    expect(page.get_by_role("progressbar")).to_be_hidden()


def test_a_file_of_60_mb_is_answered_with_a_sentence(desktop, tmp_path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(60_000_000)
    page = desktop.go("/cars")
    page.get_by_label("Drop a file here, or choose one").set_input_files(large)
    expect(page.locator("#job-state.problem")).not_to_be_empty()


def test_a_server_that_restarts_is_waited_for(desktop):
    jobs = FakeJobs()
    page = opened(desktop, jobs)
    page.get_by_label("Drop a file here, or choose one").set_input_files(FILE)
    start = page.get_by_role("button", name="Price 3 cars")
    expect(start).to_be_visible()
    page.unroute_all()
    page.route("**/jobs**", lambda route: route.abort())
    start.click()
    expect(page.get_by_text("This page tries again by itself.")).to_be_visible()
    page.unroute_all()
    jobs.serve(page)
    expect(page.get_by_role("link", name="Download as CSV")).to_be_visible()


def test_without_javascript_the_form_sends_the_file_itself(without_script):
    page = without_script.go("/cars")
    form = page.locator("#file-form")
    expect(form).to_have_attribute("action", "/predict/file?format=csv")
    expect(form).to_have_attribute("enctype", "multipart/form-data")
    expect(page.get_by_text("comes back at once, as CSV")).to_be_visible()
