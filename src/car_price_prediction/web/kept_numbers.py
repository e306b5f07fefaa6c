"""What is counted of the answers that are kept: by workers what they drop, by the writer beside them what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .numbers import Counters, Numbers

if TYPE_CHECKING:
    from car_price_prediction.valuations.entries import Counts

RESULTS = ("written", "dropped")


class KeptNumbers:
    """The numbers of one process.

    Parameters
    ----------
    numbers : Numbers

    Attributes
    ----------
    waiting : callable
        Sets how many answers wait in this process.
    """

    def __init__(self, numbers: Numbers) -> None:
        answers = Counters(numbers, "car_price_valuations", "Answers that were to be kept.", "result")
        challengers = Counters(
            numbers,
            "car_price_shadow_kept",
            "Challenger's prices that were to be kept beside the answers.",
            "result",
        )
        self._counters = {"answers": answers, "challengers": challengers}
        for counters in self._counters.values():
            for result in RESULTS:
                counters[result,](0)
        self._failures = numbers.counter("car_price_valuations_failures", "Attempts to keep answers that failed.")
        self.waiting = numbers.gauge("car_price_valuations_waiting", "Answers that wait to be kept.")
        self._seen: dict[str, tuple[int, int, int]] = {}

    def add(self, kind: str, counts: Counts) -> None:
        """Add what was counted since the last time.

        Parameters
        ----------
        kind : str
            As `entries.Kind` names it.
        counts : Counts
        """
        now = counts.written, counts.dropped, counts.failures
        before = self._seen.get(kind, (0, 0, 0))
        self._seen[kind] = now
        for add, new, old in zip(
            (*(self._counters[kind][r,] for r in RESULTS), self._failures), now, before, strict=True
        ):
            add(new - old)
