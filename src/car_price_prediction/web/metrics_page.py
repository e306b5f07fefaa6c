"""``GET /metrics``: what all workers counted, and how the service is now, as Prometheus reads it."""

from __future__ import annotations

import gzip
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from flask import Blueprint, Response, request
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

from car_price_prediction import __version__
from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.drift.noted import Noted
from car_price_prediction.jobs.store import JobStore
from car_price_prediction.package.manifest import Manifest

from .current import Holder
from .drift import drift_metrics
from .problems import RequestProblem
from .retraining import retraining_metrics
from .scopes import scope
from .worker_numbers import added_up

WAIT_S = 2.0
"""One scrape at a time, in each worker: whoever asks may wait so long."""
GZIP_LEVEL = 1
OPENMETRICS = "application/openmetrics-text"


class State:
    """A collector of what is not counted: the model that answers here, and the jobs.

    Parameters
    ----------
    holder : Holder
    jobs : JobStore
    artifacts : Path
        Where retraining leaves what became of it.
    noted : Noted, optional
        How far kept cars have moved from the training listings, where any are kept.
    """

    def __init__(self, holder: Holder, jobs: JobStore, artifacts: Path, noted: Noted | None = None) -> None:
        self._holder, self._jobs, self._artifacts, self._noted = holder, jobs, artifacts, noted

    def collect(self) -> Iterator[Metric]:
        """Give the metrics; those that cannot be had now are left out."""
        yield InfoMetricFamily("car_price_build", "The program that answers.", {"version": __version__})
        with suppress(NoModelError):
            yield from _model(self._holder.valuer().manifest)
        drift = self._noted.get() if self._noted else None
        if drift:
            yield from drift_metrics(drift)
        yield from retraining_metrics(self._artifacts)
        try:
            states = self._jobs.in_states()
        except sqlite3.Error:
            return
        jobs = GaugeMetricFamily("car_price_jobs", "Jobs that are kept, by state.", labels=["state"])
        for state, count in states.items():
            jobs.add_metric([state], count)
        yield jobs


def _model(manifest: Manifest) -> Iterator[Metric]:
    trained_at = manifest.created_at.isoformat(timespec="seconds")
    told = {"version": manifest.version, "trained_at": trained_at, "fingerprint": manifest.data.fingerprint}
    yield InfoMetricFamily("car_price_model", "The model that answers.", told)
    yield GaugeMetricFamily(
        "car_price_model_trained_timestamp_seconds",
        "When the model that answers was trained, in seconds since 1970.",
        manifest.created_at.timestamp(),
    )


class Everything:
    """A collector of all there is to tell.

    Parameters
    ----------
    folder : Path
        Where all processes write their numbers.
    state : State
    """

    def __init__(self, folder: Path, state: State) -> None:
        self._folder, self._state = folder, state

    def collect(self) -> Iterator[Metric]:
        """Give the metrics."""
        with added_up(self._folder) as numbers:
            yield from numbers.collect()
        yield from self._state.collect()


def make_metrics(everything: Everything) -> Blueprint:
    """Return ``/metrics``."""
    page = Blueprint("metrics", __name__)
    turn = threading.Lock()

    @page.get("/metrics")
    @scope("metrics")
    def tell() -> Response:
        if not turn.acquire(timeout=WAIT_S):
            raise RequestProblem(503, "busy", "somebody else reads the metrics")
        try:
            encode, content_type = _encoder(request.headers.get("Accept", ""))
            text = encode(everything)
        finally:
            turn.release()
        answer = Response(text, content_type=content_type)
        if request.accept_encodings["gzip"]:
            answer.set_data(gzip.compress(text, GZIP_LEVEL))
            answer.headers["Content-Encoding"] = "gzip"
        answer.vary.update(["Accept", "Accept-Encoding"])
        return answer

    return page


def _encoder(accepted: str) -> tuple[Callable[[Everything], bytes], str]:
    """Return how to write, and its name; of versions, the library believes whatever a client says."""
    return choose_encoder(f"{OPENMETRICS}; version=1.0.0" if OPENMETRICS in accepted else "")
