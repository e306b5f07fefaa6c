"""Holds the model that answers, and swaps in a newly published one while requests go on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from car_price_prediction.domain.errors import CarPriceError, NoModelError, PackageError
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.store import ModelStore, Package

from .memory import give_back
from .turns import short_turns
from .valuer import Valuer

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""A model that could not be loaded is tried again this often: its folder may still be arriving on a shared disk."""


@dataclass(frozen=True, slots=True)
class HolderState:
    """What is held.

    Attributes
    ----------
    version : str or None
        The version that answers.
    problem : str or None
        Why there is none, or why a newer one was refused.
    loaded_at : datetime or None
        In UTC.
    """

    version: str | None
    problem: str | None
    loaded_at: datetime | None


class ModelHolder:
    """Follows ``current.json``: loads, verifies and probes the version it names before the old one is let go.

    The version before stays in memory until another one is loaded: a rollback, or a promotion after it, waits for
    nothing but the check of its files.

    Parameters
    ----------
    store : ModelStore
    poll_s : float
        How often to look, in seconds.
    told : callable, optional
        Gets the version of each model that answers from then on; None where a newer one could not be loaded.
    """

    def __init__(self, store: ModelStore, poll_s: float, told: Callable[[str | None], None] = lambda _: None) -> None:
        self._store, self._poll_s, self._told = store, poll_s, told
        self._valuer: Valuer | None = None
        self._before: Valuer | None = None
        self._error: CarPriceError | None = NoModelError("no model was looked for yet")
        self._loaded_at: datetime | None = None
        self._seen: tuple[int, int, int] | None = None
        self._retry_at = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="model-holder", daemon=True)

    def start(self) -> None:
        """Load the current model, if there is one, and follow its changes from then on."""
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """Stop following; what is held goes on answering."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def valuer(self) -> Valuer:
        """Return the valuer that answers now.

        Raises
        ------
        NoModelError
            With the reason, where there is none.
        """
        valuer = self._valuer
        if valuer is None:
            error = self._error or NoModelError("no model is loaded")
            raise NoModelError(error.message, hint=error.hint)
        return valuer

    def state(self) -> HolderState:
        """Return what is held, for people."""
        version = self._valuer.manifest.version if self._valuer else None
        return HolderState(version, self._error.message if self._error else None, self._loaded_at)

    def refresh(self) -> None:
        """Load the current version if it changed, or if the last try failed a while ago."""
        stamp = self._stamp()
        if stamp == self._seen and (self._error is None or time.monotonic() < self._retry_at):
            return
        self._seen, self._retry_at = stamp, time.monotonic() + RETRY_S
        try:
            with short_turns():
                self._swap(self._store.current_version())
        except CarPriceError as error:
            self._refuse(error)
        except Exception as error:
            # Whatever a damaged package does to a reader, the model that answers goes on answering.
            log.exception("the current model could not be loaded")
            self._refuse(PackageError(f"the current model cannot be loaded: {error}"))

    def _swap(self, version: str) -> None:
        if self._valuer is None or self._valuer.manifest.version != version:
            valuer = self._valuer_of(self._store.load(version))
            valuer.probe()
            self._before, self._valuer, self._loaded_at = self._valuer, valuer, datetime.now(UTC)
            give_back()
            log.info("model loaded", extra={"data": {"model_version": version}})
            self._told(version)
        self._error = None

    def _valuer_of(self, package: Package) -> Valuer:
        before, self._before = self._before, None
        if before is not None and before.manifest == package.manifest:
            return before
        del before  # never three in memory
        return Valuer(read_contents(package))

    def _refuse(self, error: CarPriceError) -> None:
        if self._error is None or self._error.message != error.message:
            log.warning("no new model: %s", error.message)
        if not isinstance(error, NoModelError):
            self._told(None)
        self._error = error

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._store.current_file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _follow(self) -> None:
        self._prepare()
        while not self._stopping.wait(self._poll_s):
            self.refresh()
            self._prepare()

    def _prepare(self) -> None:
        """Make ahead, beside the answers, what the first breakdown of a new model would wait for."""
        try:
            if self._valuer is not None:
                with short_turns():
                    self._valuer.prepare()
        except Exception:
            log.exception("the current model could not be prepared")
