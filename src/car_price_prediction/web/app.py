"""The web application, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.drift.noted import Noted
from car_price_prediction.package.store import ModelStore

from .access import Write, log_requests
from .api import json_answer, make_api
from .compressed import compress
from .cors import CrossOrigin
from .current import Current, Desk, Holder
from .drift import make_drift
from .files import make_files
from .headers import CommonHeaders, common_headers
from .health import make_health
from .jobs import make_jobs
from .json_body import MAX_DEPTH
from .kept import Keep, Kept, both
from .observer import Observer
from .openapi import Documents
from .outcomes import make_outcomes
from .pages import make_pages
from .problems import handle_problems
from .rates import NO_RATES, Rates, limit_rates, trust_proxies
from .rendering import prepare_templates
from .scopes import Access, guard_scopes, scope
from .shortcut import Shortcut
from .uploads import Uploads
from .valuations import make_valuations

STATIC_S = 31_536_000
"""Static files are kept for a year: their addresses change with their content."""


class Application(Flask):
    """The web application.

    Attributes
    ----------
    shortcut : Shortcut or None
        What may be asked first, where nothing that was set makes a difference to it.
    """

    shortcut: Shortcut | None = None

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none here is a coroutine, and Flask would look at each anew with every request."""
        return func


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one request, and one client, may ask for.

    Attributes
    ----------
    max_body_bytes : int
        A larger request body gets 413.
    max_batch : int
        Most cars in one batch.
    rates : Rates
        How often one client may ask.
    trusted_proxies : int
        So many proxies in front tell the client's address.
    max_depth : int
        Lists and objects within each other in one body of JSON.
    """

    max_body_bytes: int
    max_batch: int
    rates: Rates = NO_RATES
    trusted_proxies: int = 0
    max_depth: int = MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Watched:
    """Who counts, where that is told, and who keeps the answers.

    Attributes
    ----------
    observer : Observer
        Hears of every quote.
    page : Blueprint or None
        See `metrics_page.make_metrics`.
    make : callable
        Makes a model version ready to answer, such as one that tells how long that takes.
    kept : Kept or None
        Where answers are kept; without it none is.
    shadow : callable or None
        Takes answers, too: see `shadow.Shadow.take`.
    """

    observer: Observer = field(default_factory=Observer)
    page: Blueprint | None = None
    make: Callable[..., Current] = Current
    kept: Kept | None = None
    shadow: Keep | None = None

    @property
    def takers(self) -> Keep | None:
        """What takes each answer; None where nobody does."""
        return both(self.kept.keep if self.kept else None, self.shadow)


def create_app(
    holder: Holder,
    uploads: Uploads,
    limits: RequestLimits,
    *,
    log: Write | None = None,
    store: ModelStore | None = None,
    access: Access | None = None,
    watched: Watched | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Application:
    """Return the application.

    Parameters
    ----------
    holder : Holder
        Gives the model; started and stopped by whoever made it.
    uploads : Uploads
        Where files go that are sent; whoever made it runs the jobs.
    limits : RequestLimits
    log : callable, optional
        Gets a line for each request: see `access.log_requests`.
    store : ModelStore, optional
        The versions that the page of the model tells of.
    access : Access, optional
        Who is let in: everyone, where not given.
    watched : Watched, optional
        Who counts and who keeps; nobody, where not given.
    stopping : callable
        Whether this server is about to stop.
    """
    access = access or Access()
    app = Application(__name__)
    app.config |= {"MAX_CONTENT_LENGTH": limits.max_body_bytes, "SEND_FILE_MAX_AGE_DEFAULT": STATIC_S}
    # Its redirects would lead to whatever host the request named.
    app.url_map.merge_slashes = False
    watched = watched or Watched()
    keep = watched.takers
    desk = Desk(holder, watched.observer, partial(watched.make, keep=keep) if keep else watched.make)
    prepare_templates(app, desk, access.docs_url)
    _add_calls(app, desk, uploads, limits, watched.kept)
    app.register_blueprint(make_drift(watched.kept, Noted(store.artifacts) if store else None))
    app.register_blueprint(make_health(desk, stopping))
    app.register_blueprint(make_pages(desk, store, watched.kept))
    if watched.page:
        app.register_blueprint(watched.page)
    _describe(app, desk, Documents(limits.max_batch, uploads.limits))
    _compress_static(app)
    handle_problems(app)
    guard_scopes(app, access)
    if log is not None:
        log_requests(app, log)
    limit_rates(app, limits.rates)
    trust_proxies(app, limits.trusted_proxies)
    inner = CrossOrigin(app.wsgi_app, access.origins) if access.origins else app.wsgi_app
    app.wsgi_app = CommonHeaders(inner, access.hsts_s)  # type: ignore[method-assign]
    app.shortcut = _shortcut_of(desk, limits, access, log)
    return app


def _shortcut_of(desk: Desk, limits: RequestLimits, access: Access, log: Write | None) -> Shortcut | None:
    if access.origins or access.hosts or limits.rates.limit:
        return None
    return Shortcut(desk, access.keyring, common_headers(access.hsts_s), depth=limits.max_depth, write=log)


def _add_calls(app: Flask, desk: Desk, uploads: Uploads, limits: RequestLimits, kept: Kept | None) -> None:
    """Add the calls that programs make: prices, files, jobs, valuations and outcomes."""
    most, most_bytes = limits.max_batch, limits.max_body_bytes
    for blueprint in (
        make_api(desk, max_batch=most, max_body_bytes=most_bytes, max_depth=limits.max_depth),
        make_files(desk, uploads),
        make_jobs(desk, uploads),
        make_valuations(kept),
        make_outcomes(desk, kept, most=most, max_body_bytes=most_bytes),
    ):
        app.register_blueprint(blueprint)


def _compress_static(app: Flask) -> None:
    def static(filename: str) -> Response:
        return compress(app.send_static_file(filename))

    app.view_functions["static"] = static


def _describe(app: Flask, desk: Desk, documents: Documents) -> None:
    @app.get("/openapi.json")
    @scope("page")
    def openapi() -> Response:
        try:
            reader = desk.current().reader
        except NoModelError:
            reader = None
        return json_answer(documents.of(reader))
