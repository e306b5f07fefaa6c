"""The pictures of a model's evaluation, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from car_price_prediction.evaluation.chart_words import ChartWords
from car_price_prediction.evaluation.charts import coverage_curve, error_bands, error_bars, price_squares
from car_price_prediction.evaluation.measured import Evaluation
from car_price_prediction.listings.wording import short

from .language import Language

TEXTS = "plot."
"""Begins the keys of the catalogue that the pictures say."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of the evaluation: its key in the catalogue, and the SVG."""

    key: str
    svg: str


def plots_of(evaluation: Evaluation, language: Language) -> tuple[Plot, ...]:
    """Return the pictures of an evaluation."""
    words, pictures = _words(language), evaluation.pictures
    found = [Plot("prices", price_squares(pictures.prices, words))]
    if len(evaluation.calibration) > 1:
        found.append(Plot("coverage", coverage_curve(evaluation.calibration, words)))
    errors, bands = error_bars(pictures.errors, words), error_bands(pictures.bands, words)
    return (*found, Plot("errors", errors), Plot("bands", bands))


def _words(language: Language) -> ChartWords:
    def percent(share: float, digits: int = 0) -> str:
        return language.percent(share, digits).replace("\N{NO-BREAK SPACE}", "")  # the axis has no room for it

    def signed(share: float) -> str:
        sign = "" if abs(share) < 0.005 else "+" if share > 0 else "\N{MINUS SIGN}"
        return sign + percent(abs(share))

    return ChartWords(
        texts={key.removeprefix(TEXTS): text for key, text in language.texts.items() if key.startswith(TEXTS)},
        price=lambda price: language.figure(short(price)),
        signed=signed,
        count=language.number,
        percent=percent,
    )
