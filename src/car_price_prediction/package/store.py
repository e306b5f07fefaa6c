"""The model packages on disk: published whole, read with their hashes checked, one of them current."""

from __future__ import annotations

import fcntl
import getpass
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from car_price_prediction.domain.errors import NoModelError, PackageError

from .files import append_line, new_folder, replace_file, sha256_of, sync, sync_tree
from .history import Line, read_history
from .manifest import Manifest, read_manifest

MANIFEST = "manifest.json"
DRAFT = ".draft-"
FORGOTTEN_S = 24 * 3600.0
"""A draft is made in seconds: one that was not touched for a day is nobody's any more."""
TRAIN_HINT = "train one with `car-price train FILE`"


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose every file is the one that was published."""

    folder: Path
    manifest: Manifest


class ModelStore:
    """The packages below one artifacts folder.

    Parameters
    ----------
    artifacts : Path
        Made when the first package is published.
    """

    def __init__(self, artifacts: Path) -> None:
        self.artifacts = artifacts
        self.models = artifacts / "models"
        self.current_file = artifacts / "current.json"
        self.history_file = artifacts / "history.jsonl"

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give a new folder to build a package in; what is left of it at the end is removed.

        What a training left behind that was killed long ago is removed as well.
        """
        self.models.mkdir(parents=True, exist_ok=True)
        for old in self.models.glob(f"{DRAFT}*"):
            with suppress(FileNotFoundError):  # another training may have ended just now
                if time.time() - old.stat().st_mtime > FORGOTTEN_S:
                    shutil.rmtree(old, ignore_errors=True)
        folder = new_folder(self.models, DRAFT)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, manifest: Manifest) -> Package:
        """Turn a draft into a package: hash its files, write the manifest, and move it into place at once.

        Parameters
        ----------
        draft : Path
            From `draft`; gone afterwards.
        manifest : Manifest
            Its ``files`` are filled in here.

        Raises
        ------
        PackageError
            Where the version is there already.
        """
        files = {p.relative_to(draft).as_posix(): sha256_of(p) for p in sorted(draft.rglob("*")) if p.is_file()}
        manifest = manifest.model_copy(update={"files": files})
        folder = self.models / manifest.version
        if folder.exists():
            raise PackageError(f"version {manifest.version} is published already: a version never changes")
        replace_file(draft / MANIFEST, manifest.as_json())
        self._place(draft, folder)
        return Package(folder, manifest)

    def adopt(self, draft: Path, version: str) -> Package:
        """Turn a draft that holds a package published elsewhere into one of this store, once every hash is checked.

        A damaged folder of the same version makes way for it.

        Raises
        ------
        PackageError
            Where the draft is not the whole version.
        """
        manifest = _checked(draft, version)
        folder = self.models / version
        self._set_aside(folder)
        self._place(draft, folder)
        return Package(folder, manifest)

    def remove(self, version: str) -> None:
        """Remove a version that is not current; no reader meets a half of it.

        Raises
        ------
        PackageError
            Where it is the current one.
        """
        with self._lock():
            if version == self.current_or_none():
                raise PackageError(f"version {version} answers now: it is not removed")
            self._set_aside(self.models / version)

    def _place(self, draft: Path, folder: Path) -> None:
        sync_tree(draft)
        draft.rename(folder)
        sync(self.models)

    def _set_aside(self, folder: Path) -> None:
        if folder.exists():
            with self.draft() as draft:
                folder.rename(draft / folder.name)

    def versions(self) -> list[str]:
        """Return the published versions, oldest first."""
        if not self.models.is_dir():
            return []
        return sorted(p.name for p in self.models.iterdir() if not p.name.startswith(".") and (p / MANIFEST).is_file())

    def current_version(self) -> str:
        """Return the version that should answer.

        Raises
        ------
        NoModelError
            Where no version was ever made current.
        PackageError
            Where ``current.json`` cannot be read.
        """
        try:
            found = json.loads(self.current_file.read_bytes())
        except FileNotFoundError:
            raise NoModelError(f"{self.artifacts} holds no model yet", hint=TRAIN_HINT) from None
        except (OSError, ValueError) as error:
            raise PackageError(f"{self.current_file} cannot be read: {error}") from None
        version = found.get("version") if isinstance(found, dict) else None
        if not isinstance(version, str) or Path(version).name != version:
            raise PackageError(f"{self.current_file} names no version")
        return version

    def current_or_none(self) -> str | None:
        """Return the version that should answer, or None where none was ever made current or the file is damaged."""
        try:
            return self.current_version()
        except (NoModelError, PackageError):
            return None

    def load(self, version: str) -> Package:
        """Return a package after checking the hash of every file in it.

        Raises
        ------
        PackageError
            Where it is missing, incomplete, changed, or of another format.
        """
        folder = self.models / version
        return Package(folder, _checked(folder, version))

    def manifest(self, version: str) -> Manifest:
        """Return a version's manifest, without a look at its other files.

        Raises
        ------
        PackageError
            Where it is missing or of another format.
        """
        return _manifest_in(self.models / version, version)

    def set_current(self, version: str, *, why: str, who: str | None = None) -> None:
        """Make a version the one that answers, and write down who did so and why.

        Raises
        ------
        PackageError
            Where the version is missing or damaged: it does not become current.
        """
        with self._lock():
            self.load(version)  # under the lock: nobody prunes it meanwhile
            before = self.current_or_none()
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            replace_file(self.current_file, json.dumps({"version": version, "since": now}) + "\n")
            line = {"when": now, "who": who or _user(), "from": before, "to": version, "why": why}
            append_line(self.history_file, json.dumps(line, ensure_ascii=False))

    def history(self) -> list[Line]:
        """Return what was made current when, by whom and why, oldest first."""
        return read_history(self.history_file)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.artifacts / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _manifest_in(folder: Path, version: str) -> Manifest:
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
    except OSError:
        raise PackageError(f"version {version} is not in {folder.parent}", hint=TRAIN_HINT) from None
    if manifest.version != version:
        raise PackageError(f"{folder} holds the manifest of version {manifest.version}")
    return manifest


def _checked(folder: Path, version: str) -> Manifest:
    manifest = _manifest_in(folder, version)
    damaged = [name for name, sha256 in manifest.files.items() if not _has(folder / name, sha256)]
    if damaged:
        raise PackageError(
            f"version {version} is damaged: {', '.join(damaged)} missing or not as published",
            hint="restore the folder from a backup, or train again",
        )
    return manifest


def _has(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        return "unknown"
