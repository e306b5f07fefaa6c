"""The file of API keys: names, scopes and hashes. A key itself is told once, when it is made, and kept nowhere."""

from __future__ import annotations

import fcntl
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from car_price_prediction.domain.errors import KeysError
from car_price_prediction.package.files import replace_file

KEYS_FILE = "keys.json"
"""Its name in the artifacts folder, which every replica of the API sees."""
PREFIX = "carprice"
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}"
ID_BYTES, SECRET_BYTES = 4, 32

KeyScope = Literal["price", "metrics", "admin"]
"""What a key opens. An admin's key opens everything, one for metrics nothing else."""


class Key(BaseModel):
    """One key, as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    name: str = Field(pattern=f"^{NAME}$")
    scope: KeyScope
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def expired(self, now: datetime) -> bool:
        """Whether it opens nothing any more."""
        return self.expires_at is not None and self.expires_at <= now


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    keys: list[Key] = []


def digest(secret: str) -> str:
    """Return the hash under which a secret is kept.

    A plain one: a secret is 256 random bits, which no list of passwords holds.

    Examples
    --------
    >>> digest("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()


class KeyFile:
    """Reads and changes the keys of an installation. Several processes may change them at once.

    Parameters
    ----------
    path : Path
        Replaced as a whole by every change.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     keys = KeyFile(Path(folder) / KEYS_FILE)
    ...     token = keys.add("shop", "price")
    ...     [(key.name, key.scope) for key in keys.read()], token.split("_")[0]
    ([('shop', 'price')], 'carprice')
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Sequence[Key]:
        """Return the keys; none where there is no file.

        Raises
        ------
        KeysError
            Where the file is damaged or cannot be read.
        """
        try:
            return _Content.model_validate_json(self.path.read_bytes()).keys
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it holds something else"
            raise KeysError(
                f"the API keys in {self.path} cannot be read: {reason}",
                hint="put it back from a backup; until then every call that needs a key is refused",
            ) from None

    def add(self, name: str, scope: KeyScope) -> str:
        """Make a key and return it.

        Raises
        ------
        KeysError
            Where there is one of that name.
        """
        with self._change() as keys:
            if _named(keys, name):
                raise KeysError(f"there is a key {name} already", hint=f"`car-price keys rotate {name}` makes it anew")
            return _append(keys, name, scope)

    def rotate(self, name: str, overlap: timedelta) -> str:
        """Make a key anew and return it; the old one opens as much as before until the overlap is over.

        Raises
        ------
        KeysError
            Where there is none of that name.
        """
        with self._change() as keys:
            (old, *_) = _named(keys, name) or _unknown(name)
            end = datetime.now(UTC) + overlap
            keys[:] = [_ended(key, end) if key.name == name else key for key in keys]
            return _append(keys, name, old.scope)

    def remove(self, name: str, *, last: bool = False) -> None:
        """Remove the keys of a name.

        Parameters
        ----------
        name : str
        last : bool, optional
            Whether it may be the last: without any key nobody is asked for one.

        Raises
        ------
        KeysError
            Where there is none of that name, or it is the last and may not be.
        """
        with self._change() as keys:
            if not _named(keys, name):
                _unknown(name)
            keys[:] = [key for key in keys if key.name != name]
            if not keys and not last:
                raise KeysError(
                    f"{name} is the last key: without any, nobody is asked for one",
                    hint="add another first; or open the API to everyone with --last",
                )

    @contextmanager
    def _change(self) -> Iterator[list[Key]]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(f".{self.path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            now = datetime.now(UTC)
            keys = [key for key in self.read() if not key.expired(now)]
            yield keys
            replace_file(self.path, _Content(keys=keys).model_dump_json(indent=1) + "\n")


def _append(keys: list[Key], name: str, scope: KeyScope) -> str:
    identity, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    made = Key(id=identity, name=name, scope=scope, sha256=digest(secret), created_at=datetime.now(UTC))
    keys.append(made)
    return f"{PREFIX}_{identity}_{secret}"


def _ended(key: Key, end: datetime) -> Key:
    return key.model_copy(update={"expires_at": min(end, key.expires_at or end)})


def _named(keys: Sequence[Key], name: str) -> list[Key]:
    return [key for key in keys if key.name == name]


def _unknown(name: str) -> list[Key]:
    raise KeysError(f"there is no key {name}", hint="`car-price keys list` shows all")
