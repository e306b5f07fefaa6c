"""Builds the web application out of settings, for `bootstrap`, which reads them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .bootstrap import environment_with, log_target
from .bootstrap_behind import kept_answers, stops_of, work_behind
from .logs.lines import LinesHandler, configure_logs, flush_logs
from .package.store import ModelStore
from .settings import Settings
from .web.numbers_folder import default_folder

if TYPE_CHECKING:
    from flask import Blueprint, Flask
    from opentelemetry.sdk.trace import TracerProvider

    from .pricing.holder import ModelHolder
    from .pricing.valuer import Valuer
    from .shadow.shadow import Shadow
    from .web.app import Application
    from .web.current import Current
    from .web.guard import Guard
    from .web.headers import WSGI
    from .web.kept import Kept
    from .web.key_file import KeyFile
    from .web.metrics import Metrics
    from .web.observer import Observer
    from .web.scopes import Access
    from .web.uploads import Uploads

log = logging.getLogger(__name__)

REQUESTS = "car_price_prediction.requests"
"""Names the log lines that requests leave."""


def key_file(settings: Settings) -> KeyFile:
    """Return the file of the API keys, which all replicas of an artifacts folder share."""
    from .web.key_file import KEYS_FILE, KeyFile  # noqa: PLC0415

    return KeyFile(settings.artifacts / KEYS_FILE)


def _access(settings: Settings) -> Access:
    from .web.keys import Keyring  # noqa: PLC0415
    from .web.scopes import Access  # noqa: PLC0415

    return Access(
        Keyring(key_file(settings), required=settings.require_key),
        page_open=settings.page_open,
        metrics_open=settings.metrics == "open",
        origins=settings.origins,
        hosts=settings.hosts,
        hsts_s=settings.hsts_s,
        docs_url=settings.docs_url,
    )


def web_application(
    settings: Settings,
    stopping: Callable[[], bool] = lambda: False,
    *,
    kept: Kept | None = None,
    shadow: Shadow | None = None,
    metrics: Metrics | None = None,
    tracing: TracerProvider | None = None,
) -> Application:
    """Return the web application, with a model holder of its own that follows the artifacts folder.

    Called in each worker process: nothing of a model is loaded before.
    """
    from .pricing.holder import ModelHolder  # noqa: PLC0415 - `car-price price` does not wait for Flask
    from .web.app import RequestLimits, Watched, create_app  # noqa: PLC0415
    from .web.observer import Observer  # noqa: PLC0415
    from .web.rates import Rates  # noqa: PLC0415

    lines = configure_logs(settings.log_level, log_target(settings))
    observer = metrics or Observer()
    uploads, store = _uploads(settings, observer), ModelStore(settings.artifacts)
    holder = ModelHolder(store, settings.reload_s, observer.loaded)
    holder.start()
    if kept and settings.drift_every_s:
        _watch_drift(settings, holder)
    return create_app(
        holder,
        uploads,
        RequestLimits(
            settings.max_body_bytes,
            settings.max_batch,
            Rates(settings.rate_limit, settings.rate_storage),
            settings.trusted_proxies,
            settings.max_depth,
        ),
        store=store,
        access=_access(settings),
        watched=Watched(
            observer,
            _metrics_page(settings, holder, uploads) if metrics else None,
            _current_maker(tracing),
            kept,
            shadow.take if shadow else None,
        ),
        log=partial(_write_request, lines, logging.getLevelNamesMapping()[settings.log_level]),
        stopping=stopping,
    )


def _metrics(settings: Settings) -> Metrics | None:
    """Return the numbers of this process, beside those of the other workers."""
    if settings.metrics == "off":
        return None
    from .web.metrics import Metrics  # noqa: PLC0415
    from .web.worker_numbers import forget_dead  # noqa: PLC0415

    folder = numbers_folder(settings)
    forget_dead(folder)
    return Metrics(folder)


def _metrics_page(settings: Settings, holder: ModelHolder, uploads: Uploads) -> Blueprint:
    from .drift.noted import Noted  # noqa: PLC0415
    from .jobs.runner import LEASE_S  # noqa: PLC0415
    from .jobs.store import JobStore  # noqa: PLC0415
    from .web.metrics_page import Everything, State, make_metrics  # noqa: PLC0415

    noted = Noted(settings.artifacts) if settings.valuations_url else None
    state = State(holder, JobStore(uploads.folder.database, lease_s=LEASE_S), settings.artifacts, noted)
    return make_metrics(Everything(numbers_folder(settings), state))


def _watch_drift(settings: Settings, holder: ModelHolder) -> None:
    """Begin to compare the cars that are kept with the training listings."""
    from .local.plan import OURS  # noqa: PLC0415 - where valuations are kept
    from .web.drift_watch import DriftWatch  # noqa: PLC0415

    DriftWatch(
        settings.artifacts,
        (*OURS, "drift", "--note"),
        environment_with(settings),
        settings.drift_every_s,
        lambda: holder.state().version,
    ).start()


def numbers_folder(settings: Settings) -> Path:
    """Return the folder in which the workers of a server write their numbers."""
    return settings.metrics_folder or default_folder(settings.port)


def _tracing() -> TracerProvider | None:
    """Return what makes spans of requests, where the standard variables say where to send them."""
    told = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or os.environ.get("OTEL_TRACES_EXPORTER") == "none"
    if not told or off:
        return None
    try:
        from .web.tracing import provider  # noqa: PLC0415
    except ImportError:
        log.warning("no spans are sent, OpenTelemetry is not installed: pip install 'car-price-prediction[otel]'")
        return None
    return provider()


def _traced(app: Flask, tracing: TracerProvider | None) -> WSGI:
    if tracing is None:
        return app
    from .web.tracing import NAME, Traced  # noqa: PLC0415

    return Traced(app, tracing.get_tracer(NAME))


def _current_maker(tracing: TracerProvider | None) -> Callable[[Valuer], Current]:
    from .web.current import Current  # noqa: PLC0415

    if tracing is None:
        return Current
    from .web.tracing import NAME, TracedCurrent  # noqa: PLC0415

    return partial(TracedCurrent, tracer=tracing.get_tracer(NAME))


def _uploads(settings: Settings, observer: Observer) -> Uploads:
    """Return where files go that are sent, and begin to work on the jobs there."""
    from .jobs.folder import JobFolder, default_folder  # noqa: PLC0415
    from .jobs.runner import Limits, Runner  # noqa: PLC0415
    from .web.uploads import Uploads  # noqa: PLC0415

    folder = JobFolder(settings.jobs_folder or default_folder())
    limits = Limits(
        at_once=settings.jobs_at_once,
        keep_s=settings.jobs_keep_s,
        most_bytes=settings.max_job_bytes,
        most_rows=settings.max_job_rows,
        most_unpacked_bytes=settings.max_job_unpacked_bytes,
        per_client=settings.jobs_per_client,
        in_all=settings.jobs_in_all,
        folder_bytes=settings.jobs_folder_bytes,
        at_once_bytes=settings.max_file_bytes,
        at_once_rows=settings.max_file_rows,
    )
    Runner(folder, settings.artifacts, limits, partial(observer.quoted_file, "job")).start()
    return Uploads(folder, limits)


def guarded_application(settings: Settings, stopping: Callable[[], bool]) -> Guard:
    """Return the web application behind what bounds the work that it takes on, for one worker process."""
    from .jobs.folder import default_folder  # noqa: PLC0415
    from .web.guard import Guard, Limits  # noqa: PLC0415
    from .web.vitals import Vitals  # noqa: PLC0415

    metrics, tracing, kept = _metrics(settings), _tracing(), kept_answers(settings)
    behind = work_behind(settings, kept, metrics)
    # Makes the folder of jobs, too.
    app = web_application(settings, stopping, kept=kept, shadow=behind.shadow, metrics=metrics, tracing=tracing)
    larger = {"/predict/file": settings.max_file_bytes, "/jobs": settings.max_job_bytes}
    folder = settings.jobs_folder or default_folder()
    limits = Limits(settings.max_waiting, settings.body_timeout_s, settings.max_body_bytes, larger, folder)
    at_end = ExitStack()
    at_end.callback(flush_logs)
    for stop in ([tracing.shutdown] if tracing else []) + stops_of(kept, behind):
        at_end.callback(stop)
    guard = Guard(
        _traced(app, tracing),
        limits,
        threads=settings.threads,
        stopping=stopping,
        shortcut=None if tracing else app.shortcut,
        observer=metrics,
        at_end=at_end.close,
    )
    if metrics:
        metrics.routes = frozenset(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
        Vitals(metrics, guard, settings.max_waiting, behind).start()
    return guard


def _write_request(lines: LinesHandler, least: int, level: int, message: str, values: Mapping[str, Any]) -> None:
    if level >= least:
        lines.write(level, REQUESTS, message, values)
