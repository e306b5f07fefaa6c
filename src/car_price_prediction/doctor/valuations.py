"""The kept valuations, where any are kept: their database answers, and is one of ours."""

from __future__ import annotations

from car_price_prediction.domain.errors import SettingsError, ValuationsError

from .context import Context
from .finding import Finding, failed, ok, skipped


def database(context: Context) -> Finding:
    """Look whether the database answers and has this program's schema."""
    settings = context.settings
    if settings.valuations_url is None:
        return skipped("CAR_PRICE_VALUATIONS_URL is not set: none is kept")
    # Only an installation that keeps valuations waits for SQLAlchemy.
    from car_price_prediction.valuations.database import Database  # noqa: PLC0415
    from car_price_prediction.valuations.store import Valuations  # noqa: PLC0415

    try:
        found = Database(settings.valuations_url, settings.artifacts)
    except SettingsError as error:
        return failed(error.message, error.hint or "prices go on without it")
    try:
        count = Valuations(found).count()
    except ValuationsError as error:
        return failed(f"{found.name}: {error.message}", error.hint or "prices go on without it")
    found.close()
    return ok(f"{found.name} holds {count:,}")
