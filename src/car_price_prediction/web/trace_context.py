"""W3C trace context: which trace a request belongs to, as its client's ``traceparent`` says."""

from __future__ import annotations

import re
from typing import NamedTuple

TRACE_ID, SPAN_ID = "car_price.trace_id", "car_price.span_id"
"""The keys of a request's trace, and of the span that its work belongs to, in the WSGI environment."""

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?"
)


class Trace(NamedTuple):
    """A trace, and the span in it that asked."""

    trace_id: str
    span_id: str


def trace_of(traceparent: str) -> Trace | None:
    """Read a ``traceparent`` header; None where it is none, which the standard says to pass over.

    Examples
    --------
    >>> trace_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    Trace(trace_id='4bf92f3577b34da6a3ce929d0e0e4736', span_id='00f067aa0ba902b7')
    >>> trace_of("00-00000000000000000000000000000000-00f067aa0ba902b7-01") is None
    True
    """
    found = _TRACEPARENT.fullmatch(traceparent)
    # Later versions may have more parts, this one may not.
    if found is None or (found["more"] is not None and traceparent.startswith("00")):
        return None
    return Trace(found[1], found[2])
