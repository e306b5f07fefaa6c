"""The contract of file jobs, kept by a script of answers: for pages, which follow a job over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, Route

JOB_ID = "3f9c2b"
COLUMNS = [
    {"header": "Marke", "field": "make", "unit": None, "example": "Skoda", "reason": "a header word"},
    {"header": "Typ", "field": None, "unit": None, "example": "Fabia", "reason": "no field has such a header"},
    {"header": "Baujahr", "field": "year", "unit": None, "example": "2015", "reason": "a header word"},
    {"header": "km", "field": "mileage_km", "unit": "km", "example": "80.000", "reason": "a unit as header"},
]
PROBLEM = {"row": 2, "values": {"Marke": "Kia", "Baujahr": "3000"}, "problem": "year 3000 is not plausible"}


@dataclass
class FakeJobs:
    """Answers below ``/jobs`` as the service does; a job is done on the third look, and halfway while it is held."""

    refusal: tuple[int, dict[str, Any]] | None = None
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    started_with: Any = None
    looks: int = 0
    held: bool = False
    gone: bool = False
    problems: int = 1

    def serve(self, page: Page) -> None:
        page.route("**/jobs**", self._answer)

    def _answer(self, route: Route) -> None:
        status, body = self._of(route.request)
        route.fulfill(status=status, body=json.dumps(body), headers={"Content-Type": "application/json"})

    def _of(self, request: Request) -> tuple[int, Any]:
        address = urlsplit(request.url)
        if request.method == "POST" and address.path == "/jobs":
            return self._created(request)
        if self.gone:
            return 404, {"code": "no_such_job", "detail": "there is no such job, or it has expired"}
        if request.method == "DELETE":
            self.gone = True
            return 204, None
        if address.path.endswith("/problems"):
            return 200, {"rows": [PROBLEM] * self.problems}
        if address.path.endswith("/start"):
            self.started_with = request.post_data_json
            return 202, self._job("queued", 0)
        return 200, self._looked_at()

    def _created(self, request: Request) -> tuple[int, Any]:
        if self.refusal:
            return self.refusal
        name = parse_qs(urlsplit(request.url).query)["name"][0]
        self.uploads.append((name, request.post_data_buffer or b""))
        return 202, self._job("queued", 0) | {"rows": None, "columns": []}

    def _looked_at(self) -> dict[str, Any]:
        self.looks = min(self.looks + (self.started_with is not None), 1 if self.held else 3)
        states = (("waiting", 0), ("running", 1), ("running", 2), ("done", 3))
        return self._job(*states[self.looks])

    def _job(self, state: str, done: int) -> dict[str, Any]:
        found = {"id": JOB_ID, "state": state, "file": "cars.csv", "rows": 3, "rows_done": done, "columns": COLUMNS}
        found |= {"rows_with_problems": self.problems, "columns_missing": [], "problem": None, "model_version": "1"}
        result = f"/jobs/{JOB_ID}/result" if state == "done" else None
        moments = {"created_at": "2026-01-02T10:00:00Z", "expires_at": "2026-01-03T10:00:00Z"}
        return {**found, "result": result, **moments}
