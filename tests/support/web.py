"""The web application over a model that a test chooses."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask.testing import FlaskClient

from car_price_prediction.bootstrap import current_valuer
from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.jobs.folder import JobFolder
from car_price_prediction.jobs.runner import Limits
from car_price_prediction.jobs.store import JobStore
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.holder import HolderState
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.web.app import RequestLimits, Watched, create_app
from car_price_prediction.web.kept import Kept
from car_price_prediction.web.metrics_page import Everything, State, make_metrics
from car_price_prediction.web.numbers_folder import prepare_folder
from car_price_prediction.web.observer import Observer
from car_price_prediction.web.uploads import Uploads

FABIA = {"make": "Skoda", "model": "Fabia", "year": 2015, "mileage_km": 80_000}


@dataclass
class FixedHolder:
    """Holds what it is given, as `ModelHolder` would."""

    held: Valuer | None = None
    problem: str | None = None

    def valuer(self) -> Valuer:
        if self.held is None:
            raise NoModelError(self.problem or "artifacts holds no model yet", hint="train one with `car-price train`")
        return self.held

    def state(self) -> HolderState:
        loaded_at = datetime(2026, 1, 2, tzinfo=UTC) if self.held else None
        return HolderState(self.held.manifest.version if self.held else None, self.problem, loaded_at)


@cache
def valuer_of(artifacts: Path) -> Valuer:
    return current_valuer(artifacts)


def in_market(artifacts: Path, **market: object) -> Valuer:
    """Return a valuer of its own, of another market: ``mileage_unit="mi"``, ``sample=True`` and the like."""
    valuer = current_valuer(artifacts)
    manifest = valuer.manifest
    valuer.manifest = manifest.model_copy(update={"market": manifest.market.model_copy(update=market)})
    return valuer


@cache
def uploads_of(limits: Limits | None = None) -> Uploads:
    """Return where files go; nothing works on the jobs."""
    limits = limits or Limits()
    return Uploads(JobFolder(Path(tempfile.mkdtemp(prefix="car-price-test-"))), limits)


@cache
def watched_by() -> Watched:
    """Return a page of metrics, for its route; nobody counts."""
    folder = Path(tempfile.mkdtemp(prefix="car-price-test-"))
    prepare_folder(folder)
    uploads = uploads_of()
    return Watched(Observer(), make_metrics(Everything(folder, State(FixedHolder(), jobs_in(uploads), folder))))


def jobs_in(uploads: Uploads) -> JobStore:
    return JobStore(uploads.folder.database, lease_s=15)


def client_of(
    valuer: Valuer | None,
    *,
    problem: str | None = None,
    uploads: Uploads | None = None,
    kept: Kept | None = None,
    store: ModelStore | None = None,
    **limits: int,
) -> FlaskClient:
    return create_app(
        FixedHolder(valuer, problem),
        uploads or uploads_of(),
        RequestLimits(**{"max_body_bytes": 100_000, "max_batch": 5} | limits),
        store=store,
        watched=replace(watched_by(), kept=kept),
    ).test_client()
