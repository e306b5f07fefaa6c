"""What every listing must obey, whether it is trained on or priced: one set of rules for both ways."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from .errors import FieldProblem
from .listing import Field, Listing


def this_year() -> int:
    """Return the current year, in UTC."""
    return datetime.now(UTC).year


LONGEST_ID, LONGEST_REFERENCE = 64, 200
"""Of what tells a valuation or a sale from others; a database holds no more."""
EARLIEST_SALE = date(1970, 1, 1)


def sold_day(day: date) -> date:
    """Return the day of a sale.

    Raises
    ------
    ValueError
        Where it is in the future, anywhere, or of long ago.

    Examples
    --------
    >>> sold_day(date(2026, 1, 31))
    datetime.date(2026, 1, 31)
    """
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise ValueError("is in the future")
    if day < EARLIEST_SALE:
        raise ValueError(f"is before {EARLIEST_SALE:%Y}")
    return day


def plain_name(text: str, longest: int) -> str:
    """Return a valuation's id, or a reference.

    Raises
    ------
    ValueError
        Where no database could hold it.

    Examples
    --------
    >>> plain_name("stock 4711", LONGEST_REFERENCE)
    'stock 4711'
    """
    if len(text) > longest:
        raise ValueError(f"is longer than {longest} characters")
    if "\x00" in text:
        raise ValueError("holds a zero character")
    return text


def plausible_range(field: Field) -> tuple[float, float]:
    """Return the lowest and highest plausible value of a number field, both included.

    A car may be sold as next year's; nothing is newer than that.

    Examples
    --------
    >>> from car_price_prediction.domain.listing import BY_NAME
    >>> plausible_range(BY_NAME["mileage_km"])
    (0, 2000000)
    """
    low = -math.inf if field.low is None else field.low
    if field.name == "year":
        return low, this_year() + 1
    return low, math.inf if field.high is None else field.high


def number_problem(field: Field, value: float, sent_as: str | None = None) -> FieldProblem | None:
    """Say what is wrong with a number, or return None.

    Parameters
    ----------
    field : Field
        A number field.
    value : float
        In the field's canonical unit.
    sent_as : str, optional
        The sender's name for the field, for the message.

    Examples
    --------
    >>> from car_price_prediction.domain.listing import BY_NAME
    >>> number_problem(BY_NAME["year"], 3000).code
    'out_of_range'
    """
    name = sent_as or field.name
    if not math.isfinite(value):
        return FieldProblem(name, "not_finite", "must be a finite number")
    low, high = plausible_range(field)
    if low <= value <= high:
        return None
    unit = f" {field.unit}" if field.unit and field.unit not in ("year", "currency") else ""
    expected = f"expected {low:.12g} to {high:.12g}{unit}"
    return FieldProblem(name, "out_of_range", f"{value:.12g}{unit} is not plausible: {expected}")


def needed_problems(listing: Listing) -> list[FieldProblem]:
    """Say which needed fields are absent: a make or a model, and a year or a mileage.

    Examples
    --------
    >>> [problem.field for problem in needed_problems({"make": "audi"})]
    ['year']
    """
    problems = []
    if listing.get("make") is None and listing.get("model") is None:
        problems.append(FieldProblem("make", "missing", "make or model is needed", "send at least one of them"))
    if listing.get("year") is None and listing.get("mileage_km") is None:
        problems.append(FieldProblem("year", "missing", "year or mileage_km is needed", "send at least one of them"))
    return problems
