"""The pages: a form that prices a car, and the API's documentation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import QuoteWarning
from car_price_prediction.pricing.appraisal import Wanted, appraise

from .current import Current, Desk
from .display import CONFIDENCE, GRADES, money, position, share
from .form import Box, read_form
from .scopes import scope

SHOWN = Wanted(explain=True, comparables=5)


def make_pages(desk: Desk) -> Blueprint:
    """Return ``/`` and ``/api/docs``."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    @scope("page")
    def home() -> tuple[str, int] | Response:
        try:
            current = desk.current()
        except NoModelError as error:
            answer = Response(render_template("no_model.html", error=error), 503)
            answer.headers["Retry-After"] = "5"
            return answer
        boxes, listing, sent = read_form(current, request.args)
        wrong = any(box.problem for box in boxes)
        result = _result(current, listing, boxes) if sent and not wrong else None
        page = render_template("home.html", boxes=boxes, wrong=wrong, result=result, manifest=current.valuer.manifest)
        return page, 422 if wrong else 200

    @pages.get("/api/docs")
    @scope("page")
    def docs() -> str:
        return render_template("docs.html")

    return pages


def _result(current: Current, listing: Listing, boxes: list[Box]) -> dict[str, Any]:
    """Return what the page says about a car."""
    found = appraise(current.valuer, listing, SHOWN)
    quote = found.quote
    title, why = CONFIDENCE[quote.confidence]
    return {
        "quote": quote,
        "price": money(quote.price, quote.currency),
        "low": money(quote.low, quote.currency),
        "high": money(quote.high, quote.currency),
        "at": position(quote.price, quote.low, quote.high),
        "coverage": share(quote.coverage),
        "confidence": title,
        "confidence_why": why,
        "warnings": [_said(warning, boxes) for warning in quote.warnings],
        "deal": quote.deal,
        "grade": GRADES[quote.deal.grade] if quote.deal and quote.deal.grade else "Not rated",
        "breakdown": found.breakdown,
        "nearest": found.nearest,
    }


def _said(warning: QuoteWarning, boxes: list[Box]) -> str:
    box = next((box for box in boxes if box.field == warning.field), None)
    if warning.code != "outside_training" or box is None:
        return f"{warning.message}."
    # In the form's unit, which need not be the canonical one.
    return f"{box.label} is outside what the training listings show: {box.hint} {box.unit}".rstrip() + "."
