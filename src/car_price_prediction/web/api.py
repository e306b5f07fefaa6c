"""The calls that programs make: price a car or many, ask what the model is and what it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from .asked import FOR_MANY, FOR_ONE, wanted_in
from .current import Desk
from .drain import drain
from .problems import RequestProblem
from .scopes import scope

JSON = "application/json"


def json_answer(value: Any, status: int = 200) -> Response:
    """Return plain values as a JSON answer."""
    return Response(orjson.dumps(value), status, content_type=JSON)


def make_api(desk: Desk, *, max_batch: int, max_body_bytes: int) -> Blueprint:
    """Return the calls below ``/predict`` and ``/info``.

    Parameters
    ----------
    desk : Desk
    max_batch : int
        Most cars in one batch.
    max_body_bytes : int
        A larger body gets 413.
    """
    api = Blueprint("api", __name__)

    @api.post("/predict/price")
    def price() -> Response:
        current = desk.current()
        # The body first, whatever the query: a server hangs up on a client whose body was not read.
        car = read_json(max_body_bytes, current.reader.read)
        quote = current.price(car, wanted_in(request.environ["QUERY_STRING"], FOR_ONE))
        desk.observer.quoted("price", quote)
        return json_answer(quote)

    @api.post("/predict/batch")
    def batch() -> Response:
        current = desk.current()
        cars = read_json(max_body_bytes)
        wanted = wanted_in(request.environ["QUERY_STRING"], FOR_MANY)
        if not isinstance(cars, list):
            raise RequestProblem(422, "not_a_list", "a batch is a JSON list of cars", hint="[{…}, {…}]")
        if len(cars) > max_batch:
            detail = f"{len(cars):,} cars were sent, at most {max_batch:,} are priced at once"
            raise RequestProblem(413, "batch_too_large", detail, hint="send them in several batches")
        results = current.price_many(cars, strict=wanted.strict)
        desk.observer.quoted_many("batch", (result for result in results if "problem" not in result))
        return json_answer({"results": results})

    @api.get("/info/features")
    @scope("page")
    def features() -> Response:
        return json_answer(desk.current().features)

    @api.get("/info/model")
    @scope("page")
    def model() -> Response:
        return json_answer(desk.current().valuer.card())

    return api


def read_json(limit: int, look_closer: Callable[[object], object] | None = None) -> Any:
    """Return the request's body, parsed.

    Parameters
    ----------
    limit : int
        Most bytes.
    look_closer : callable, optional
        Gets a body that is JSON but for numbers such as NaN, and raises what names their fields.

    Raises
    ------
    RequestProblem
        Where it is not JSON, or not said to be.
    RequestEntityTooLarge
    """
    body = _read_body(limit)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if look_closer is not None and "depth" not in error.msg:
            _look_closer(body, look_closer)
        raise RequestProblem(
            400, "not_json", f"the body is not JSON: {error}" if body else "the body is empty"
        ) from None


def _read_body(limit: int) -> bytes:
    environ = request.environ
    if environ.get("CONTENT_TYPE") != JSON and request.mimetype != JSON:
        sent = f'"{request.mimetype[:60]}"' if request.mimetype else "nothing"
        detail = f"the body must be JSON; its Content-Type says {sent}"
        raise RequestProblem(415, "wrong_content_type", detail, hint=f"Content-Type: {JSON}")
    if environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise RequestProblem(415, "wrong_content_type", "compressed bodies are not read", hint="send it as it is")
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    size = int(length) if length.isdecimal() else None  # a chunked body does not tell
    body: bytes = b"" if size is not None and size > limit else stream.read(limit + 1 if size is None else size)
    if max(size or 0, len(body)) > limit:
        drain(stream)
        raise RequestEntityTooLarge
    return body


def _look_closer(body: bytes, look: Callable[[object], object]) -> None:
    """Let numbers that JSON does not know, such as NaN, be refused by the names of their fields."""
    try:
        loose = json.loads(body, parse_int=float)
    except (ValueError, RecursionError):
        return
    if isinstance(loose, dict):
        look(loose)
