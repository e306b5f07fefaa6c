"""A comparison as one HTML file: no script, nothing from the network, light and dark."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .charts import shares_by_cell
from .derived import PRICES
from .report import WORDS, DriftReport
from .text import headline, ordered
from .wording import told_number


def drift_page(report: DriftReport) -> str:
    """Return the comparison as a page; every word that comes from a car is escaped."""
    packages = ("car_price_prediction.drift", "car_price_prediction.listings")
    loader = ChoiceLoader([PackageLoader(name) for name in packages])
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.globals.update(words=WORDS, told_number=told_number, headline=headline(report))
    fields = ordered(report)
    drawn = [field for field in fields if field.judged and (field.drifted or field.name in PRICES)]
    # The charts escape their own labels.
    charts = [(field, Markup(shares_by_cell(field))) for field in drawn]  # noqa: S704
    return pages.get_template("drift.html").render(report=report, fields=fields, charts=charts)
