"""Prices a share of the requests with the challenger too, in a thread of its own, once they are answered."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from car_price_prediction.domain.errors import CarPriceError
from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer

from .kept import TallyFile
from .tally import Tally

log = logging.getLogger(__name__)

POLL_S = 0.25
"""How long an answer waits at most; nobody wakes the thread, which costs a request less."""
LOOK_S, AGAIN_S, SAVE_S = 5.0, 60.0, 10.0
"""How often a new challenger is looked for, one that failed is tried again, and what was counted is written down."""
BATCH = 16
"""Cars that are priced at once: Python's lock is let go of between two batches."""
MOST_WAITING = 2_000
TELL_EVERY_S = 60.0
STOP_S = 1.0


@dataclass(frozen=True, slots=True)
class Priced:
    """One car, priced by both.

    Attributes
    ----------
    at : float
        When the champion answered, in seconds since 1970.
    champion, challenger : Quote
        The champion's is the answer that was given.
    """

    at: float
    champion: Quote
    challenger: Quote


@dataclass(slots=True)
class Counts:
    """What became of the cars that were drawn, and of the challengers that were met, in one process.

    Attributes
    ----------
    priced, dropped, failed : int
        Cars; dropped were those for which there was no room, failed those that the challenger cannot price.
    loaded, refused : int
        Challengers that could be loaded, and attempts that failed.
    """

    priced: int = 0
    dropped: int = 0
    failed: int = 0
    loaded: int = 0
    refused: int = 0


class Shadow:
    """The shadow of one process.

    Parameters
    ----------
    artifacts : Path
    find : callable
        Returns the challenger's version, or None where there is none.
    share : float
        Of the cars that are answered.
    told : callable
        Hears of each car that both have priced.
    most_waiting : int
        Cars that wait; one more is dropped.

    Attributes
    ----------
    counts : Counts
    """

    def __init__(
        self,
        artifacts: Path,
        find: Callable[[], str | None],
        share: float,
        told: Callable[[Priced], None] = lambda _: None,
        *,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.counts = Counts()
        self._store, self._find, self._share, self._told = ModelStore(artifacts), find, share, told
        self._most_waiting = most_waiting
        self._queue: deque[tuple[float, Listing, Quote]] = deque()
        self._valuer: Valuer | None = None
        self._tried: str | None = None
        self._file: TallyFile | None = None
        self._look_at = self._save_at = self._tell_at = self._retry_at = 0.0
        self._stopping, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)

    @property
    def waiting(self) -> int:
        """How many cars wait."""
        return len(self._queue)

    def take(self, _source: str, listing: Listing, quote: Quote) -> None:
        """Take an answer that was given, if it is drawn; nothing is worked out here."""
        if self._valuer is None or random.random() >= self._share:  # noqa: S311 - no secret
            return
        if len(self._queue) < self._most_waiting:
            self._queue.append((time.time(), listing, quote))
        else:
            self._drop(1)

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """Write down what was counted, and end; what waits is dropped."""
        self._stopping.set()
        self._thread.join(STOP_S)
        left = len(self._queue)
        self._queue.clear()
        self._drop(left)

    def _drop(self, count: int) -> None:
        # Requests of several threads may find no room at once.
        with self._lock:
            self.counts.dropped += count

    def _run(self) -> None:
        while not self._stopping.wait(POLL_S):
            self._guarded(self._look)
            self._guarded(self._price)
            if time.monotonic() >= self._save_at:
                self._guarded(self._save)
        self._guarded(self._save)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; whatever goes wrong must not end the thread, nor fill the log."""
        try:
            work()
        except CarPriceError as error:
            if self._may_tell():
                log.warning("the challenger cannot be followed in the shadow now: %s", error.message)
        except Exception:
            if self._may_tell():
                log.exception("the challenger cannot be followed in the shadow now")

    def _may_tell(self) -> bool:
        if time.monotonic() < self._tell_at:
            return False
        self._tell_at = time.monotonic() + TELL_EVERY_S
        return True

    def _look(self) -> None:
        """Look for another challenger, now and then."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        version = self._find()
        if version == self._tried and (version is None or self._valuer is not None or now < self._retry_at):
            return
        self._save()
        self._valuer, self._file, self._tried, self._retry_at = None, None, version, now + AGAIN_S
        self._queue.clear()
        if version is not None:
            self._valuer = self._loaded(version)

    def _loaded(self, version: str) -> Valuer:
        try:
            valuer = Valuer(read_contents(self._store.load(version)))
            valuer.probe()
        except Exception:
            self.counts.refused += 1
            raise
        self.counts.loaded += 1
        log.info("a challenger is in the shadow", extra={"data": {"model_version": version}})
        return valuer

    def _price(self) -> None:
        valuer = self._valuer
        while self._queue and valuer is not None and not self._stopping.is_set():
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            # It may have been promoted a moment ago: then it answers, and there is nothing to compare.
            batch = [one for one in batch if one[2].model_version != valuer.manifest.version]
            before = self.counts.priced
            try:
                self._compare(valuer, batch)
            finally:
                self.counts.failed += len(batch) - (self.counts.priced - before)

    def _compare(self, valuer: Valuer, batch: Sequence[tuple[float, Listing, Quote]]) -> None:
        found = valuer.quote_many([listing for _, listing, _ in batch])
        for (at, listing, champion), challenger in zip(batch, found, strict=True):
            if isinstance(challenger, Quote):
                self._tally(champion, valuer).add(listing, champion.price, challenger.price, at)
                self._told(Priced(at, champion, challenger))
                self.counts.priced += 1

    def _tally(self, champion: Quote, valuer: Valuer) -> Tally:
        version = champion.model_version
        if self._file is None or self._file.tally.champion != version:
            self._save()
            self._file = TallyFile(self._store.artifacts, valuer.manifest.version, version)
        return self._file.tally

    def _save(self) -> None:
        self._save_at = time.monotonic() + SAVE_S
        if self._file is not None and self._file.tally.count:
            self._file.save()
