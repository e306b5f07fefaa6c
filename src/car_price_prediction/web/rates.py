"""How often one client may ask: Flask-Limiter, off unless a rate is set."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from .guard import ALWAYS
from .headers import STATIC

NOT_COUNTED = (*ALWAYS, STATIC, "/metrics")


@dataclass(frozen=True, slots=True)
class Rates:
    """How often one client may ask.

    Attributes
    ----------
    limit : str or None
        Such as ``"600 per minute"``; None sets no limit.
    storage : str
        Where the counts are kept: ``memory://``, each worker's own, or the address of a Redis server, for all together.
    """

    limit: str | None = None
    storage: str = "memory://"


NO_RATES = Rates()


def limit_rates(app: Flask, rates: Rates) -> None:
    """Answer 429 with ``Retry-After`` to whoever asks more often; probes and static files are not counted.

    Where Redis does not answer, each worker counts for itself until it does.
    """
    if rates.limit is None:
        return
    from flask_limiter import Limiter  # noqa: PLC0415 - most installations do without

    limiter = Limiter(
        lambda: request.remote_addr or "",
        app=app,
        application_limits=[rates.limit],
        storage_uri=rates.storage,
        in_memory_fallback_enabled=True,
        headers_enabled=True,
    )
    limiter.request_filter(lambda: request.path.startswith(NOT_COUNTED))


def trust_proxies(app: Flask, count: int) -> None:
    """Take the client's address from ``X-Forwarded-For``, as so many proxies in front of this server wrote it."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=0, x_host=0)  # type: ignore[method-assign]
