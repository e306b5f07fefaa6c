"""`POST /outcomes`: what cars really sold for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request
from pydantic import ValidationError

from car_price_prediction.domain.errors import FieldProblem, InvalidListingError

from .api import json_answer
from .current import Desk
from .headers import KEY_NAME
from .json_body import read_json
from .kept import Kept
from .kept_answers import SALE
from .problems import RequestProblem, problem_body
from .query import flag, read_query
from .valuations import must_keep

if TYPE_CHECKING:
    from car_price_prediction.valuations.outcomes import Outcome, Taken

QUERY = {"again": flag("1 takes back a correction: what it replaced is told anew.")}
NOTES = {
    "new": "kept",
    "same": "was told before",
    "replaced": "replaces what was told before",
    "superseded": "was corrected before, and is not taken again without again=1",
}
NOT_FOUND = "no kept valuation is found for it yet"


def make_outcomes(desk: Desk, kept: Kept | None, *, most: int, max_body_bytes: int) -> Blueprint:
    """Return ``/outcomes``.

    Parameters
    ----------
    desk : Desk
        Reads the cars that are described.
    kept : Kept or None
    most : int
        Outcomes at once.
    max_body_bytes : int
    """
    calls = Blueprint("outcomes", __name__)

    @calls.post("/outcomes")
    def outcomes() -> Response:
        sent = read_json(max_body_bytes)
        again = bool(read_query(request.environ["QUERY_STRING"], QUERY).get("again"))
        if not isinstance(sent, list):
            raise RequestProblem(422, "not_a_list", "outcomes are a JSON list", hint="[{…}, {…}]")
        if len(sent) > most:
            detail = f"{len(sent):,} outcomes were sent, at most {most:,} are taken at once"
            raise RequestProblem(413, "batch_too_large", detail, hint="send them in several parts")
        return json_answer({"results": _take(desk, must_keep(kept), sent, again=again)})

    return calls


def _take(desk: Desk, kept: Kept, sent: list[Any], *, again: bool) -> list[dict[str, Any]]:
    from car_price_prediction.valuations.outcomes import Outcomes  # noqa: PLC0415 - where something is kept

    read = [_read(desk, one) for one in sent]
    good = [one for one in read if not isinstance(one, dict)]
    taken = iter(Outcomes(kept.database).take(good, again=again))
    return [one if isinstance(one, dict) else _result(next(taken)) for one in read]


def _result(taken: Taken) -> dict[str, Any]:
    note = NOTES[taken.state] + ("" if taken.valuation_id else f"; {NOT_FOUND}")
    return {"state": taken.state, "valuation_id": taken.valuation_id, "note": note}


def _read(desk: Desk, sent: Any) -> Outcome | dict[str, Any]:
    """Return the outcome that was sent, or the problem in its place."""
    from car_price_prediction.valuations.outcomes import Outcome  # noqa: PLC0415

    try:
        sale = SALE.validate_python(sent)
    except ValidationError as error:
        return _problem([_field_problem(e) for e in error.errors()])
    car = None
    if sale.car is not None:
        try:
            car = desk.current().reader.read(sale.car)
        except InvalidListingError as error:
            return _problem([FieldProblem(f"car.{p.field}", p.code, p.message, p.hint) for p in error.problems])
    return Outcome(sale.price, sale.sold_on, sale.valuation_id, car, sale.reference, request.environ.get(KEY_NAME))


def _field_problem(error: Any) -> FieldProblem:
    return FieldProblem(".".join(map(str, error["loc"])), error["type"], error["msg"].removeprefix("Value error, "))


def _problem(problems: list[FieldProblem]) -> dict[str, Any]:
    detail = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems)
    return {"problem": problem_body(422, "invalid_outcome", detail, errors=problems)}
