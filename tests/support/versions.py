"""Several small versions in one artifacts folder, made once and copied for each test."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore, Package

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def copy_version(store: ModelStore, package: Package, number: int, **market: object) -> str:
    """Publish a package again as another version, which orders by its number; return its name."""
    at = FIRST + timedelta(days=number)
    version = f"{at:%Y%m%dT%H%M%S}.000Z-{number:08}"
    manifest = package.manifest
    changed = {"version": version, "created_at": at, "market": manifest.market.model_copy(update=market)}
    with store.draft() as draft:
        for name in manifest.files:
            shutil.copy(package.folder / name, draft / name)
        store.publish(draft, Manifest.model_validate(manifest.model_copy(update=changed).model_dump()))
    return version


def damage(store: ModelStore, version: str) -> None:
    """Change one byte of a version."""
    path = store.models / version / "booster.txt"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def told(store: ModelStore) -> list[tuple[str | None, str | None, str | None]]:
    """Return the history as from, to and why."""
    lines = [json.loads(line) for line in store.history_file.read_text().splitlines()]
    return [(line["from"], line["to"], line["why"]) for line in lines]
