"""Which version waits to be promoted. Apart from `promotion`: a server asks too, and judges no version by listings."""

from __future__ import annotations

from car_price_prediction.package.store import ModelStore


def challenger_in(store: ModelStore) -> str | None:
    """Return the newest version, where it never answered."""
    newest, met = store.versions()[-1:], {line.get("to") for line in store.history()}
    return next((version for version in newest if version not in met), None)
