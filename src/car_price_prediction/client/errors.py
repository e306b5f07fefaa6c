"""What can go wrong between a client and the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REFUSED_CARS = ("invalid_listing", "abstained")
"""The codes of a car that is refused, rather than the request around it."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with one field.

    Attributes
    ----------
    field : str
        As it was sent; empty where the whole car is meant.
    code, message, hint : str
    """

    field: str
    code: str
    message: str
    hint: str = ""


class ClientError(Exception):
    """The base of every error of the client."""


class NoAnswerError(ClientError):
    """The service cannot be reached, or broke off, or did not answer in time, as often as it was tried."""


class ProblemError(ClientError):
    """The service refused a request.

    Parameters
    ----------
    status : int
        Of HTTP.
    code : str
        Stable, such as ``"bad_query"``; ``"http_error"`` where something else than the service answered.
    detail, hint : str
        For people.
    errors : sequence of FieldError
        What is wrong with each field.
    retry_after : str, optional
        When the service wants to be asked again, as it said.

    Examples
    --------
    >>> error = problem_of(422, {"code": "invalid_listing", "detail": "year: is missing", "errors": [
    ...     {"field": "year", "code": "missing", "message": "is missing"}]})
    >>> type(error).__name__, str(error), error.errors[0].field
    ('InvalidCarError', 'year: is missing', 'year')
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        hint: str = "",
        errors: Sequence[FieldError] = (),
        retry_after: str | None = None,
    ) -> None:
        super().__init__(f"{detail}; {hint}" if hint else detail)
        self.status, self.code, self.detail, self.hint, self.errors = status, code, detail, hint, tuple(errors)
        self.retry_after = retry_after


class InvalidCarError(ProblemError):
    """A car cannot be priced as it was sent, or is too little known for a strict price; holds every reason."""


class JobFailedError(ClientError):
    """A job came to no result."""


def problem_of(status: int, body: Mapping[str, Any], retry_after: str | None = None) -> ProblemError:
    """Return the error that a problem document tells of."""
    code = str(body.get("code", "http_error"))
    errors = [
        FieldError(e.get("field", ""), e.get("code", ""), e.get("message", ""), e.get("hint", ""))
        for e in body.get("errors") or ()
    ]
    kind = InvalidCarError if code in REFUSED_CARS else ProblemError
    detail = str(body.get("detail") or f"the service answered {status}")
    return kind(status, code, detail, hint=body.get("hint") or "", errors=errors, retry_after=retry_after)
