"""Whether the model that is there is the one that was asked for."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from car_price_prediction.domain.errors import NoModelError, PackageError
from car_price_prediction.package.files import sha256_of
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import ModelStore

from .plan import Plan


def why_train(plan: Plan) -> str:
    """Return why a model must be trained, or ``""`` where the current one will do.

    Raises
    ------
    OSError
        Where one of the user's files cannot be read.
    """
    store = ModelStore(plan.settings.artifacts)
    try:
        manifest = store.load(store.current_version()).manifest
    except NoModelError:
        return "there is no model yet"
    except PackageError as error:
        return f"the model that is there cannot be used: {error.message}"
    return _difference(manifest, plan) if plan.data else ""


def _difference(manifest: Manifest, plan: Plan) -> str:
    if not _same_sources(manifest, plan.data):
        return "the model that is there was trained on other files"
    if plan.currency and plan.currency.upper() != manifest.market.currency:
        return f"the model that is there prices in {manifest.market.currency or 'no named currency'}"
    if plan.mileage_unit and plan.mileage_unit != manifest.market.mileage_unit:
        return f"the model that is there reads mileage in {manifest.market.mileage_unit}"
    return ""


def _same_sources(manifest: Manifest, data: Iterable[str]) -> bool:
    # A file is known by its content; a remote one, which would have to be fetched to know, by its name.
    sha256 = {source.sha256 for source in manifest.data.sources}
    names = {source.name for source in manifest.data.sources}
    seen: set[str] = set()
    for name in data:
        if "://" in name:
            remote = PurePosixPath(unquote(urlsplit(name).path)).name
            if remote not in names:
                return False
            seen |= {source.sha256 for source in manifest.data.sources if source.name == remote}
        else:
            seen |= {sha256_of(path) for path in _files(name)}
    return seen == sha256


def _files(name: str) -> list[Path]:
    path = Path(name)
    if path.exists() or not glob.has_magic(name):
        return [path]
    return [Path(found) for found in glob.glob(name, recursive=True)]  # noqa: PTH207 - may be absolute
