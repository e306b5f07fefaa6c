"""Follows the alias ``champion``: what it names in the registry is what answers here."""

from __future__ import annotations

import json
import logging
import random
import threading
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from car_price_prediction.domain.errors import CarPriceError, PackageError, RegistryError
from car_price_prediction.package.files import replace_file
from car_price_prediction.package.store import ModelStore

from .alias import ChampionAlias, outweighs
from .fetch import ensure_here
from .model_registry import CHALLENGER, CHAMPION, ModelRegistry
from .promotion import PENDING_FILE
from .retention import prune

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 10.0
"""A registry that is back is noticed within this. The rest of the 30 s within which an alias that moves is followed is
for a download, and a model that is loaded on a busy machine."""
JITTER = 0.2
"""Followers of one registry do not all ask at once when it is back."""
STALE_S = 120.0


class Sync:
    """Brings one artifacts folder in step with the registry, a round at a time.

    The alias is the truth. Only a move that was decided here while the registry did not answer outweighs it, as long as
    nobody gave the alias to another version meanwhile.

    Parameters
    ----------
    store : ModelStore
    registry : ModelRegistry
    keep : int
        How many versions are kept; 0 keeps all.
    challenger : bool
        Whether the version that has the alias ``challenger`` is brought here, too, for the shadow.
    """

    def __init__(self, store: ModelStore, registry: ModelRegistry, *, keep: int = 0, challenger: bool = False) -> None:
        self._store, self._registry, self._keep, self._challenger = store, registry, keep, challenger
        self._alias = ChampionAlias(registry, store.artifacts / PENDING_FILE)
        self._verified: str | None = ""
        self._refused: str | None = None

    def once(self) -> str:
        """Do one round; return what it found or did, for people.

        Raises
        ------
        RegistryError, PackageError
            Where the registry does not answer, or what it names cannot be used: what answers here goes on.
        """
        state = self._follow()
        if self._challenger:
            self._bring_challenger()
        return state

    def _bring_challenger(self) -> None:
        """Bring the challenger here where it is newer than all that is; one that cannot be used is told of once."""
        holder = self._registry.holder_of(CHALLENGER)
        if holder is None or holder.package_version is None or holder.number == self._refused:
            return
        if holder.package_version <= max(self._store.versions(), default=""):
            return
        try:
            ensure_here(self._store, self._registry, holder)
        except PackageError as error:
            self._refused = holder.number
            log.warning("the %s is not brought here: %s", CHALLENGER, error.message)
            return
        log.info("the challenger is here", extra={"data": {"model_version": holder.package_version}})

    def _follow(self) -> str:
        # Asked before the registry is: a move that is made here in between is seen, and never undone.
        current = self._store.current_or_none()
        holder = self._registry.holder_of(CHAMPION)
        pending = self._alias.pending
        if pending is not None:
            if outweighs(pending, holder):
                return self._alias.settle(pending)
            self._alias.drop()
        if holder is None:
            return f"no version has the alias {CHAMPION} in {self._registry.name}"
        version = holder.package_version
        if version != self._verified or version != current:
            ensure_here(self._store, self._registry, holder)
            self._verified = version
        if version is not None and version != current:
            if self._alias.pending or self._store.current_or_none() != current:
                return "another version was made current here just now"
            why = f"the alias {CHAMPION} in MLflow names version {holder.number}"
            self._store.set_current(version, why=why)
            prune(self._store, self._keep)
            log.info("follows the champion", extra={"data": {"model_version": version, "registered": holder.number}})
        return f"version {holder.number}, {version}, is the {CHAMPION} and answers here"


class Heartbeat(BaseModel):
    """What the follower last did, for health checks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    state: str
    problem: bool

    @property
    def age_s(self) -> float:
        """Seconds since then."""
        return (datetime.now(UTC) - self.at).total_seconds()


def read_heartbeat(path: Path) -> Heartbeat:
    """Read what the follower last did.

    Raises
    ------
    RegistryError
        Where it did nothing yet, or not for long.
    """
    try:
        found = Heartbeat.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, ValidationError):
        raise RegistryError(f"no follower has written {path}", hint="start `car-price models sync --follow`") from None
    if found.age_s > STALE_S:
        raise RegistryError(f"the follower has not moved for {found.age_s:.0f} s", hint="start it again")
    return found


class Follower:
    """Repeats rounds until it is told to stop.

    Parameters
    ----------
    sync : Sync
    interval_s : float
        Between two rounds; the more often the registry fails, the longer, up to `LONGEST_WAIT_S`.
    heartbeat : Path
        Written after each round.
    stop : threading.Event
    """

    def __init__(self, sync: Sync, interval_s: float, heartbeat: Path, stop: threading.Event) -> None:
        self._sync, self._interval_s, self._heartbeat, self._stop = sync, interval_s, heartbeat, stop
        self._failures = 0
        self._said = ""

    def run(self) -> None:
        """Follow until the event is set."""
        while not self._stop.is_set():
            self.round()
            self._stop.wait(self.wait_s())

    def round(self) -> None:
        """Do one round; whatever it meets, the next one follows."""
        problem, state = True, ""
        try:
            state, problem = self._sync.once(), False
        except CarPriceError as error:
            state = error.message
        except OSError as error:
            state = f"{error.filename or ''} {(error.strerror or str(error)).lower()}".strip()
        except Exception as error:
            # Whatever a registry answers, the next one may be better.
            state = f"{type(error).__name__}: {error}"
            log.exception("the round failed")
        self._failures = self._failures + 1 if problem else 0
        self._say(state, problem=problem)
        self._beat(state, problem=problem)

    def wait_s(self) -> float:
        """Return how long to wait for the next round, a little different each time."""
        longer = self._interval_s * 2.0 ** min(self._failures, 10)
        return min(longer, LONGEST_WAIT_S) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret

    def _say(self, state: str, *, problem: bool) -> None:
        if state != self._said:
            log.log(logging.WARNING if problem else logging.INFO, "%s", state)
        self._said = state

    def _beat(self, state: str, *, problem: bool) -> None:
        beat = Heartbeat(at=datetime.now(UTC), state=state, problem=problem)
        try:
            self._heartbeat.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._heartbeat, beat.model_dump_json())
        except OSError as error:
            log.warning("%s cannot be written: %s", self._heartbeat, error.strerror)
