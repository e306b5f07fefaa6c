"""The report as one HTML file: no script, nothing from the network, light and dark."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .charts import band_chart, histogram
from .report import LEFT_OUT, Report
from .wording import share, size_of, whole


def report_page(report: Report) -> str:
    """Return the report as a page; every cell of the file is escaped."""
    loader = PackageLoader("car_price_prediction.listings")
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("report.html").render(
        report=report,
        roles=LEFT_OUT,
        share=share,
        size_of=size_of,
        whole=whole,
        # The charts escape their own labels.
        price_chart=Markup(histogram(report.price, "How many listings have which price")),  # noqa: S704
        age_chart=Markup(band_chart(report.by_age, "Price by age")),  # noqa: S704
        mileage_chart=Markup(band_chart(report.by_mileage, "Price by mileage")),  # noqa: S704
    )
