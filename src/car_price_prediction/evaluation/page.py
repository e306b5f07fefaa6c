"""The evaluation as one HTML file: no script, nothing from the network, light and dark."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from car_price_prediction.domain.listing import field_named
from car_price_prediction.listings.reasons import sentence_of
from car_price_prediction.listings.wording import share, whole
from car_price_prediction.package.market_level import MarketLevel

from .chart_words import signed
from .charts import coverage_curve, error_bands, error_bars, price_squares
from .level_chart import level_by_period
from .measured import TITLES, Evaluation, Miss
from .report import FEWEST, SPLITS, Report, weak_groups

SHOWN_WEAK = 12
NOT_IN_THE_NAME = ("make", "model", "trim", "year")


def report_page(report: Report, level: MarketLevel | None = None) -> str:
    """Return the report as a page; every word that comes from a file is escaped.

    Parameters
    ----------
    report : Report
    level : MarketLevel, optional
        How the level of asking prices moved while the listings were made.
    """
    moved = level if level and level.periods else None
    loader = ChoiceLoader(
        [PackageLoader("car_price_prediction.evaluation"), PackageLoader("car_price_prediction.listings")]
    )
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.globals.update(
        whole=whole, share=share, signed=signed, titles=TITLES, split_names=SPLITS, car=car_name, details=details,
        sentence=sentence_of,
        fewest=FEWEST,
    )  # fmt: skip
    return pages.get_template("evaluation.html").render(
        report=report,
        main=report.main,
        weak=weak_groups(report.main, report.promised)[:SHOWN_WEAK],
        charts=_charts(report.main, moved),
        level=moved,
        money=f" {report.currency}" if report.currency else "",
    )


def car_name(miss: Miss) -> str:
    """Return make, model, trim and year of a listing.

    Examples
    --------
    >>> car_name(Miss(source="", row=1, listing={"make": "Audi", "year": 2015.0}, price=1, predicted=1, low=1, high=1))
    'Audi 2015'
    """
    told = [miss.listing[name] for name in NOT_IN_THE_NAME if name in miss.listing]
    return " ".join(f"{value:.0f}" if isinstance(value, float) else str(value) for value in told)


def details(miss: Miss) -> str:
    """Return what else the listing tells, in a line."""
    told = []
    for name, value in miss.listing.items():
        if name in NOT_IN_THE_NAME:
            continue
        field = field_named(name)
        told.append(f"{whole(value)} {field.unit or field.label.lower()}" if isinstance(value, float) else str(value))
    return ", ".join(told)


def _charts(evaluation: Evaluation, level: MarketLevel | None) -> dict[str, Markup]:
    pictures = evaluation.pictures
    drawn = {
        "prices": price_squares(pictures.prices),
        "errors": error_bars(pictures.errors),
        "bands": error_bands(pictures.bands),
    }
    if len(evaluation.calibration) > 1:
        drawn["coverage"] = coverage_curve(evaluation.calibration)
    if level:
        drawn["level"] = level_by_period(level)
    # The charts escape their own labels.
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704
