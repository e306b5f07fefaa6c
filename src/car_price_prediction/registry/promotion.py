"""The life of a version: challenger, champion through the gate, and back again in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from car_price_prediction.domain.errors import NoModelError, PackageError, RegistryError
from car_price_prediction.package.history import way_back
from car_price_prediction.package.store import ModelStore, Package

from .alias import ChampionAlias, outweighs
from .challenger import challenger_in
from .checks import Check
from .fetch import ensure_here
from .gate import examine
from .live import Live
from .model_registry import CHALLENGER, CHAMPION, ModelRegistry
from .retention import prune

PENDING_FILE = "pending_alias.json"


@dataclass(frozen=True, slots=True)
class Move:
    """What came of making a version the one that answers.

    Attributes
    ----------
    version : str
    before : str or None
        The version that answered until now.
    moved : bool
        Whether it answers now.
    checks : tuple of Check
        What the gate looked at; empty for a rollback.
    alias : str
        What came of the alias in the registry, for people; ``""`` without a registry.
    skipped : tuple of str
        Versions that a rollback passed over because they are damaged or gone.
    """

    version: str
    before: str | None
    moved: bool
    checks: tuple[Check, ...] = ()
    alias: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def failed(self) -> list[Check]:
        """The checks that were not passed."""
        return [check for check in self.checks if not check.passed]

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values."""
        return asdict(self)


class LifeCycle:
    """Promotes and rolls back the versions of one artifacts folder.

    Parameters
    ----------
    store : ModelStore
    registry : ModelRegistry, optional
        Told of every move; without one the folder alone counts.
    keep : int
        How many versions are kept; 0 keeps all.
    live : callable, optional
        Returns what live requests and sales told of a challenger and a champion.
    """

    def __init__(
        self,
        store: ModelStore,
        registry: ModelRegistry | None = None,
        *,
        keep: int = 0,
        live: Callable[[str, str], Live] = lambda challenger, champion: Live(),  # noqa: ARG005
    ) -> None:
        self._store, self._registry, self._keep, self._live = store, registry, keep, live
        self._alias = ChampionAlias(registry, store.artifacts / PENDING_FILE) if registry else None

    def challenger(self) -> str | None:
        """Return the newest version, where it never answered."""
        return challenger_in(self._store)

    def live(self, challenger: str) -> Live | None:
        """Return what live requests and sales told of a version beside the champion; None where that is itself."""
        champion = self._store.current_or_none()
        return self._live(challenger, champion) if champion and champion != challenger else None

    def resolve(self, name: str | None) -> str:
        """Return the version that a name stands for: ``champion``, ``challenger`` (None too), or itself.

        Raises
        ------
        NoModelError
            Where no version waits to be promoted, or none answers.
        """
        if name == CHAMPION:
            return self._store.current_version()
        if name not in (None, CHALLENGER):
            return str(name)
        found = self.challenger()
        if found is None:
            raise NoModelError(
                "no version newer than the champion waits to be promoted",
                hint="train one, or name a version of `car-price models list`",
            )
        return found

    def promote(self, name: str | None = None, *, why: str = "", force: bool = False) -> Move:
        """Make a version the champion if the gate lets it through.

        Parameters
        ----------
        name : str, optional
            The challenger where not given.
        why : str
            Goes into the history.
        force : bool
            Whether it becomes the champion whatever the gate says.

        Raises
        ------
        NoModelError, PackageError, RegistryError
            Where there is no such version, or it cannot be read.
        """
        package = self._package(self.resolve(name))
        version, before = package.manifest.version, self._store.current_or_none()
        if version == before:
            return Move(version, before, moved=True, alias=self._move(version, before, ""))
        checks = tuple(self._checks(package, before))
        failed = [check.id for check in checks if not check.passed]
        if failed and not force:
            return Move(version, before, moved=False, checks=checks)
        forced = f"forced past {', '.join(failed)}" if failed else "promoted"
        alias = self._move(version, before, f"{forced}: {why}" if why else forced)
        return Move(version, before, moved=True, checks=checks, alias=alias)

    def rollback(self, why: str) -> Move:
        """Make the version before the current one answer again.

        Raises
        ------
        NoModelError
            Where there is none.
        """
        before, skipped = self._store.current_or_none(), []
        for version in reversed(way_back(self._store.history())):
            if version == before:
                continue
            try:
                self._store.load(version)
            except PackageError:
                skipped.append(version)
                continue
            alias = self._move(version, before, f"rolled back: {why}" if why else "rolled back")
            return Move(version, before, moved=True, alias=alias, skipped=tuple(skipped))
        damaged = f"; damaged or gone: {', '.join(skipped)}" if skipped else ""
        raise NoModelError(
            f"there is no version before {before or 'the current one'} to go back to{damaged}",
            hint="`car-price models promote VERSION` takes any version of `car-price models list`",
        )

    def first(self, version: str) -> str:
        """Give the alias to the first version of a folder that answers; return what came of it, for people.

        A champion that the registry knows already stays.
        """
        if self._registry is None or self._alias is None:
            return ""
        try:
            holder = self._registry.holder_of(CHAMPION)
        except RegistryError as error:
            return error.message
        if holder is not None and holder.package_version != version:
            return (
                f"the {CHAMPION} in {self._registry.name} is version {holder.number} ({holder.package_version}): "
                "`car-price models sync` makes it answer here"
            )
        return self._alias.settle(self._alias.intend(version, None))

    def catch_up(self) -> str:
        """Tell the registry which version answers here, once it knows that version; return what came of it."""
        current = self._store.current_or_none()
        if self._registry is None or self._alias is None or current is None:
            return ""
        pending = self._alias.pending
        if pending is None:
            return self.first(current)
        try:
            if outweighs(pending, self._registry.holder_of(CHAMPION)):
                return self._alias.settle(pending)
        except RegistryError as error:
            return error.message
        return f"the alias {CHAMPION} was moved meanwhile: `car-price models sync` follows it"

    def prune(self) -> list[str]:
        """Remove old versions."""
        return prune(self._store, self._keep)

    def _package(self, version: str) -> Package:
        if self._registry is not None and version not in self._store.versions():
            registered = self._registry.find(version)
            if registered is not None:
                return ensure_here(self._store, self._registry, registered)
        return self._store.load(version)

    def _checks(self, challenger: Package, champion: str | None) -> Sequence[Check]:
        if champion is None:
            return [Check("no_champion", True, "no version answers yet: nothing to compare with")]
        try:
            package = self._store.load(champion)
        except PackageError as error:
            return [Check("no_champion", True, f"the champion cannot be used: {error.message}")]
        try:
            live = self._live(challenger.manifest.version, champion)
            return examine(challenger, package, self._store.artifacts / "data", None, live)
        except PackageError as error:
            return [Check("held_out", False, f"{error.message}: the two versions cannot be compared")]

    def _move(self, version: str, before: str | None, why: str) -> str:
        # Written down first: whatever ends this process in between, `models sync` finishes it and never undoes it.
        pending = self._alias.intend(version, before if before != version else None) if self._alias else None
        if version != before:
            self._store.set_current(version, why=why)
        alias = self._alias.settle(pending) if self._alias and pending else ""
        self.prune()
        return alias
