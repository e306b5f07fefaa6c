"""A model registry in memory; tests/contract/test_registry.py holds it to what MLflow's does."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from car_price_prediction.domain.errors import RegistryError, RegistryUnreachableError
from car_price_prediction.package.store import Package
from car_price_prediction.registry.model_registry import Registered


@dataclass
class FakeRegistry:
    """Versions with aliases, and whether it answers."""

    name: str = "a registry"
    up: bool = True
    versions: dict[str, Registered] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def register(self, package: Package) -> str:
        """Register a package, and return its number."""
        return self.put(package.manifest.version, package.folder)

    def put(self, version: str | None, folder: Path | None = None) -> str:
        number = str(len(self.versions) + 1)
        self.versions[number] = Registered(number, f"run-{number}", version)
        if folder:
            self.folders[f"run-{number}"] = folder
        return number

    def holder_of(self, alias: str) -> Registered | None:
        self._answer("holder_of")
        return self.versions[self.aliases[alias]] if alias in self.aliases else None

    def find(self, package_version: str) -> Registered | None:
        self._answer("find")
        found = [version for version in self.versions.values() if version.package_version == package_version]
        return max(found, key=lambda version: int(version.number), default=None)

    def move_alias(self, alias: str, number: str) -> None:
        self._answer("move_alias")
        if number not in self.versions:
            raise RegistryError(f"version {number} not found")
        self.aliases[alias] = number

    def read_file(self, version: Registered, name: str, target: Path) -> None:
        self._answer("read_file")
        path = self.folders.get(version.run_id, Path("/nowhere")) / name
        if not path.is_file():
            raise RegistryError(f"no such file: {name}")
        shutil.copyfile(path, target)

    def _answer(self, what: str) -> None:
        self.asked.append(what)
        if not self.up:
            raise RegistryUnreachableError("a registry does not answer")
