"""The web application, put together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask, Response, url_for

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.pricing.words import car_text

from .access import Write, log_requests
from .api import json_answer, make_api
from .current import Desk, Holder
from .display import day, money, number
from .headers import CommonHeaders
from .health import make_health
from .openapi import Documents
from .pages import make_pages
from .problems import handle_problems
from .rates import NO_RATES, Rates, limit_rates, trust_proxies

STATIC = Path(__file__).parent / "static"
STATIC_S = 31_536_000
"""Static files are kept for a year: their addresses change with their content."""


def create_app(
    holder: Holder,
    *,
    max_body_bytes: int,
    max_batch: int,
    log: Write | None = None,
    stopping: Callable[[], bool] = lambda: False,
    rates: Rates = NO_RATES,
    trusted_proxies: int = 0,
) -> Flask:
    """Return the application.

    Parameters
    ----------
    holder : Holder
        Gives the model; started and stopped by whoever made it.
    max_body_bytes : int
        A larger request body gets 413.
    max_batch : int
        Most cars in one batch.
    log : callable, optional
        Gets a line for each request: see `access.log_requests`.
    stopping : callable
        Whether this server is about to stop.
    rates : Rates
        How often one client may ask.
    trusted_proxies : int
        So many proxies in front tell the client's address.
    """
    app = Flask(__name__)
    app.config |= {"MAX_CONTENT_LENGTH": max_body_bytes, "SEND_FILE_MAX_AGE_DEFAULT": STATIC_S}
    app.jinja_env.globals |= {
        "static_url": static_url,
        "money": money,
        "number": number,
        "day": day,
        "car_text": car_text,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    desk = Desk(holder)
    api = make_api(desk, max_batch=max_batch, max_body_bytes=max_body_bytes)
    for blueprint in (api, make_health(desk, stopping), make_pages(desk)):
        app.register_blueprint(blueprint)
    _describe(app, desk, Documents(max_batch))
    handle_problems(app)
    if log is not None:
        log_requests(app, log)
    limit_rates(app, rates)
    trust_proxies(app, trusted_proxies)
    app.wsgi_app = CommonHeaders(app.wsgi_app)  # type: ignore[method-assign]
    return app


def static_url(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _describe(app: Flask, desk: Desk, documents: Documents) -> None:
    @app.get("/openapi.json")
    def openapi() -> Response:
        try:
            reader = desk.current().reader
        except NoModelError:
            reader = None
        return json_answer(documents.of(reader))
