"""Builds what works behind the requests out of settings: what keeps answers, and the challenger in the shadow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .bootstrap import valuations_database
from .package.store import ModelStore
from .settings import Settings

if TYPE_CHECKING:
    from .shadow.shadow import Priced
    from .valuations.writer import Writer
    from .web.kept import Kept
    from .web.observer import Observer
    from .web.vitals import Behind

CHALLENGERS_STOP_S = 1.0
"""A server that stops has few seconds, of which answers that wait to be kept take most."""


def kept_answers(settings: Settings) -> Kept | None:
    """Return where answers are kept, and begin to write them there; None where none is to be kept."""
    database = valuations_database(settings)
    if database is None:
        return None
    from .valuations.retention import Retention  # noqa: PLC0415
    from .valuations.writer import Writer  # noqa: PLC0415
    from .web.kept import Kept  # noqa: PLC0415

    days = settings.valuations_keep_days
    writer = Writer(database, Retention(database, days) if days else None)
    writer.start()
    return Kept(database, writer)


def work_behind(settings: Settings, kept: Kept | None, observer: Observer | None) -> Behind:
    """Return what works behind the requests, and begin with the shadow, where a share of them is for it."""
    from .web.vitals import Behind  # noqa: PLC0415

    writer = kept.writer if kept else None
    if not settings.shadow_share:
        return Behind(writer)
    from .registry.challenger import challenger_in  # noqa: PLC0415
    from .shadow.shadow import Shadow  # noqa: PLC0415

    challengers = _challengers(kept) if kept else None
    told = partial(_tell, observer, challengers.keep if challengers else None)
    waiting = partial(challenger_in, ModelStore(settings.artifacts))
    shadow = Shadow(settings.artifacts, waiting, settings.shadow_share, told)
    shadow.start()
    return Behind(writer, shadow, challengers)


def stops_of(kept: Kept | None, behind: Behind) -> list[Callable[[], None]]:
    """Return what ends all that, to be called from the last to the first."""
    found: list[Callable[[], None]] = [kept.stop] if kept else []
    if behind.challengers:
        found.append(partial(behind.challengers.stop, CHALLENGERS_STOP_S))
    if behind.shadow:
        found.append(behind.shadow.stop)
    return found


def _challengers(kept: Kept) -> Writer:
    from .valuations.writer import CHALLENGERS, Writer  # noqa: PLC0415

    writer = Writer(kept.database, book=CHALLENGERS)
    writer.start()
    return writer


def _tell(observer: Observer | None, keep: Callable[[object], None] | None, priced: Priced) -> None:
    if observer is not None:
        observer.shadowed(abs(priced.challenger.price / priced.champion.price - 1))
    if keep is not None:
        from .valuations.row import Shadowed  # noqa: PLC0415

        keep(Shadowed(priced.champion.valuation_id, priced.at, priced.challenger))
