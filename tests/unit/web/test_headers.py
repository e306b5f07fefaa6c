import pytest

PATHS = ["/", "/nope", "/info/status", "/health/live", "/api/docs", "/openapi.json", "/static/page.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_browsers_what_it_does_not_need(client, path):
    headers = client.get(path, buffered=True).headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_every_answer_has_a_request_id_of_its_own(client):
    first, second = (client.get("/health/live").headers["X-Request-ID"] for _ in range(2))
    assert first
    assert first != second


def test_a_request_id_is_taken_over(client):
    assert client.get("/nope", headers={"X-Request-ID": "order-17"}).headers["X-Request-ID"] == "order-17"


@pytest.mark.parametrize("bad", ["", "a b", "x" * 65, "é"])
def test_a_request_id_that_is_not_short_and_printable_is_replaced(client, bad):
    found = client.get("/health/live", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
    assert found not in ("", bad)


def test_static_files_are_kept_for_a_year_and_answers_are_not(client):
    assert client.get("/static/page.css", buffered=True).headers.getlist("Cache-Control") == [
        "public, max-age=31536000"
    ]
    assert client.get("/").headers.getlist("Cache-Control") == ["no-cache"]


def test_no_cookie_is_set(client):
    assert all("Set-Cookie" not in client.get(path, buffered=True).headers for path in PATHS)
