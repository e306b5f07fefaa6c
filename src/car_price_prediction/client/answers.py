"""What the service answers, as typed values. What a newer service tells besides is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, TypeAlias

from .errors import FieldError, problem_of

State: TypeAlias = Literal["waiting", "queued", "running", "done", "failed", "cancelled"]


class _Answer:
    """Made from JSON; members that it does not know are passed over."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Return it as typed values."""
        return cls(**{field.name: body[field.name] for field in fields(cls) if field.name in body})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class QuoteWarning(_Answer):
    """Something that makes a quote less sure."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Deal(_Answer):
    """How an asking price compares with what such cars are asked for."""

    asking_price: float
    difference: float
    difference_percent: float
    grade: str | None
    level: float | None
    edges: tuple[float, ...]
    not_rated: str | None


@dataclass(frozen=True, slots=True)
class Quote(_Answer):
    """What one car is worth.

    Attributes
    ----------
    price, low, high : float
        `coverage` of such cars are asked for between `low` and `high`.
    currency : str or None
    coverage : float
    confidence : {"high", "medium", "low"}
    comparables : int
        Listings of the same make and model and about the same year that it was learnt from.
    warnings : tuple of QuoteWarning
    model_version, valuation_id : str
    deal : Deal or None
        Where an ``asking_price`` was sent.
    breakdown, nearest, what_if : dict or list, or None
        Where they were asked for; docs/quotes.md tells what they hold.
    """

    price: float
    low: float
    high: float
    currency: str | None
    coverage: float
    confidence: str
    comparables: int
    warnings: tuple[QuoteWarning, ...]
    model_version: str
    valuation_id: str
    deal: Deal | None = None
    breakdown: dict[str, Any] | None = None
    nearest: dict[str, Any] | None = None
    what_if: list[dict[str, Any]] | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Return it as typed values."""
        deal = body.get("deal")
        made = {
            "warnings": tuple(QuoteWarning.of(warning) for warning in body["warnings"]),
            "deal": Deal.of({**deal, "edges": tuple(deal["edges"])}) if deal else None,
        }
        return super(Quote, cls).of({**body, **made})


@dataclass(frozen=True, slots=True)
class CarProblem:
    """Why one car of many got no price."""

    code: str
    detail: str
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class FieldInfo(_Answer):
    """One field that the current model uses."""

    name: str
    label: str
    type: str
    unit: str
    aliases: tuple[str, ...]
    low: float | None
    high: float | None
    plausible_low: float | None
    plausible_high: float | None
    known: tuple[str, ...]
    typical: str | float | None
    importance: float


@dataclass(frozen=True, slots=True)
class Features(_Answer):
    """What a car may be described by."""

    model_version: str
    mileage_unit: str
    needed: tuple[tuple[str, ...], ...]
    fields: tuple[FieldInfo, ...]
    models_by_make: dict[str, list[str]]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Return it as typed values."""
        made = {
            "needed": tuple(tuple(group) for group in body["needed"]),
            "fields": tuple(
                FieldInfo.of({**field, "aliases": tuple(field["aliases"]), "known": tuple(field["known"])})
                for field in body["fields"]
            ),
        }
        return super(Features, cls).of({**body, **made})


@dataclass(frozen=True, slots=True)
class Status(_Answer):
    """The state of the service."""

    status: str
    model_version: str
    loaded_at: str
    trained_at: str
    market: str
    sample: bool
    currency: str | None
    notice: str | None


@dataclass(frozen=True, slots=True)
class Column(_Answer):
    """What one column of a file is taken for; `field` is None where it is not used."""

    header: str
    field: str | None
    unit: str | None
    example: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Job(_Answer):
    """A file that the service prices apart from requests."""

    id: str
    state: State
    file: str
    rows: int | None
    rows_done: int
    rows_with_problems: int
    columns: tuple[Column, ...]
    columns_missing: tuple[str, ...]
    problem: str | None
    result: str | None
    created_at: str
    expires_at: str
    model_version: str | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state not in ("queued", "running")

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Return it as typed values."""
        columns = tuple(Column.of(column) for column in body["columns"])
        return super(Job, cls).of({**body, "columns": columns, "columns_missing": tuple(body["columns_missing"])})


@dataclass(frozen=True, slots=True)
class ProblemRow(_Answer):
    """One row of a file with a problem; `row` is its place, from 1."""

    row: int
    values: dict[str, str]
    problem: str


def result_of(body: Mapping[str, Any]) -> Quote | CarProblem:
    """Return what a batch tells of one car."""
    if "problem" not in body:
        return Quote.of(body)
    error = problem_of(422, body["problem"])
    return CarProblem(error.code, error.detail, error.errors)
