"""The alias ``champion``: moved at once where the registry answers, else written down and moved once it does."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from car_price_prediction.domain.errors import RegistryError
from car_price_prediction.package.files import replace_file

from .model_registry import CHAMPION, ModelRegistry, Registered


class Pending(BaseModel):
    """A move of the alias that the registry does not know of yet.

    Attributes
    ----------
    to : str
        The package version that is to have it.
    left : tuple of str
        The package versions that answered here since the registry was last told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str
    left: tuple[str, ...] = ()


class ChampionAlias:
    """Keeps the alias in step with what was decided here.

    Parameters
    ----------
    registry : ModelRegistry
    file : Path
        Holds the pending move; there only while there is one.
    """

    def __init__(self, registry: ModelRegistry, file: Path) -> None:
        self._registry, self._file = registry, file

    @property
    def pending(self) -> Pending | None:
        """The move that the registry does not know of yet."""
        try:
            return Pending.model_validate_json(self._file.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def intend(self, version: str, left: str | None) -> Pending:
        """Write down that a version is to have the alias, before anything else is done about it."""
        before = self.pending
        versions = (*(before.left if before else ()), *((left,) if left else ()))
        pending = Pending(to=version, left=tuple(dict.fromkeys(versions)))
        self._write(pending)
        return pending

    def drop(self) -> None:
        """Forget the pending move: the registry wins."""
        self._file.unlink(missing_ok=True)

    def settle(self, pending: Pending) -> str:
        """Make a move in the registry, or keep it for later; return what came of it, for people."""
        try:
            registered = self._registry.find(pending.to)
            if registered is None:
                return (
                    f"{pending.to} was never logged to {self._registry.name}: the alias {CHAMPION} stays where it is "
                    f"until `car-price models register {pending.to}`"
                )
            self._registry.move_alias(CHAMPION, registered.number)
        except RegistryError as error:
            self._write(pending)
            return f"{error.message}: the alias {CHAMPION} follows at the next `car-price models sync`"
        self.drop()
        return f"the alias {CHAMPION} names version {registered.number} in {self._registry.name}"

    def _write(self, pending: Pending) -> None:
        replace_file(self._file, pending.model_dump_json())


def outweighs(pending: Pending, holder: Registered | None) -> bool:
    """Return whether a pending move still holds against what the registry says.

    It does while the alias stays with a version that was left here. Where somebody gave it to another one meanwhile,
    the registry wins.

    Examples
    --------
    >>> outweighs(Pending(to="1", left=("2",)), Registered("7", "run", "2"))
    True
    >>> outweighs(Pending(to="1", left=("2",)), Registered("8", "run", "3"))
    False
    """
    return holder is None or holder.package_version in pending.left
