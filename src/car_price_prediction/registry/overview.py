"""The versions of a store at a glance."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.history import way_back
from car_price_prediction.package.store import ModelStore

from .model_registry import CHALLENGER, CHAMPION


@dataclass(frozen=True, slots=True)
class Row:
    """One version.

    Attributes
    ----------
    version : str
    role : {"champion", "challenger", "previous", ""}
        ``previous`` is what a rollback goes back to.
    trained_at, market, currency : str
    listings : int
    mdape, coverage : float
    problem : str
        Why the version cannot be used; the fields above it are empty then.
    """

    version: str
    role: str
    trained_at: str = ""
    market: str = ""
    currency: str = ""
    listings: int = 0
    mdape: float = 0.0
    coverage: float = 0.0
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain values."""
        return asdict(self)


def overview(store: ModelStore, challenger: str | None) -> list[Row]:
    """Return a row for each version, the newest first; their files are not looked into.

    Parameters
    ----------
    store : ModelStore
    challenger : str or None
    """
    current = store.current_or_none()
    before = [version for version in way_back(store.history()) if version != current]
    roles = {challenger: CHALLENGER, current: CHAMPION} | ({before[-1]: "previous"} if before else {})
    return [_row(store, version, roles.get(version, "")) for version in reversed(store.versions())]


def _row(store: ModelStore, version: str, role: str) -> Row:
    try:
        manifest = store.manifest(version)
    except PackageError as error:
        return Row(version, role, problem=error.message)
    return Row(
        version=version,
        role=role,
        trained_at=f"{manifest.created_at:%Y-%m-%d %H:%M} UTC",
        market=manifest.market.name,
        currency=manifest.market.currency or "",
        listings=manifest.data.rows_used,
        mdape=manifest.metrics["mdape"],
        coverage=manifest.metrics["coverage"],
    )
