"""The web application, put together."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, url_for

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.pricing.words import car_text

from .access import Write, log_requests
from .api import json_answer, make_api
from .cors import CrossOrigin
from .current import Desk, Holder
from .display import day, money, number
from .headers import CommonHeaders
from .health import make_health
from .openapi import Documents
from .pages import make_pages
from .problems import handle_problems
from .scopes import Access, guard_scopes, scope

STATIC = Path(__file__).parent / "static"
STATIC_S = 31_536_000
"""Static files are kept for a year: their addresses change with their content."""


def create_app(
    holder: Holder,
    *,
    max_body_bytes: int,
    max_batch: int,
    log: Write | None = None,
    access: Access | None = None,
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
    access : Access, optional
        Who is let in: everyone, where not given.
    """
    access = access or Access()
    app = Flask(__name__)
    app.config |= {"MAX_CONTENT_LENGTH": max_body_bytes, "SEND_FILE_MAX_AGE_DEFAULT": STATIC_S}
    # Its redirects would lead to whatever host the request named.
    app.url_map.merge_slashes = False
    app.jinja_env.globals |= {
        "static_url": static_url,
        "money": money,
        "number": number,
        "day": day,
        "car_text": car_text,
        "docs_url": access.docs_url,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    desk = Desk(holder)
    api = make_api(desk, max_batch=max_batch, max_body_bytes=max_body_bytes)
    for blueprint in (api, make_health(desk), make_pages(desk)):
        app.register_blueprint(blueprint)
    _describe(app, desk, Documents(max_batch))
    handle_problems(app)
    guard_scopes(app, access)
    if log is not None:
        log_requests(app, log)
    inner = CrossOrigin(app.wsgi_app, access.origins) if access.origins else app.wsgi_app
    app.wsgi_app = CommonHeaders(inner, access.hsts_s)  # type: ignore[method-assign]
    return app


def static_url(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _describe(app: Flask, desk: Desk, documents: Documents) -> None:
    @app.get("/openapi.json")
    @scope("page")
    def openapi() -> Response:
        try:
            reader = desk.current().reader
        except NoModelError:
            reader = None
        return json_answer(documents.of(reader))
