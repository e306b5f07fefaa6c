"""The OpenAPI 3.1 document: written out of the schemas that requests are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from car_price_prediction import __version__
from car_price_prediction.domain.rules import this_year
from car_price_prediction.drift.report import DriftReport
from car_price_prediction.jobs.runner import Limits

from .asked import FOR_MANY, FOR_ONE
from .job_answers import JobAnswer, ProblemRowsAnswer
from .kept_answers import OutcomesAnswer, Sale, ValuationAnswer
from .openapi_files import TAG, file_paths
from .openapi_kept import KEPT_TAG, kept_paths
from .problems import PROBLEM_JSON
from .query import described
from .reading import ListingReader
from .schemas import ONE_OF_EACH, BatchAnswer, FeaturesAnswer, HealthAnswer, ProblemAnswer, QuoteAnswer, StatusAnswer

REF = "#/components/schemas/"
ANSWERS = (
    QuoteAnswer,
    BatchAnswer,
    FeaturesAnswer,
    StatusAnswer,
    HealthAnswer,
    ProblemAnswer,
    JobAnswer,
    ProblemRowsAnswer,
    ValuationAnswer,
    OutcomesAnswer,
    Sale,
    DriftReport,
)
DESCRIPTION = """
Asking prices of used cars, with a range that keeps its promise. Not sale prices.

A car is described by canonical fields in canonical units (`mileage_km`, `engine_l`, `power_kw`), or by the headers of
the file that the model was trained on, in that file's units. At least make or model, and year or mileage, are needed.
Errors are `application/problem+json` (RFC 9457) and name every bad field at once.
"""


KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, where the operator made any."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same in its own header."},
}


def openapi_document(reader: ListingReader | None, max_batch: int, limits: Limits) -> dict[str, Any]:
    """Return the document.

    Parameters
    ----------
    reader : ListingReader or None
        Of the current model; without one the canonical fields alone are described.
    max_batch : int
        Most cars in one batch.
    limits : Limits
        Of files.

    Examples
    --------
    >>> openapi_document(None, 10, Limits())["openapi"]
    '3.1.0'
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": "Car price prediction", "version": __version__, "description": DESCRIPTION.strip()},
        "tags": [
            {"name": "predict", "description": "Price cars"},
            TAG,
            KEPT_TAG,
            {"name": "info", "description": "The model and the service"},
            {"name": "health", "description": "Probes"},
        ],
        "paths": _paths(max_batch) | file_paths(limits) | kept_paths(max_batch),
        # Nothing at all is the last of the ways: an installation without keys asks for none.
        "security": [*({name: []} for name in KEYS), {}],
        "components": {"schemas": _schemas(reader or ListingReader([], [])), "securitySchemes": KEYS},
    }


class Documents:
    """Makes the document once per model and year: the bounds of a car's year move.

    Parameters
    ----------
    max_batch : int
    limits : Limits
    """

    def __init__(self, max_batch: int, limits: Limits) -> None:
        self._max_batch, self._limits = max_batch, limits
        self._made: tuple[ListingReader | None, int, dict[str, Any]] | None = None

    def of(self, reader: ListingReader | None) -> dict[str, Any]:
        """Return the document for the current model."""
        made, year = self._made, this_year()
        if made is None or made[0] is not reader or made[1] != year:
            made = self._made = (reader, year, openapi_document(reader, self._max_batch, self._limits))
        return made[2]


def _schemas(reader: ListingReader) -> dict[str, Any]:
    _, found = models_json_schema([(model, "serialization") for model in ANSWERS], ref_template=REF + "{model}")
    listing = reader.schema.json_schema()
    listing["description"] = "One car. Fields that are not known are left out, or null."
    listing["allOf"] = [{"anyOf": [_given(name, reader) for name in group]} for group in ONE_OF_EACH]
    return {"Listing": listing, **found["$defs"]}


def _given(name: str, reader: ListingReader) -> dict[str, Any]:
    kind = "number" if reader.kinds[name] == "number" else "string"
    return {"required": [name], "properties": {name: {"type": kind}}}


def _paths(max_batch: int) -> dict[str, Any]:
    cars = {"type": "array", "items": {"$ref": REF + "Listing"}, "maxItems": max_batch}
    return {
        "/predict/price": {
            "post": _call("price", "predict", "Price one car", QuoteAnswer, (400, 413, 415, 422, 503))
            | described(FOR_ONE)
            | _body({"$ref": REF + "Listing"})
        },
        "/predict/batch": {
            "post": _call("priceMany", "predict", "Price many cars", BatchAnswer, (400, 413, 415, 422, 503))
            | described(FOR_MANY)
            | _body(cars)
            | {"description": f"At most {max_batch:,} cars; a result for each, in order: its quote, or its problem."}
        },
        "/info/status": {"get": _call("status", "info", "The state of the service", StatusAnswer, (503,))},
        "/info/features": {"get": _call("features", "info", "The fields of a car", FeaturesAnswer, (503,))},
        "/info/model": {
            "get": _call(
                "model", "info", "The model card, and the thresholds of confidence, strictness and grades", None, (503,)
            )
        },
        "/health/live": {"get": _call("live", "health", "Whether the process lives", HealthAnswer, ())},
        "/health/ready": {"get": _call("ready", "health", "Whether it can price", HealthAnswer, (503,))},
        "/metrics": {"get": _metrics()},
    }


def _metrics() -> dict[str, Any]:
    """Return what is told of the one call whose answer is not JSON."""
    call = _call("metrics", "health", "What the service counts, for Prometheus", None, (503,))
    call["responses"]["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    return call


def _call(operation: str, tag: str, summary: str, answer: type | None, problems: Iterable[int]) -> dict[str, Any]:
    schema: Mapping[str, Any] = {"$ref": REF + answer.__name__} if answer else {"type": "object"}
    responses: dict[str, Any] = {
        "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
    }
    for status in sorted((*problems, *(() if operation in OPEN else KEY_PROBLEMS))):
        responses[str(status)] = {
            "description": PROBLEMS[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": REF + "ProblemAnswer"}}},
        }
    call = {"operationId": operation, "tags": [tag], "summary": summary, "responses": responses}
    return call | ({"security": []} if operation in OPEN else {})


OPEN = ("status", "live", "ready")
"""These operations never ask for a key."""
KEY_PROBLEMS = (401, 403)
PROBLEMS = {
    400: "The body is not JSON, or the query holds what is not allowed",
    401: "An API key is needed, and none or an unknown one was sent",
    403: "The API key does not open this, or a page of another site asked",
    413: "The body is too large, or holds too many cars",
    415: "The body is not declared as JSON",
    422: "What was sent cannot be priced; each bad field is named",
    503: "There is no model to price with",
}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
