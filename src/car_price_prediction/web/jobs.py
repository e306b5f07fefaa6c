"""The calls about jobs: files that take longer than a request should."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request, send_file

from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.jobs.folder import PROBLEMS
from car_price_prediction.jobs.job import STARTABLE, Job, Wish
from car_price_prediction.jobs.runner import LEASE_S, Limits
from car_price_prediction.jobs.store import JobStore

from .api import json_answer
from .current import Desk
from .job_answers import read_start
from .json_body import read_json
from .problems import RequestProblem
from .query import Parameter, choice, flag, number, read_query
from .readers import LANG, asked_language
from .retelling import retold
from .uploads import CONTENT_TYPES, FORMAT, IN_LANGUAGE, NAME, STRICT, FileTooLargeError, Uploads, drained, receive

CREATE: Mapping[str, Parameter] = {
    "name": NAME,
    "strict": STRICT,
    "start": flag("0 only reads the file: the job then waits to be started."),
    LANG: IN_LANGUAGE,
}
SHOW: Mapping[str, Parameter] = {LANG: IN_LANGUAGE}
RESULT: Mapping[str, Parameter] = {
    "format": choice("The format of the file; CSV without it.", FORMAT),
    LANG: IN_LANGUAGE,
}
MOST_SHOWN = 1_000
PROBLEM_ROWS: Mapping[str, Parameter] = {"limit": number("Most rows; 100 without it.", MOST_SHOWN), LANG: IN_LANGUAGE}
START_BYTES = 100_000


class JobCalls:
    """What the calls about jobs do.

    Parameters
    ----------
    desk : Desk
    uploads : Uploads
    """

    def __init__(self, desk: Desk, uploads: Uploads) -> None:
        self._desk, self._folder, self._limits = desk, uploads.folder, uploads.limits
        self._store = JobStore(uploads.folder.database, lease_s=LEASE_S)

    def create(self) -> Response:
        """Take a file."""
        with drained(request):
            return self._create()

    def _create(self) -> Response:
        self._desk.current()
        asked = read_query(request.environ["QUERY_STRING"], CREATE)
        owner = _owner()
        self._check_room(owner)
        job_id = self._folder.new()
        try:
            folder = self._folder.sent(job_id, "x").parent
            path = receive(request, folder, name=asked.get("name"), most=self._limits.most_bytes)
            wish = Wish(price=asked.get("start", True), strict=asked.get("strict", False))
            job = self._store.add(path.name, wish, owner=owner, keep_s=self._limits.keep_s, job_id=job_id)
        except FileTooLargeError:
            self._folder.remove(job_id)
            raise _too_large(self._limits) from None
        except BaseException:
            self._folder.remove(job_id)
            raise
        return _accepted(job)

    def show(self, job_id: str) -> Response:
        """Tell how far a job is."""
        return json_answer(job_body(self._job(job_id)))

    def start(self, job_id: str) -> Response:
        """Start a job that waits, with columns corrected."""
        job = self._job(job_id)
        sent = read_start(read_json(START_BYTES))
        columns = sent.get("columns", {})
        if job.state not in STARTABLE or job.findings is None:
            hint = "only one that waits is started"
            raise RequestProblem(409, "job_not_startable", f"the job is {job.state}", hint=hint)
        _check_columns(columns, job, {info.name for info in self._desk.current().valuer.fields})
        wish = Wish(strict=sent.get("strict", job.wish.strict), columns=job.wish.columns | columns)
        if not self._store.start(job_id, wish):
            raise RequestProblem(409, "job_not_startable", "somebody else has started the job")
        return _accepted(self._job(job_id))

    def result(self, job_id: str) -> Response:
        """Return the priced file."""
        job = self._job(job_id)
        kind = read_query(request.environ["QUERY_STRING"], RESULT).get("format", "csv")
        path = self._done(job) / f"result.{kind}"
        name = f"{job.file.split('.')[0]}-priced.{kind}"
        return send_file(path, CONTENT_TYPES[kind].split(";")[0], as_attachment=True, download_name=name, max_age=0)

    def problems(self, job_id: str) -> Response:
        """Return rows with problems."""
        job = self._job(job_id)
        limit = read_query(request.environ["QUERY_STRING"], PROBLEM_ROWS).get("limit", 100)
        rows = json.loads((self._done(job) / PROBLEMS).read_text(encoding="utf-8"))
        return json_answer({"rows": [row | {"problem": _said(row["problem"])} for row in rows[:limit]]})

    def remove(self, job_id: str) -> Response:
        """Cancel a job, or forget one that is finished."""
        self._job(job_id)
        if not self._store.cancel(job_id):
            self._store.forget(job_id)
        self._folder.remove(job_id)
        return Response(status=204)

    def _job(self, job_id: str) -> Job:
        job = self._store.get(job_id)
        if job is None:
            raise RequestProblem(404, "no_such_job", "there is no such job, or it has expired")
        return job

    def _done(self, job: Job) -> Any:
        if job.state != "done" or job.result is None:
            raise RequestProblem(409, "job_not_done", f"the job is {job.state}", hint=f"GET /jobs/{job.id} tells")
        folder = self._folder.of(job.id) / job.result
        if not folder.is_dir():  # somebody has just deleted it
            raise RequestProblem(404, "no_such_job", "there is no such job any more")
        return folder

    def _check_room(self, owner: str) -> None:
        if self._store.unfinished(owner) >= self._limits.per_client:
            detail = f"{self._limits.per_client} of your jobs are not finished yet"
            raise RequestProblem(429, "too_many_jobs", detail, hint="wait for one, or delete one")
        if self._store.unfinished() >= self._limits.in_all:
            raise RequestProblem(503, "busy", "too many files are waiting to be priced", hint="try again later")
        # A file and what comes of it: the text of every row, and as Parquet.
        if self._folder.room_bytes(self._limits.folder_bytes) < 3 * (request.content_length or 0):
            raise RequestProblem(507, "no_room", "there is no room for the file", hint="delete jobs that are done")


def make_jobs(desk: Desk, uploads: Uploads) -> Blueprint:
    """Return the calls below ``/jobs``."""
    jobs, calls = Blueprint("jobs", __name__), JobCalls(desk, uploads)
    jobs.post("/jobs")(calls.create)
    jobs.get("/jobs/<job_id>")(calls.show)
    jobs.post("/jobs/<job_id>/start")(calls.start)
    jobs.get("/jobs/<job_id>/result")(calls.result)
    jobs.get("/jobs/<job_id>/problems")(calls.problems)
    jobs.delete("/jobs/<job_id>")(calls.remove)
    return jobs


def job_body(job: Job) -> dict[str, Any]:
    """Return a job as plain values."""
    found = job.findings
    columns = found.as_dict()["columns"] if found else ()
    problem = job.problem or (found.problem if found else None)
    return {
        "id": job.id,
        "state": job.state,
        "file": job.file,
        "rows": found.rows if found else None,
        "rows_done": job.rows_done,
        "rows_with_problems": job.rows_with_problems,
        "columns": [column | {"reason": _said(column["reason"])} for column in columns],
        "columns_missing": list(found.columns_missing) if found else [],
        "problem": problem and _said(problem),
        "result": f"/jobs/{job.id}/result" if job.state == "done" else None,
        "created_at": _time(job.created_at),
        "expires_at": _time(job.expires_at),
        "model_version": found.model_version if found else None,
    }


def _said(text: str) -> str:
    """Return a text for people in the language that was asked for."""
    language = asked_language()
    return retold(text, language) if language else text


def _accepted(job: Job) -> Response:
    answer = json_answer(job_body(job), 202)
    answer.headers["Location"] = f"/jobs/{job.id}"
    return answer


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _owner() -> str:
    """Return what tells clients apart, without keeping their addresses."""
    return hashlib.sha256((request.remote_addr or "").encode()).hexdigest()[:16]


def _too_large(limits: Limits) -> RequestProblem:
    detail = f"the file is larger than the {limits.most_bytes:,} bytes that are read here"
    return RequestProblem(413, "file_too_large", detail, hint="compress it, or send it in parts")


def _check_columns(columns: Mapping[str, str | None], job: Job, fields: set[str]) -> None:
    found = job.findings.columns if job.findings else ()
    headers, now = {column.header for column in found}, {column.field: column.header for column in found}
    # A further feature of the training file may be set aside, or stay what it is.
    free = fields & set(BY_NAME)
    allowed = f"allowed: {', '.join(sorted(free))}"
    problems = [
        FieldProblem(f"columns.{field}", "unknown_field", "is no field that can be chosen", allowed)
        for field, header in columns.items()
        if field not in free and not (field in fields and header in (None, now.get(field)))
    ]
    problems += [
        FieldProblem(f"columns.{field}", "unknown_header", f'the file has no column "{header[:80]}"')
        for field, header in columns.items()
        if header is not None and header not in headers
    ]
    if problems:
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise RequestProblem(422, "bad_start", detail, errors=problems)
