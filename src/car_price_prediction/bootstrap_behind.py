"""Builds what works behind the requests out of settings: what keeps answers, and the challenger in the shadow."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .bootstrap import environment_with, start_logs, valuations_database
from .package.store import ModelStore
from .settings import Settings

if TYPE_CHECKING:
    from .shadow.shadow import Priced
    from .valuations.entries import Kind
    from .valuations.journal import Journal
    from .valuations.writer import Writer
    from .web.kept import Kept
    from .web.observer import Observer
    from .web.vitals import Behind

NICENESS = 19
"""Of what writes answers: where there is no room for both, requests are answered, and what they leave waits."""
LOOK_S = 1.0
"""How often what it does is counted."""
WRITER_STOP_S = 6.0
"""It gives up by itself a moment before."""


def kept_answers(settings: Settings) -> Kept | None:
    """Return what takes answers for this process, and begin; None where none is to be kept."""
    database = valuations_database(settings)
    if database is None:
        return None
    from .valuations.entries import ANSWERS  # noqa: PLC0415
    from .web.kept import Kept  # noqa: PLC0415

    return Kept(database, _journal(settings, ANSWERS))


@contextmanager
def answers_written(settings: Settings) -> Iterator[None]:
    """Have a process write the answers of all workers into the database, where any are kept, for as long as this lasts.

    Raises
    ------
    SettingsError
        Where the database's address cannot be one.
    """
    if valuations_database(settings) is None:
        yield
        return
    from .local.plan import OURS  # noqa: PLC0415
    from .valuations.beside import Beside  # noqa: PLC0415

    beside = Beside((*OURS, "valuations", "write", "--follow"), environment_with(settings))
    beside.start()
    try:
        yield
    finally:
        beside.stop(WRITER_STOP_S)


def valuations_writer(settings: Settings) -> Writer | None:
    """Return what writes answers that wait into the database, not yet started; None where none is kept."""
    database = valuations_database(settings, writes=True)
    if database is None:
        return None
    from .valuations.retention import Retention  # noqa: PLC0415
    from .valuations.writer import Writer  # noqa: PLC0415

    days = settings.valuations_keep_days
    return Writer(database, _waiting(settings), Retention(database, days) if days else None)


def follow_answers(settings: Settings) -> None:
    """Write what waits into the database until standard input ends, and count it beside the workers' numbers."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the workers are told, too, and what they leave is still to come
        signal.signal(number, signal.SIG_IGN)
    start_logs(settings)
    writer = valuations_writer(settings)
    if writer is None:
        return
    tell = _counted(settings, writer)
    # Only now, for it would be long in coming up beside requests that leave no room.
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    writer.start()
    while not select.select([sys.stdin], [], [], LOOK_S)[0]:  # nothing is sent there: it is at its end
        tell()
    writer.stop()
    tell()


def _counted(settings: Settings, writer: Writer) -> Callable[[], None]:
    """Return what counts, beside the workers' numbers, what a writer did since the last time."""
    from .web.numbers_folder import default_folder  # noqa: PLC0415

    folder = settings.metrics_folder or default_folder(settings.port)
    if settings.metrics == "off" or not folder.is_dir():
        return lambda: None
    from .web.kept_numbers import KeptNumbers  # noqa: PLC0415
    from .web.numbers import Numbers  # noqa: PLC0415
    from .web.worker_numbers import forget_dead  # noqa: PLC0415

    forget_dead(folder)  # what the one before said that waits
    numbers = KeptNumbers(Numbers(folder))

    def tell() -> None:
        for kind, counts in writer.counts.items():
            numbers.add(kind, counts)
        numbers.waiting(writer.waiting)

    return tell


def _waiting(settings: Settings) -> Path:
    from .valuations.journal import FOLDER  # noqa: PLC0415

    return settings.artifacts / FOLDER


def _journal(settings: Settings, kind: Kind) -> Journal:
    from .valuations.journal import Journal  # noqa: PLC0415

    journal = Journal(_waiting(settings), settings.valuations_waiting_bytes, kind)
    journal.start()
    return journal


def work_behind(settings: Settings, kept: Kept | None, observer: Observer | None) -> Behind:
    """Return what works behind the requests, and begin with the shadow, where a share of them is for it."""
    from .web.vitals import Behind  # noqa: PLC0415

    journal = kept.journal if kept else None
    if not settings.shadow_share:
        return Behind(journal)
    from .registry.challenger import challenger_in  # noqa: PLC0415
    from .shadow.shadow import Shadow  # noqa: PLC0415

    challengers = _challengers(settings) if kept else None
    told = partial(_tell, observer, challengers.keep if challengers else None)
    waiting = partial(challenger_in, ModelStore(settings.artifacts))
    shadow = Shadow(settings.artifacts, waiting, settings.shadow_share, told)
    shadow.start()
    return Behind(journal, shadow, challengers)


def stops_of(kept: Kept | None, behind: Behind) -> list[Callable[[], None]]:
    """Return what ends all that, to be called from the last to the first."""
    found: list[Callable[[], None]] = [kept.stop] if kept else []
    if behind.challengers:
        found.append(behind.challengers.stop)
    if behind.shadow:
        found.append(behind.shadow.stop)
    return found


def _challengers(settings: Settings) -> Journal:
    from .valuations.entries import CHALLENGERS  # noqa: PLC0415

    return _journal(settings, CHALLENGERS)


def _tell(observer: Observer | None, keep: Callable[[object], None] | None, priced: Priced) -> None:
    if observer is not None:
        observer.shadowed(abs(priced.challenger.price / priced.champion.price - 1))
    if keep is not None:
        from .valuations.entries import Shadowed  # noqa: PLC0415

        keep(Shadowed(priced.champion.valuation_id, priced.at, priced.challenger))
