"""Errors as answers: one shape for every problem, RFC 9457 ``application/problem+json``, and a page for people."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from car_price_prediction.domain.errors import (
    AbstainedError,
    CarPriceError,
    FieldProblem,
    InvalidListingError,
    NoModelError,
    ValuationsError,
)

from .headers import REQUEST_ID
from .readers import asked_language
from .retelling import retold
from .trace_context import TRACE_ID

log = logging.getLogger(__name__)

TYPE = "/problems/"
"""Begins the type of every problem; the code ends it. Stable, and resolved against the service's own address."""
PROBLEM_JSON = "application/problem+json"

STATUS: dict[type[CarPriceError], int] = {
    InvalidListingError: 422,
    AbstainedError: 422,
    NoModelError: 503,
    ValuationsError: 503,
}
TITLES = {
    "invalid_listing": "The car cannot be priced as it was sent",
    "abstained": "The car is too little known for a price to rely on",
    "bad_query": "The query cannot be used",
    "no_model": "There is no model to price with",
    "no_drift_yet": "Nothing was compared yet",
    "probe_failed": "The model cannot price",
    "not_json": "The body is not JSON",
    "too_deep": "The body is nested too deeply",
    "not_a_list": "The body is not a list of cars",
    "batch_too_large": "Too many cars at once",
    "body_too_large": "The body is too large",
    "body_too_slow": "The body took too long to arrive",
    "body_incomplete": "The body is incomplete",
    "overloaded": "There is too much to do",
    "stopping": "This server is about to stop",
    "too_many_requests": "Too many requests",
    "wrong_content_type": "The body is not declared as JSON",
    "bad_listings": "The file cannot be priced",
    "no_file": "There is no file in the body",
    "file_too_large": "The file is too large",
    "too_many_rows": "The file has too many rows",
    "no_room": "There is no room for the file",
    "busy": "Too much is being done already",
    "no_such_job": "There is no such job",
    "job_not_done": "The job is not done",
    "job_not_startable": "The job cannot be started",
    "bad_start": "The job cannot be started so",
    "too_many_jobs": "Too many jobs",
    "valuations_not_kept": "Valuations are not kept here",
    "valuations_unavailable": "The kept valuations cannot be reached",
    "invalid_outcome": "The outcome cannot be taken",
    "no_such_valuation": "There is no such valuation",
    "key_missing": "An API key is needed",
    "key_unknown": "The API key opens nothing",
    "key_scope": "The API key does not open this",
    "cross_site": "Another site may not do this",
    "internal_error": "Something went wrong here",
}
SHOWN_PATH = 200
"""So much of a path is told; the rest is the sender's."""
MACHINE_PATHS = (
    *("/predict/", "/valuations/", "/outcomes", "/info/", "/health/"),
    *("/openapi.json", "/static/", "/metrics"),
)
"""Nobody reads these in a browser: their problems are JSON, whatever is accepted …"""
FORMS = ("/predict/file",)
"""… but where a form of a page leads."""


class RequestProblem(Exception):  # noqa: N818 - what RFC 9457 calls it
    """A request that is refused before any car is looked at.

    Parameters
    ----------
    status : int
        Of HTTP.
    code : str
        Stable and machine readable; one of `TITLES`.
    detail : str
        What is wrong, in one sentence.
    hint : str, optional
        What to do about it.
    errors : sequence of FieldProblem, optional
        What is wrong with each part of it.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, hint: str = "", errors: Sequence[FieldProblem] = ()
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.hint, self.errors = status, code, detail, hint, errors


def problem_body(
    status: int, code: str, detail: str, *, hint: str = "", errors: Sequence[FieldProblem] = (), **more: Any
) -> dict[str, Any]:
    """Return the members of a problem document; empty ones are left out.

    Examples
    --------
    >>> problem_body(404, "not_found", "There is nothing at /x")
    {'type': '/problems/not_found', 'title': 'Not Found', 'status': 404, 'code': 'not_found',
     'detail': 'There is nothing at /x'}
    """
    body: dict[str, Any] = {
        "type": TYPE + code,
        "title": TITLES.get(code) or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if hint:
        body["hint"] = hint
    if errors:
        body["errors"] = [error.as_dict() for error in errors]
    return body | more


def body_of(error: CarPriceError) -> dict[str, Any]:
    """Return the problem document of one of the product's own errors.

    Examples
    --------
    >>> body_of(NoModelError("artifacts holds no model yet"))["status"]
    503
    """
    status = STATUS.get(type(error), 500)
    if isinstance(error, InvalidListingError):
        count = len(error.problems)
        detail = f"{count} problems: {error}" if count > 1 else str(error)
        return problem_body(status, error.code, detail, errors=error.problems)
    return problem_body(status, error.code, error.message, hint=error.hint)


def problem_response(body: dict[str, Any]) -> Response:
    """Return a problem document as an answer, or as a page where a person asked for one."""
    status = body["status"]
    if is_for_people(request.path) and wants_page():
        answer = Response(render_template("problem.html", problem=body), status, mimetype="text/html")
    else:
        answer = Response(orjson.dumps(_in_asked_language(body)), status, content_type=PROBLEM_JSON)
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        answer.headers["Retry-After"] = "5"
    return answer


def _in_asked_language(body: dict[str, Any]) -> dict[str, Any]:
    """Return a problem document in the language that the request's address names; English without one."""
    language = asked_language()
    if language is None:
        return body
    told = {key: retold(body[key], language) for key in ("detail", "hint") if key in body}
    return body | told | {"title": language.texts.get(f"error.{body['code']}", body["title"])}


def is_for_people(path: str) -> bool:
    """Whether people meet a path's problems in a browser.

    Examples
    --------
    >>> is_for_people("/"), is_for_people("/predict/file"), is_for_people("/predict/price")
    (True, True, False)
    """
    return path in FORMS or not path.startswith(MACHINE_PATHS)


def wants_page() -> bool:
    """Whether the client prefers HTML to JSON."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def handle_problems(app: Flask) -> None:
    """Answer every error of an application with a problem document."""
    app.register_error_handler(RequestProblem, _request_problem)
    app.register_error_handler(CarPriceError, lambda error: problem_response(body_of(error)))
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def _request_problem(error: RequestProblem) -> Response:
    return problem_response(problem_body(error.status, error.code, error.detail, hint=error.hint, errors=error.errors))


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, RequestEntityTooLarge):
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        detail = f"the body is larger than the {limit:,} bytes that are read here"
        return problem_response(problem_body(413, "body_too_large", detail, hint="send fewer cars at once"))
    code = HTTPStatus(status).name.lower()
    details = {
        404: f"there is nothing at {request.path[:SHOWN_PATH]}",
        405: f"{request.method} is not answered at {request.path[:SHOWN_PATH]}",
    }
    hint = "openapi.json lists what there is" if status in details else ""
    answer = problem_response(problem_body(status, code, details.get(status) or str(error.description), hint=hint))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _unexpected(error: Exception) -> Response:
    error_id = secrets.token_hex(8)
    data = {"error_id": error_id, "request_id": request.environ.get(REQUEST_ID), "route": str(request.url_rule)}
    if TRACE_ID in request.environ:
        data["trace_id"] = request.environ[TRACE_ID]
    log.error("request failed", exc_info=error, extra={"data": data})
    detail = "the request could not be answered; the log says why, under this error_id"
    return problem_response(problem_body(500, "internal_error", detail, error_id=error_id))
