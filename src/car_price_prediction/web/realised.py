"""What ``/model`` tells of kept valuations and what the cars sold for."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from car_price_prediction.domain.errors import ValuationsError

from .kept import Kept
from .language import Language
from .model_card import Line
from .plots import Plot

if TYPE_CHECKING:
    from car_price_prediction.backtest.score import Realised, Score

log = logging.getLogger(__name__)

EVERY_S = 600.0
DAYS = 365


@dataclass(frozen=True, slots=True)
class RealisedCard:
    """The section: a sentence, the plots, and a line for each month."""

    sentence: str
    plots: tuple[Plot, ...]
    months: list[Line]


class Realisations:
    """Scores the sales of the last year, now and then.

    Parameters
    ----------
    kept : Kept or None
        Without it, or without a sale, there is no section.
    """

    def __init__(self, kept: Kept | None) -> None:
        self._kept, self._lock = kept, threading.Lock()
        self._score: Score | None = None
        self._until = 0.0

    def of(self, language: Language) -> RealisedCard | None:
        """Return the section in the reader's language."""
        score = self._current()
        if score is None or score.overall is None:
            return None
        try:
            return _card(score, score.overall, language)
        except Exception:
            log.exception("the scores of sales cannot be drawn: /model leaves them out")
            self._score = None
            return None

    def _current(self) -> Score | None:
        # One reader scores; the others see what there was before.
        if self._kept is not None and time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._score = _scored(self._kept)
                self._until = time.monotonic() + EVERY_S
            except ValuationsError as error:
                log.warning("sales cannot be scored: %s", error.message)
            except Exception:
                log.exception("sales cannot be scored: /model leaves them out")
                self._score, self._until = None, time.monotonic() + EVERY_S
            finally:
                self._lock.release()
        return self._score


def _scored(kept: Kept) -> Score:
    # Polars comes with it, which prices alone do without.
    from car_price_prediction.backtest.pairs import pairs_of  # noqa: PLC0415
    from car_price_prediction.backtest.score import score  # noqa: PLC0415
    from car_price_prediction.valuations.matching import WITHIN_DAYS  # noqa: PLC0415
    from car_price_prediction.valuations.outcomes import Outcomes  # noqa: PLC0415

    since = datetime.now(UTC).date() - timedelta(days=DAYS)
    return score(pairs_of(Outcomes(kept.database), WITHIN_DAYS, since))


def _card(score: Score, all_of_them: Realised, language: Language) -> RealisedCard:
    from car_price_prediction.backtest.charts import coverage_by_month, errors_by_month  # noqa: PLC0415

    months = score.groups["month"]
    plots = (Plot("coverage", coverage_by_month(months)), Plot("errors", errors_by_month(months)))
    return RealisedCard(_sentence(all_of_them, language), plots, [_line(month, language) for month in months])


def _sentence(all_of_them: Realised, t: Language) -> str:
    return t(
        "outcomes.lead",
        count=t.number(all_of_them.count),
        mdape=t.percent(all_of_them.mdape, 1),
        held=t.percent(all_of_them.coverage, 1),
        promised=t.percent(all_of_them.promised),
    )


def _line(month: Realised, t: Language) -> Line:
    interval = f"{t.percent(month.coverage_low)} – {t.percent(month.coverage_high)}"  # noqa: RUF001 - a range
    bias = ("+" if month.bias > 0 else "") + t.percent(month.bias, 1)
    return Line(
        month.group, (t.number(month.count), t.percent(month.mdape, 1), bias, t.percent(month.coverage), interval)
    )
