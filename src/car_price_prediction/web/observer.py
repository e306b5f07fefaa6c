"""What the service tells of its work to whoever counts it: `metrics.Metrics`, or nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

Source: TypeAlias = Literal["price", "batch", "page", "file", "job"]
Reason: TypeAlias = Literal["overloaded", "body_too_slow", "body_incomplete", "internal_error", "too_many_requests"]


class Observer:
    """Is told, and counts nothing. Every method is called from several threads at once."""

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Hear that the application answered a request.

        Parameters
        ----------
        route : str
            The route's template.
        method : str
        status : int
        seconds : float
            From when its body was there until its answer was.
        """

    def refused(self, path: str, method: str, status: int, reason: Reason) -> None:
        """Hear that a request was refused before the application saw it."""

    def quoted(self, source: Source, quote: Mapping[str, Any]) -> None:
        """Hear of one car's quote, as plain values."""

    def quoted_many(self, source: Source, quotes: Iterable[Mapping[str, Any]]) -> None:
        """Hear of many."""

    def quoted_file(self, source: Source, model_version: str, confidences: Mapping[str, int]) -> None:
        """Hear how many of a file's cars were priced with which confidence."""

    def loaded(self, version: str | None) -> None:
        """Hear that a model answers from now on; None: that a newer one could not be loaded."""

    def shadowed(self, difference: float) -> None:
        """Hear by what share of the champion's price a challenger's differs, up or down, of one car."""
