"""What the service counts, under the names that Prometheus' users expect; docs/monitoring.md lists them.

The labels are bounded: routes by their templates, methods and statuses that there are, versions up to a number.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from .headers import NO_ROUTE
from .kept_numbers import KeptNumbers
from .numbers import Add, Counters, Numbers
from .observer import Observer, Reason, Source

BUCKETS_S = (0.0002, 0.0003, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
MOST_VERSIONS = 100
"""Model versions that a worker names in its life; later ones are counted as `OTHER`."""
TOO_MANY = 429
RELOADED = ("ok", "failed")
SHADOWED = ("priced", "dropped", "failed")
BUCKETS_SHADOW = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
UNSEEN = "unseen_category"


class Metrics(Observer):
    """The numbers of one worker process.

    Parameters
    ----------
    folder : Path
        Where all processes write theirs.

    Attributes
    ----------
    numbers : Numbers
        For more of them.
    kept : KeptNumbers
    routes : frozenset of str
        Routes whose template is their path: what is refused there is counted there.
    """

    def __init__(self, folder: Path) -> None:
        self.numbers = Numbers(folder)
        self.kept = KeptNumbers(self.numbers)
        self.routes: frozenset[str] = frozenset()
        self._answers: dict[tuple[str, str, int], tuple[Add, Add]] = {}
        self._durations: dict[tuple[str, str], Add] = {}
        self._quotes: dict[tuple[str, Source, str], Add] = {}
        self._versions: set[str] = set()
        self._make_http()
        self._make_prices()
        self._make_worker()
        self._make_shadow()

    def _make_http(self) -> None:
        gauge = self.numbers.gauge
        self._requests = self._counters("http_requests", "Requests that were answered.", "route", "method", "status")
        self._refused = self._counters("http_requests_refused", "Requests refused for what is asked at once.", "reason")
        for reason in get_args(Reason):
            self._refused[reason,](0)
        self.in_flight = gauge("http_requests_in_flight", "Requests that wait or are being answered.")
        self.most_in_flight = gauge(
            "http_requests_in_flight_limit", "Requests that may wait or be answered at once; one more is refused."
        )
        self.slow_bodies = gauge("http_slow_bodies", "Bodies that are waited for, of the requests in flight.")

    def _make_prices(self) -> None:
        self._predictions = self._counters(
            "car_price_predictions", "Cars that were priced.", "model_version", "source", "confidence"
        )
        self._warnings = self._counters("car_price_warnings", "Warnings in quotes, but those of files.", "code")
        self._unseen = self._counters(
            "car_price_unseen_categories", "Values that the model never saw, but those in files.", "field"
        )
        self._reloads = self._counters("car_price_model_reloads", "Models loaded, by each worker process.", "result")
        for result in RELOADED:
            self._reloads[result,](0)
        text = "1 where every worker process has a model."
        self.ready = self.numbers.gauge("car_price_model_ready", text, "livemin")

    def _make_worker(self) -> None:
        self.workers = self.numbers.gauge("car_price_workers", "Worker processes that live.")
        self.started = self.numbers.counter("car_price_workers_started", "Worker processes started.")
        self.memory = self.numbers.gauge("process_resident_memory_bytes", "Memory of the worker processes.")
        self.cpu = self.numbers.counter("process_cpu_seconds", "Processor time of the worker processes.")

    def _make_shadow(self) -> None:
        self.shadow_cars = self._counters(
            "car_price_shadow_cars", "Cars that were drawn for the challenger, by what became of them.", "result"
        )
        self.shadow_loads = self._counters("car_price_shadow_loads", "Challengers loaded for the shadow.", "result")
        for counters, results in ((self.shadow_cars, SHADOWED), (self.shadow_loads, RELOADED)):
            for result in results:
                counters[result,](0)
        self.shadow_waiting = self.numbers.gauge("car_price_shadow_waiting", "Cars that wait for the challenger.")
        text = "By what share of the champion's price the challenger's differs, up or down."
        self._shadow_difference = self.numbers.histogram("car_price_shadow_difference", text, BUCKETS_SHADOW)

    def _counters(self, name: str, text: str, *labels: str) -> Counters:
        return Counters(self.numbers, name, text, *labels)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; its time, too."""
        if method not in METHODS:
            method = OTHER
        found = self._answers.get((route, method, status))
        if found is None:
            found = self._answers[route, method, status] = (
                self._requests[route, method, str(status)],
                self._duration(route, method),
            )
        found[0](1)
        found[1](seconds)
        if status == TOO_MANY:
            self._refused["too_many_requests",](1)

    def refused(self, path: str, method: str, status: int, reason: Reason) -> None:
        """Count a request that the application never saw: it took no time worth telling."""
        route = path if path in self.routes else NO_ROUTE
        self._requests[route, method if method in METHODS else OTHER, str(status)](1)
        self._refused[reason,](1)

    def quoted(self, source: Source, quote: Mapping[str, Any]) -> None:
        """Count a price, and what it warns of."""
        self._priced(quote["model_version"], source, quote["confidence"])(1)
        for warning in quote["warnings"]:
            self._warned(warning["code"], warning["field"])

    def quoted_many(self, source: Source, quotes: Iterable[Mapping[str, Any]]) -> None:
        """Count many prices at once."""
        found, warned = Tally[tuple[str, str]](), Tally[tuple[str, str]]()
        for quote in quotes:
            found[quote["model_version"], quote["confidence"]] += 1
            warned.update((warning["code"], warning["field"]) for warning in quote["warnings"])
        for (version, confidence), count in found.items():
            self._priced(version, source, confidence)(count)
        for (code, field), count in warned.items():
            self._warned(code, field, count)

    def quoted_file(self, source: Source, model_version: str, confidences: Mapping[str, int]) -> None:
        """Count a file's prices."""
        for confidence, count in confidences.items():
            self._priced(model_version, source, confidence)(count)

    def loaded(self, version: str | None) -> None:
        """Count a model that was loaded, or could not be."""
        self._reloads["ok" if version else "failed",](1)
        if version:
            self.ready(1)

    def shadowed(self, difference: float) -> None:
        """Count how far a challenger's price is from the answer's."""
        self._shadow_difference(difference)

    def _duration(self, route: str, method: str) -> Add:
        text = "Time from when a request's body was there until its answer was, the wait for a thread included."
        labels = {"route": route, "method": method}
        if (route, method) not in self._durations:
            made = self.numbers.histogram("http_request_duration_seconds", text, BUCKETS_S, labels)
            self._durations.setdefault((route, method), made)
        return self._durations[route, method]

    def _priced(self, version: str, source: Source, confidence: str) -> Add:
        found = self._quotes.get((version, source, confidence))
        if found is None:
            if len(self._versions) < MOST_VERSIONS:
                self._versions.add(version)
            named = version if version in self._versions else OTHER
            found = self._quotes[version, source, confidence] = self._predictions[named, source, confidence]
        return found

    def _warned(self, code: str, field: str, count: int = 1) -> None:
        self._warnings[code,](count)
        if code == UNSEEN:
            self._unseen[field,](count)
