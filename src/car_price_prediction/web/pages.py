"""The pages: value a car, many cars, the model, and the API's documentation."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.package.store import ModelStore

from .api import json_answer
from .compressed import compress
from .current import Current, Desk
from .form import LONGEST, choices_of, needed_first, read_form
from .kept import Kept
from .model_card import ModelCards
from .problems import body_of, problem_response
from .readers import reader_language
from .realised import Realisations
from .result import result_of
from .scopes import scope

NAME = "pages"
OFFERED = ("model", "trim")
"""The fields whose words depend on what was typed before."""
SAID_BY_SCRIPT = (
    *("uploading", "reading", "queued", "running", "done", "done_problems", "cancelled", "progress", "none", "start"),
    *("expires", "offline", "gone", "absent", "failed", "too_large", "example"),
)
"""Texts that the script of ``/cars`` says, by their keys in the catalogue."""


def make_pages(desk: Desk, store: ModelStore | None = None, kept: Kept | None = None) -> Blueprint:
    """Return the pages.

    Parameters
    ----------
    desk : Desk
    store : ModelStore, optional
        The versions that ``/model`` tells of, beside the one that answers.
    kept : Kept, optional
        The valuations whose sales it tells of.
    """
    pages = Blueprint(NAME, __name__)
    cards, realisations = ModelCards(store), Realisations(kept)

    @pages.get("/")
    @scope("page")
    def home() -> tuple[str, int]:
        current = desk.current()
        language = reader_language()
        boxes, listing, sent = read_form(current, request.args, language)
        wrong = any(box.problem for box in boxes)
        result = result_of(current.valuer, listing, language) if sent and not wrong else None
        if result:
            desk.observer.quoted("page", result.quote.as_dict())
        page = render_template("home.html", boxes=boxes, wrong=wrong, result=result)
        return page, 422 if wrong else 200

    @pages.get("/choices")
    @scope("page")
    def choices() -> Response:
        current = desk.current()
        typed = {name: text.strip()[:LONGEST] for name, text in request.args.items()}
        infos = [info for info in current.valuer.fields if info.name in OFFERED]
        return json_answer({info.name: choices_of(current, info, typed) for info in infos})

    @pages.get("/cars")
    @scope("page")
    def cars() -> str:
        return render_template("cars.html", fields=_fields(desk.current()), texts=SAID_BY_SCRIPT)

    @pages.get("/model")
    @scope("page")
    def model() -> str:
        valuer, language = desk.current().valuer, reader_language()
        return render_template("model.html", card=cards.of(valuer, language), realised=realisations.of(language))

    @pages.get("/api/docs")
    @scope("page")
    def docs() -> str:
        return render_template("docs.html")

    pages.register_error_handler(NoModelError, _no_model)

    @pages.after_request
    def finish(response: Response) -> Response:
        response.vary.add("Accept-Language")
        return compress(response)

    return pages


def _no_model(error: NoModelError) -> Response:
    if request.endpoint == f"{NAME}.choices":
        return problem_response(body_of(error))
    answer = Response(render_template("no_model.html", error=error), 503)
    answer.headers["Retry-After"] = "5"
    return answer


def _fields(current: Current) -> list[tuple[str, str]]:
    """Return what a column of a file may hold: canonical names, and names for people."""
    language = reader_language()
    return [(info.name, language.field(info.name, info.label)) for info in needed_first(current.valuer.fields)]
