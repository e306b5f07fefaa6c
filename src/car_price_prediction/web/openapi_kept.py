"""What the OpenAPI document says of kept valuations."""

from __future__ import annotations

from functools import partial
from typing import Any

from .openapi_files import REF, json_content
from .openapi_files import call as any_call

KEPT_TAG = {"name": "valuations", "description": "Valuations that are kept, and what the cars really sold for"}
PROBLEMS = {
    404: "There is no such valuation, or none is kept here",
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


def kept_paths() -> dict[str, Any]:
    """Return the paths.

    Examples
    --------
    >>> list(kept_paths())[0]
    '/valuations/{valuation_id}'
    """
    valuation = json_content({"$ref": REF + "ValuationAnswer"})
    return {
        "/valuations/{valuation_id}": {
            "parameters": [VALUATION_ID],
            "get": call("valuation", "A valuation that was kept", valuation, (404, 503)),
            "delete": call("deleteValuation", "Delete a valuation that was kept", None, (404, 503), status="204"),
        },
    }
