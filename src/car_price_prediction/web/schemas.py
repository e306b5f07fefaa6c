"""The schemas of what is sent and answered: bounded, strict, and the source of the OpenAPI document."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from car_price_prediction.domain.listing import ASKING, ASKING_PRICE, FIELDS, Kind
from car_price_prediction.domain.rules import plausible_range
from car_price_prediction.pricing.fields import FieldInfo

from .answers import Answer, BreakdownAnswer, CurveAnswer, DealAnswer, NearestAnswer

LONGEST = 200
"""Characters of a category; no make or trim has more."""
CANONICAL = {field.name: field for field in FIELDS if field.name != "price"}
ONE_OF_EACH = (("make", "model"), ("year", "mileage_km"))
"""At least one field of each group is needed: see `domain.rules.needed_problems`."""
SHOWN_EXAMPLES = 3
ASKED_FOR = "What is asked for the car, to have it rated: the answer holds `deal`. The price does not depend on it."
STRICT = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


def listing_kinds(fields: Iterable[FieldInfo]) -> dict[str, Kind]:
    """Return what one model's clients may send: the canonical fields, and the model's own.

    Examples
    --------
    >>> list(listing_kinds([]))[:3]
    ['make', 'model', 'trim']
    """
    kinds = {name: field.kind for name, field in CANONICAL.items()} | {info.name: info.kind for info in fields}
    return {**kinds, ASKING_PRICE: "number"}


def listing_schema(fields: Iterable[FieldInfo]) -> TypeAdapter[dict[str, Any]]:
    """Return the schema of one car.

    A typed dictionary, not a class: an extra feature may be called anything, such as ``copy`` or ``levy (USD)``.

    Examples
    --------
    >>> listing_schema([]).validate_python({"make": " Audi", "year": 2015})
    {'make': 'Audi', 'year': 2015.0}
    """
    used = {info.name: info for info in fields}
    kinds = listing_kinds(used.values())
    types: dict[str, Any] = {name: _value(kind, _about(name, used.get(name))) for name, kind in kinds.items()}
    # Its fields are known at run time only, which type checkers have no word for.
    schema = with_config(STRICT)(TypedDict("Listing", types, total=False))  # type: ignore[operator]
    return TypeAdapter[dict[str, Any]](schema)


def _value(kind: Kind, about: dict[str, Any]) -> Any:
    description = about.pop("description")
    if kind == "number":
        number = Annotated[float, Field(allow_inf_nan=False, json_schema_extra=about.pop("bounds", None))]
        return Annotated[number | None, Field(description=description, json_schema_extra=about)]
    word = Annotated[str, Field(min_length=1, max_length=LONGEST)]
    return Annotated[word | None, Field(description=description, json_schema_extra=about)]


def _about(name: str, info: FieldInfo | None) -> dict[str, Any]:
    """Return what people and generated clients should know of a field, as JSON Schema has it."""
    if name == ASKING_PRICE:
        return {"title": ASKING.label, "description": ASKED_FOR, "bounds": _bounds(*plausible_range(ASKING))}
    if info is None:
        field = CANONICAL[name]
        about: dict[str, Any] = {
            "title": field.label,
            "description": f"{field.label}. The current model does not use it.",
        }
        return about | ({"bounds": _bounds(*plausible_range(field))} if field.kind == "number" else {})
    unit = f" in {info.unit}" if info.unit and info.unit != "year" else ""
    about = {"title": info.label, "description": f"{info.label}{unit}."}
    if info.aliases:
        about["description"] += f' Also read under the training file\'s header: "{", ".join(info.aliases)}".'
    if info.kind == "number":
        about["bounds"] = _bounds(info.plausible_low, info.plausible_high)
        examples: list[Any] = [info.typical] if info.typical is not None else []
    else:
        examples = list(info.known[:SHOWN_EXAMPLES])
    return about | ({"examples": examples} if examples else {})


def _bounds(low: float, high: float) -> dict[str, Any]:
    found = {"minimum": low, "maximum": high}
    return {name: value for name, value in found.items() if math.isfinite(value)}


class QuoteWarningAnswer(Answer):
    """Something that makes a quote less sure."""

    field: str
    code: Literal["unseen_category", "outside_training", "missing", "implausible", "not_used"]
    message: str


class QuoteAnswer(Answer):
    """What one car is worth: an asking price, not a sale price."""

    price: float
    low: float
    high: float
    currency: str | None = Field(description="ISO 4217; null where the training data's currency was not told.")
    coverage: float = Field(ge=0, le=1, description="Share of listings whose asking price lies from low to high.")
    confidence: Literal["high", "medium", "low"]
    comparables: int = Field(ge=0, description="Training listings of the same make and model and about the same year.")
    warnings: list[QuoteWarningAnswer]
    model_version: str
    valuation_id: str
    deal: DealAnswer | None = Field(default=None, description="Where an asking price was sent.")
    breakdown: BreakdownAnswer | None = Field(default=None, description="With `explain=1`.")
    nearest: NearestAnswer | None = Field(default=None, description="With `comparables=`.")
    what_if: list[CurveAnswer] | None = Field(default=None, description="With `what_if=`.")


class FieldProblemAnswer(Answer):
    """One thing that is wrong with one field."""

    field: str = Field(description="As it was sent; empty where the whole car is meant.")
    code: str
    message: str
    hint: str | None = None


class ProblemAnswer(BaseModel):
    """A problem (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str | None = None
    errors: list[FieldProblemAnswer] | None = None
    error_id: str | None = None


class RowProblem(Answer):
    """What is wrong with one car of a batch."""

    problem: ProblemAnswer


class BatchAnswer(Answer):
    """A result for each car, in the order in which they were sent."""

    results: list[QuoteAnswer | RowProblem]


class FieldAnswer(Answer):
    """One field that the current model uses."""

    name: str
    label: str
    type: Literal["category", "number"]
    unit: str
    aliases: list[str] = Field(description="Headers of the training file under which it is read as well.")
    low: float | None = Field(description="The smallest number that training saw; one below gets a warning.")
    high: float | None
    plausible_low: float | None = Field(description="A number below is refused.")
    plausible_high: float | None
    known: list[str] = Field(description="The words that training saw, the most frequent first.")
    typical: str | float | None
    importance: float


class FeaturesAnswer(Answer):
    """What a car may be described by."""

    model_version: str
    mileage_unit: Literal["km", "mi"] = Field(description="Of the training file's own mileage column.")
    needed: list[list[str]] = Field(description="At least one field of each group is needed.")
    fields: list[FieldAnswer]
    models_by_make: dict[str, list[str]]


class StatusAnswer(Answer):
    """The state of the service."""

    status: Literal["ok"]
    model_version: str
    loaded_at: str
    trained_at: str
    market: str
    sample: bool = Field(description="True where the model is of the built-in sample market.")
    currency: str | None
    notice: str | None = Field(description="Why a newer model was refused, if one was.")
    probe: QuoteAnswer


class HealthAnswer(Answer):
    """The answer to a probe."""

    status: Literal["live", "ready"]
