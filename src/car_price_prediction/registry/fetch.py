"""A package from the registry into the store: whole and with every hash checked, or not at all."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from car_price_prediction.domain.errors import PackageError, RegistryError
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.manifest import read_manifest
from car_price_prediction.package.store import MANIFEST, ModelStore, Package
from car_price_prediction.pricing.valuer import Valuer

from .model_registry import ModelRegistry, Registered


def ensure_here(store: ModelStore, registry: ModelRegistry, registered: Registered) -> Package:
    """Return the package of a registered version, downloaded where it is not here or is damaged.

    Raises
    ------
    RegistryError
        Where the version is no package, or the registry does not give it.
    PackageError
        Where what it gives is not whole, or prices no typical car.
    """
    version = registered.package_version
    if version is None or PurePosixPath(version).name != version or version.startswith("."):
        raise RegistryError(
            f"version {registered.number} in {registry.name} holds no package of this program's",
            hint="give the alias to a version that `car-price train` registered",
        )
    try:
        package = store.load(version)
    except PackageError:
        package = _download(store, registry, registered, version)
    Valuer(read_contents(package)).probe()
    return package


def _download(store: ModelStore, registry: ModelRegistry, registered: Registered, version: str) -> Package:
    with store.draft() as draft:
        registry.read_file(registered, MANIFEST, draft / MANIFEST)
        for name in read_manifest((draft / MANIFEST).read_bytes()).files:
            target = _inside(draft, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            registry.read_file(registered, name, target)
        return store.adopt(draft, version)


def _inside(folder: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise PackageError(f"the package names a file outside of itself: {name}")
    return folder / path
