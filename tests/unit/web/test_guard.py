"""What stands before the application refuses in the shape that its client asked for."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from car_price_prediction.web.guard import Guard, Limits

BROWSER = {"accept": "text/html,*/*;q=0.8"}


@dataclass
class Asked:
    path: str = "/"
    headers: dict = field(default_factory=dict)
    method: str = "GET"


class Answered:
    def response_bytes(self, status, headers, body):
        self.status, self.headers, self.body = status, dict(headers), body.decode()


@pytest.fixture
def refused():
    def app(environ, start):
        raise AssertionError("nobody is let in")

    guard = Guard(app, Limits(waiting=0), threads=1, stopping=lambda: False)

    def refused(path="/", **headers):
        answer = Answered()
        asked = Asked(path, {k.replace("_", "-"): v for k, v in headers.items()})
        # In a thread of its own: a browser of other tests has a loop in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, guard.__rsgi__(asked, answer)).result()
        assert answer.status == 503
        return answer

    yield refused
    guard.__rsgi_del__(None)


def test_a_program_gets_a_problem(refused):
    answer = refused(accept="*/*")
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["code"] == "overloaded"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Try again"), ("de-AT", "Noch einmal versuchen"), ("fr", "Try again")]
)
def test_a_browser_gets_a_page_in_its_language(refused, language, said):
    answer = refused(**BROWSER, accept_language=language)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert said in answer.body
    assert "/static/page.css?v=" in answer.body


def test_the_form_for_files_leads_to_a_page_and_the_api_to_problems(refused):
    assert "<h1>" in refused("/predict/file", **BROWSER).body
    assert refused("/predict/price", **BROWSER).headers["content-type"] == "application/problem+json"
