"""What the OpenAPI document says of kept valuations."""

from __future__ import annotations

from functools import partial
from typing import Any

from . import outcomes
from .openapi_files import REF, json_content
from .openapi_files import call as any_call
from .query import described

KEPT_TAG = {"name": "valuations", "description": "Valuations that are kept, and what the cars really sold for"}
PROBLEMS = {
    400: "The body is not JSON, or the query holds what is not allowed",
    413: "The body is too large, or holds too many outcomes",
    415: "The body is not declared as JSON",
    422: "The body is no list",
    404: "There is no such valuation, or none is kept here, or nothing was compared yet",
    503: "The database does not answer",
}
VALUATION_ID = {
    "name": "valuation_id",
    "in": "path",
    "required": True,
    "description": "Of the quote.",
    "schema": {"type": "string"},
}
call = partial(any_call, tag=KEPT_TAG["name"], texts=PROBLEMS)


def kept_paths(most: int) -> dict[str, Any]:
    """Return the paths.

    Parameters
    ----------
    most : int
        Outcomes at once.

    Examples
    --------
    >>> list(kept_paths(1_000))
    ['/valuations/{valuation_id}', '/info/drift', '/outcomes']
    """
    valuation = json_content({"$ref": REF + "ValuationAnswer"})
    sales = {"type": "array", "items": {"$ref": REF + "Sale"}, "maxItems": most}
    results = json_content({"$ref": REF + "OutcomesAnswer"})
    return {
        "/valuations/{valuation_id}": {
            "parameters": [VALUATION_ID],
            "get": call("valuation", "A valuation that was kept", valuation, (404, 503)),
            "delete": call("deleteValuation", "Delete a valuation that was kept", None, (404, 503), status="204"),
        },
        "/info/drift": {
            "get": call(
                "drift",
                "Kept cars against the training listings",
                json_content({"$ref": REF + "DriftReport"}),
                (404,),
                tag="info",
            )
            | {"description": "As a process of its own found last, once a day unless it is set otherwise."}
        },
        "/outcomes": {
            "post": call("tellOutcomes", "Tell what cars sold for", results, (400, 404, 413, 415, 422, 503))
            | described(outcomes.QUERY)
            | {"requestBody": {"required": True, "content": json_content(sales)}}
            | {
                "description": f"At most {most:,} sales; a result for each, in order. Telling the same twice changes"
                " nothing, telling it otherwise corrects it."
            }
        },
    }
