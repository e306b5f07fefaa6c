"""The calls that programs make: price a car or many, ask what the model is and what it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request

from .current import Desk
from .problems import RequestProblem

JSON = "application/json"


def json_answer(value: Any, status: int = 200) -> Response:
    """Return plain values as a JSON answer."""
    return Response(orjson.dumps(value), status, content_type=JSON)


def make_api(desk: Desk, max_batch: int) -> Blueprint:
    """Return the calls below ``/predict`` and ``/info``.

    Parameters
    ----------
    desk : Desk
    max_batch : int
        Most cars in one batch.
    """
    api = Blueprint("api", __name__)

    @api.post("/predict/price")
    def price() -> Response:
        current = desk.current()
        return json_answer(current.price(read_json(current.reader.read)))

    @api.post("/predict/batch")
    def batch() -> Response:
        current = desk.current()
        cars = read_json()
        if not isinstance(cars, list):
            raise RequestProblem(422, "not_a_list", "a batch is a JSON list of cars", hint="[{…}, {…}]")
        if len(cars) > max_batch:
            detail = f"{len(cars):,} cars were sent, at most {max_batch:,} are priced at once"
            raise RequestProblem(413, "batch_too_large", detail, hint="send them in several batches")
        return json_answer({"results": current.price_many(cars)})

    @api.get("/info/features")
    def features() -> Response:
        return json_answer(desk.current().features)

    @api.get("/info/model")
    def model() -> Response:
        return json_answer(desk.current().valuer.card())

    return api


def read_json(look_closer: Callable[[object], object] | None = None) -> Any:
    """Return the request's body, parsed.

    Parameters
    ----------
    look_closer : callable, optional
        Gets a body that is JSON but for numbers such as NaN, and raises what names their fields.

    Raises
    ------
    RequestProblem
        Where it is not JSON, or not said to be.
    """
    if request.mimetype != JSON:
        sent = f'"{request.mimetype[:60]}"' if request.mimetype else "nothing"
        raise RequestProblem(
            415,
            "wrong_content_type",
            f"the body must be JSON; its Content-Type says {sent}",
            hint=f"Content-Type: {JSON}",
        )
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise RequestProblem(415, "wrong_content_type", "compressed bodies are not read", hint="send it as it is")
    body = request.get_data(cache=False)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if look_closer is not None and "depth" not in error.msg:
            _look_closer(body, look_closer)
        raise RequestProblem(
            400, "not_json", f"the body is not JSON: {error}" if body else "the body is empty"
        ) from None


def _look_closer(body: bytes, look: Callable[[object], object]) -> None:
    """Let numbers that JSON does not know, such as NaN, be refused by the names of their fields."""
    try:
        loose = json.loads(body, parse_int=float)
    except (ValueError, RecursionError):
        return
    if isinstance(loose, dict):
        look(loose)
