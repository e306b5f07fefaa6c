"""What the OpenAPI document says of files and jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from car_price_prediction.jobs.runner import Limits

from . import files, jobs
from .job_answers import START
from .problems import PROBLEM_JSON
from .query import described
from .uploads import CONTENT_TYPES, FIELD, MULTIPART

REF = "#/components/schemas/"
PROBLEMS = {
    400: "There is no file in the body, or the query holds what is not allowed",
    404: "There is no such job",
    409: "The job is not in the state for that",
    413: "The file is too large",
    415: "The body is not declared as JSON",
    422: "What was sent cannot be used; the reason is told",
    429: "The client has too many jobs that are not finished",
    503: "There is no model to price with, or too much is being done already",
    507: "There is no room for the file",
}
TAG = {"name": "jobs", "description": "Price files apart from requests"}
JOB_ID = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "description": "The job's id.",
    "schema": {"type": "string"},
}


def file_paths(limits: Limits) -> dict[str, Any]:
    """Return the paths.

    Parameters
    ----------
    limits : Limits
        Of what may be sent.

    Examples
    --------
    >>> list(file_paths(Limits()))[:2]
    ['/predict/file', '/jobs']
    """
    read = (
        "CSV and its kin, JSON or Parquet, also compressed; Excel where it is installed. Adds the columns of a quote."
    )
    at_once = f"At most {limits.at_once_bytes:,} bytes and {limits.at_once_rows:,} rows; a larger file is a job."
    return {
        "/predict/file": {
            "post": call("priceFile", "Price a file of cars", _files(), (400, 413, 422, 503), tag="predict")
            | described(files.QUERY)
            | _upload()
            | {"description": f"{read} {at_once}"}
        },
        "/jobs": {
            "post": call("createJob", "Send a file to be priced", _job(), (400, 413, 429, 503, 507), status="202")
            | described(jobs.CREATE)
            | _upload()
            | {"description": f"At most {limits.most_bytes:,} bytes and {limits.most_rows:,} rows."}
        },
        "/jobs/{job_id}": {
            "parameters": [JOB_ID],
            "get": call("job", "How far a job is", _job(), (404,)) | described(jobs.SHOW),
            "delete": call("removeJob", "Cancel a job, or forget a finished one", None, (404,), status="204"),
        },
        "/jobs/{job_id}/start": {
            "parameters": [JOB_ID],
            "post": call(
                "startJob", "Start a job that waits", _job(), (400, 404, 409, 413, 415, 422, 503), status="202"
            )
            | described(jobs.SHOW)
            | {"requestBody": {"required": True, "content": json_content(START.json_schema())}},
        },
        "/jobs/{job_id}/result": {
            "parameters": [JOB_ID],
            "get": call("jobResult", "The priced file", _files(), (400, 404, 409)) | described(jobs.RESULT),
        },
        "/jobs/{job_id}/problems": {
            "parameters": [JOB_ID],
            "get": call(
                "jobProblems", "Rows with problems", json_content({"$ref": REF + "ProblemRowsAnswer"}), (400, 404, 409)
            )
            | described(jobs.PROBLEM_ROWS),
        },
    }


def call(
    operation: str,
    summary: str,
    content: Mapping[str, Any] | None,
    problems: Iterable[int],
    *,
    status: str = "200",
    tag: str = "jobs",
    texts: Mapping[int, str] = PROBLEMS,
) -> dict[str, Any]:
    """Return what the document says of one call: its answer, and its problems by their status."""
    good = {"description": summary} | ({"content": content} if content else {})
    if status == "202":
        good["headers"] = {"Location": {"description": "Of the job.", "schema": {"type": "string"}}}
    problem = {PROBLEM_JSON: {"schema": {"$ref": REF + "ProblemAnswer"}}}
    bad = {str(code): {"description": texts[code], "content": problem} for code in problems}
    return {"operationId": operation, "tags": [tag], "summary": summary, "responses": {status: good, **bad}}


def json_content(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body that is JSON of a schema."""
    return {"application/json": {"schema": schema}}


def _job() -> dict[str, Any]:
    return json_content({"$ref": REF + "JobAnswer"})


def _files() -> dict[str, Any]:
    return {kind.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for kind in CONTENT_TYPES.values()}


def _upload() -> dict[str, Any]:
    binary = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": [FIELD], "properties": {FIELD: binary}}
    content = {MULTIPART: {"schema": form}, "application/octet-stream": {"schema": binary}}
    return {"requestBody": {"required": True, "content": content}}
