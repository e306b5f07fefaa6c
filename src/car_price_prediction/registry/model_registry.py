"""What the life cycle needs of a model registry, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHAMPION = "champion"
"""The alias of the version that answers."""
CHALLENGER = "challenger"
"""The alias of the version that was trained last."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered version.

    Attributes
    ----------
    number : str
        In the registry.
    run_id : str
        Of the run that holds the package.
    package_version : str or None
        The package that it was registered for; None where it is no package of this program's.
    """

    number: str
    run_id: str
    package_version: str | None


class ModelRegistry(Protocol):
    """A registry of versions with aliases.

    Every method raises `RegistryUnreachableError` within seconds where the registry does not answer, and
    `RegistryError` where it refuses.
    """

    @property
    def name(self) -> str:
        """The registry's name for people."""

    def holder_of(self, alias: str) -> Registered | None:
        """Return the version that has an alias, or None where no version has."""

    def find(self, package_version: str) -> Registered | None:
        """Return the newest registered version of a package, or None where it was never registered."""

    def move_alias(self, alias: str, number: str) -> None:
        """Give an alias to a version, whichever had it before."""

    def read_file(self, version: Registered, name: str, target: Path) -> None:
        """Write one file of a version's package to a path."""
