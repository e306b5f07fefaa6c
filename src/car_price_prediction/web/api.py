"""The calls that programs make: price a car or many, ask what the model is and what it reads."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from .asked import FOR_MANY, FOR_ONE, wanted_in
from .current import Desk
from .json_body import JSON, MAX_DEPTH, read_json
from .problems import RequestProblem
from .scopes import scope


def json_answer(value: Any, status: int = 200) -> Response:
    """Return plain values as a JSON answer."""
    return Response(orjson.dumps(value), status, content_type=JSON)


def make_api(desk: Desk, *, max_batch: int, max_body_bytes: int, max_depth: int = MAX_DEPTH) -> Blueprint:
    """Return the calls below ``/predict`` and ``/info``.

    Parameters
    ----------
    desk : Desk
    max_batch : int
        Most cars in one batch.
    max_body_bytes : int
        A larger body gets 413.
    max_depth : int
        Lists and objects within each other; a deeper body gets 400.
    """
    api = Blueprint("api", __name__)

    @api.post("/predict/price")
    def price() -> Response:
        current = desk.current()
        # The body first, whatever the query: a server hangs up on a client whose body was not read.
        car = read_json(max_body_bytes, current.reader.read, depth=max_depth)
        quote = current.price(car, wanted_in(request.environ["QUERY_STRING"], FOR_ONE))
        desk.observer.quoted("price", quote)
        return json_answer(quote)

    @api.post("/predict/batch")
    def batch() -> Response:
        current = desk.current()
        cars = read_json(max_body_bytes, depth=max_depth)
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
