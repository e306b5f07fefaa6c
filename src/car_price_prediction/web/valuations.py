"""The calls about kept valuations: look one up, or delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from .api import json_answer
from .kept import Kept
from .problems import RequestProblem
from .scopes import scope

if TYPE_CHECKING:
    from car_price_prediction.valuations.store import Valuations


def make_valuations(kept: Kept | None) -> Blueprint:
    """Return the calls below ``/valuations``; without anything kept they say so."""
    calls = Blueprint("valuations", __name__)

    @calls.get("/valuations/<valuation_id>")
    def show(valuation_id: str) -> Response:
        found = _store(kept).get(valuation_id)
        if found is None:
            raise _no_such()
        return json_answer(found)

    @calls.delete("/valuations/<valuation_id>")
    @scope("admin")
    def remove(valuation_id: str) -> Response:
        if not _store(kept).delete(valuation_id):
            raise _no_such()
        return Response(status=204)

    return calls


def must_keep(kept: Kept | None) -> Kept:
    """Return what is kept.

    Raises
    ------
    RequestProblem
        Where nothing is.
    """
    if kept is None:
        detail = "this service keeps no valuations"
        raise RequestProblem(404, "valuations_not_kept", detail, hint="its operator sets CAR_PRICE_VALUATIONS_URL")
    return kept


def _store(kept: Kept | None) -> Valuations:
    database = must_keep(kept).database
    from car_price_prediction.valuations.store import Valuations  # noqa: PLC0415 - where something is kept

    return Valuations(database)


def _no_such() -> RequestProblem:
    return RequestProblem(404, "no_such_valuation", "there is no such valuation, or it is not kept any more")
