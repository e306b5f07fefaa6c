"""Who may call what: every route needs a key of scope ``price`` unless it says otherwise, once, where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, Response, request

from .drain import drain
from .headers import KEY_NAME
from .key_file import Key, KeyScope
from .keys import Keyring, token_in
from .problems import PROBLEM_JSON, problem_body, problem_response, wants_page

Scope = Literal["open", "page", "metrics", "price", "admin"]
"""Open to everyone; to everyone where the page is left open; to a key for metrics, or to everyone where they are left
open; to a key that prices; to an admin's key."""
MARK = "car_price_scope"
REALM = 'realm="car-price"'
SAFE = ("GET", "HEAD", "OPTIONS")
OTHER_SITES = ("cross-site", "same-site")

View = TypeVar("View", bound=Callable[..., Any])


def scope(name: Scope) -> Callable[[View], View]:
    """Declare what a view needs; one that declares nothing needs a key of scope ``price``.

    Examples
    --------
    >>> @scope("open")
    ... def live(): ...
    >>> vars(live)
    {'car_price_scope': 'open'}
    """

    def mark(view: View) -> View:
        vars(view)[MARK] = name
        return view

    return mark


def scopes_of(app: Flask) -> dict[str, Scope]:
    """Return the scope of each endpoint of an application."""
    found: dict[str, Scope] = {name: vars(view).get(MARK, "price") for name, view in app.view_functions.items()}
    return found | {"static": "open"}


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in, and what browsers are told.

    Attributes
    ----------
    keyring : Keyring or None
        Without one nobody is asked for a key.
    page_open : bool
        Whether the page asks for none either way.
    metrics_open : bool
        Whether the metrics ask for none either way.
    origins : tuple of str
        Sites whose scripts may call the API: see `cors.CrossOrigin`.
    hosts : tuple of str
        Names that are answered to; every one, where there is none. Keeps out pages of a site whose name suddenly
        leads here.
    hsts_s : int
        See `headers.CommonHeaders`.
    docs_url : str or None
        Where the page's link to the documentation leads; without it, there is none.
    """

    keyring: Keyring | None = None
    page_open: bool = False
    metrics_open: bool = False
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    hsts_s: int = 0
    docs_url: str | None = None


def guard_scopes(app: Flask, access: Access) -> None:
    """Refuse requests without the key that their route needs; called once every route is there."""
    app.config["TRUSTED_HOSTS"] = list(access.hosts) or None
    scopes = scopes_of(app)
    free = _free(access)

    @app.before_request
    def check() -> Response | None:
        asked = request._get_current_object()  # type: ignore[attr-defined]
        environ = asked.environ
        if environ["REQUEST_METHOD"] not in SAFE and _of_another_site(environ, access.origins):
            return _refusal(403, "cross_site", "a form or script of another site sent this")
        keyring = access.keyring
        if keyring is None or not keyring.asks():
            return None
        # What is no route at all is told to holders of a key only.
        needed = scopes.get(asked.endpoint, "price")
        return None if needed in free else _check_key(environ, keyring, needed)


def _free(access: Access) -> set[Scope]:
    found: set[Scope] = {"open"}
    if access.page_open:
        found.add("page")
    if access.metrics_open:
        found.add("metrics")
    return found


def _check_key(environ: dict[str, Any], keyring: Keyring, needed: Scope) -> Response | None:
    token = token_in(environ)
    if token is None:
        return _refusal(401, "key_missing", "this call needs an API key")
    key = keyring.holder_of(token)
    if key is None:
        return _refusal(401, "key_unknown", "the API key is unknown, or no longer valid", 'error="invalid_token"')
    environ[KEY_NAME] = key.name
    if not opens(key, needed):
        detail = f"the key {key.name} has the scope {key.scope}; this call needs {needed}"
        return _refusal(403, "key_scope", detail, f'error="insufficient_scope", scope="{needed}"')
    return None


def opens(key: Key, needed: Scope) -> bool:
    """Whether a key's scope is enough."""
    held: KeyScope = key.scope
    # A key for metrics is a machine's that watches: it opens nothing else.
    return held == "admin" or (held == needed if "metrics" in (held, needed) else needed != "admin")


def _of_another_site(environ: Mapping[str, Any], origins: tuple[str, ...]) -> bool:
    """Whether a browser says that a page of another site made it ask, which the operator did not allow."""
    return environ.get("HTTP_SEC_FETCH_SITE") in OTHER_SITES and environ.get("HTTP_ORIGIN") not in origins


def _refusal(status: int, code: str, detail: str, parameters: str = "") -> Response:
    hints = {
        "key_missing": "Authorization: Bearer <key>, or X-API-Key: <key>; a key comes from `car-price keys add NAME`",
        "key_unknown": "`car-price keys list` shows the keys that there are",
        "cross_site": "the operator allows sites with CAR_PRICE_CORS_ORIGINS",
    }
    drain(request.environ["wsgi.input"])
    answer = problem_response(problem_body(status, code, detail, hint=hints.get(code, "")))
    if code != "cross_site":
        answer.headers["WWW-Authenticate"] = f"Bearer {REALM}" + (f", {parameters}" if parameters else "")
    # A browser asks its user, and sends the key by itself from then on; a program is not told of passwords.
    if status == 401 and (answer.content_type != PROBLEM_JSON or wants_page() or "Sec-Fetch-Mode" in request.headers):
        answer.headers.add("WWW-Authenticate", f'Basic {REALM}, charset="UTF-8"')
    return answer
