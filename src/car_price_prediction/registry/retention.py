"""Old versions make room; what answers, and what one can go back to next, stays."""

from __future__ import annotations

from contextlib import suppress

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.history import way_back
from car_price_prediction.package.store import ModelStore
from car_price_prediction.shadow.kept import forget

BEFORE = 2
"""So many steps of the way back are kept however old they are: what answers, and what answered before it."""


def prune(store: ModelStore, keep: int) -> list[str]:
    """Remove all but the newest versions; return the removed ones, oldest first.

    Parameters
    ----------
    store : ModelStore
    keep : int
        How many of the newest stay; 0 keeps all.
    """
    if keep == 0:
        return []
    kept = {*store.versions()[-keep:], *way_back(store.history())[-BEFORE:], store.current_or_none()}
    old = [version for version in store.versions() if version not in kept]
    with suppress(OSError, PackageError):  # what cannot be removed now must not spoil what was just made current
        for version in old:
            store.remove(version)
            forget(store.artifacts, version)
    return old
