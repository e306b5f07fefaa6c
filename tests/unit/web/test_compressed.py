import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize(
    "path", ["/", "/model", "/cars", "/?make=Kia&year=3000", "/static/page.css", "/static/page.js"]
)
def test_pages_and_their_files_are_compressed_where_that_is_read(client, path):
    plain, small = client.get(path, buffered=True), client.get(path, headers=GZIP, buffered=True)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, small):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_refusals_of_gzip_are_heeded(client):
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_what_programs_are_answered_is_not(client):
    for path in ("/info/features", "/health/live", "/info/status"):
        assert "Content-Encoding" not in client.get(path, headers=GZIP).headers


def test_a_file_that_a_browser_has_is_not_sent_again(client):
    first = client.get("/static/page.js", headers=GZIP, buffered=True)
    again = client.get("/static/page.js", headers=GZIP | {"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_a_part_of_a_file_is_sent_as_it_is(client):
    part = client.get("/static/page.js", headers=GZIP | {"Range": "bytes=0-99"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 100)
    assert "Content-Encoding" not in part.headers
