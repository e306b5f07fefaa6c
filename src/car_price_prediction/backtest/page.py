"""A backtest as one HTML file: no script, nothing from the network, light and dark."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from car_price_prediction.evaluation.chart_words import signed
from car_price_prediction.listings.wording import whole

from .charts import coverage_by_month, errors_by_month
from .score import TITLES, Score


def score_page(score: Score) -> str:
    """Return the backtest as a page; every word that comes from a valuation is escaped."""
    packages = ("car_price_prediction.backtest", "car_price_prediction.listings")
    loader = ChoiceLoader([PackageLoader(name) for name in packages])
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.globals.update(whole=whole, signed=signed, titles=TITLES)
    months = score.groups.get("month", ())
    # The charts hold months and figures alone.
    drawn = [Markup(draw(months)) for draw in (coverage_by_month, errors_by_month)] if months else []  # noqa: S704
    return pages.get_template("backtest.html").render(
        score=score, charts=drawn, money=f" {score.currency}" if score.currency else ""
    )
