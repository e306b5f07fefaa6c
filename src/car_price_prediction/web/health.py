"""Probes: whether the process lives, whether it can price, and in what state it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from car_price_prediction.domain.errors import NoModelError

from .api import json_answer
from .current import Desk
from .problems import body_of, problem_body, problem_response
from .scopes import scope

log = logging.getLogger(__name__)


def make_health(desk: Desk, stopping: Callable[[], bool]) -> Blueprint:
    """Return ``/health/live``, ``/health/ready`` and ``/info/status``.

    Parameters
    ----------
    desk : Desk
    stopping : callable
        Whether this server is about to stop: it is not ready any more then.
    """
    health = Blueprint("health", __name__)

    @health.get("/health/live")
    @scope("open")
    def live() -> Response:
        return json_answer({"status": "live"})

    @health.get("/health/ready")
    @scope("open")
    def ready() -> Response:
        if stopping():
            return problem_response(problem_body(503, "stopping", "this server is about to stop; others go on"))
        desk.holder.valuer()
        return json_answer({"status": "ready"})

    @health.get("/info/status")
    @scope("open")
    def status() -> Response:
        try:
            return json_answer(_status(desk))
        except NoModelError as error:
            return problem_response(body_of(error))
        except Exception as error:
            log.exception("the probe car could not be priced")
            return problem_response(problem_body(503, "probe_failed", f"the probe car cannot be priced: {error}"))

    return health


def _status(desk: Desk) -> dict[str, Any]:
    valuer, state = desk.current().valuer, desk.holder.state()
    manifest = valuer.manifest
    return {
        "status": "ok",
        "model_version": manifest.version,
        "loaded_at": state.loaded_at.isoformat() if state.loaded_at else "",
        "trained_at": manifest.created_at.isoformat(),
        "market": manifest.market.name,
        "sample": manifest.market.sample,
        "currency": manifest.market.currency,
        "notice": state.problem,
        "probe": valuer.probe().as_dict(),
    }
