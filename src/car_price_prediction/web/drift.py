"""``GET /info/drift``: how far the cars that were last asked for have moved from the training listings."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client.core import GaugeMetricFamily, Metric

from car_price_prediction.drift.noted import Noted
from car_price_prediction.drift.report import QUANTILES, DriftReport

from .api import json_answer
from .kept import Kept
from .problems import RequestProblem
from .valuations import must_keep


def make_drift(kept: Kept | None, noted: Noted | None) -> Blueprint:
    """Return the call.

    Parameters
    ----------
    kept : Kept or None
        Without anything kept there is nothing to compare.
    noted : Noted or None
        What a process of its own found last: nothing is worked out here.
    """
    calls = Blueprint("drift", __name__)

    @calls.get("/info/drift")
    def drift() -> Response:
        must_keep(kept)
        found = noted.get() if noted else None
        if found is None:
            detail = "the cars that are kept were not compared with the training listings yet"
            raise RequestProblem(
                404, "no_drift_yet", detail, hint="a minute after the start, or: car-price drift --note"
            )
        return json_answer(found.model_dump(mode="json"))

    return calls


def drift_metrics(report: DriftReport) -> Iterator[Metric]:
    """Give what a comparison found as metrics; a field that too few cars tell has none."""
    at = "When the kept cars were last compared with the training listings, in seconds since 1970."
    yield GaugeMetricFamily("car_price_drift_timestamp_seconds", at, report.made_at.timestamp())
    yield GaugeMetricFamily("car_price_drift_cars", "Kept cars that were compared.", report.cars)
    text = "Of them, the share with a word that training never saw."
    yield GaugeMetricFamily("car_price_drift_unseen_ratio", text, report.unseen)
    index = GaugeMetricFamily("car_price_drift_index", "Population stability index.", labels=["field"])
    moved = GaugeMetricFamily("car_price_drift_moved", "1 where a field moved by more than chance.", labels=["field"])
    missing = GaugeMetricFamily(
        "car_price_drift_missing_ratio", "The share of cars that do not tell a field.", labels=["field"]
    )
    spread = GaugeMetricFamily(
        "car_price_drift_quantile", "Numbers of the cars that were compared.", labels=["field", "quantile"]
    )
    for field in report.fields:
        missing.add_metric([field.name], field.missing)
        if field.judged:
            index.add_metric([field.name], field.psi)
            moved.add_metric([field.name], float(field.drifted))
        for share, value in zip(QUANTILES, field.quantiles, strict=False):
            spread.add_metric([field.name, f"{share:g}"], value)
    yield from (index, moved, missing, spread)
