"""A problem as a page, for what is refused before the application is asked."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from .language import DEFAULT, languages
from .rendering import static_url
from .retelling import retold

PAGE = """<!doctype html>
<html lang="{code}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<link rel="stylesheet" href="{style}"></head>
<body><main class="wrap"><section class="card alone"><div class="empty"><h1>{title}</h1><p>{detail}.</p>
<p><a href="">{again}</a></p></div></section></main></body>
</html>
"""


def wants_html(headers: Mapping[str, str]) -> bool:
    """Whether a client that sent such headers, in lower case, prefers a page to JSON.

    Examples
    --------
    >>> wants_html({"accept": "text/html,*/*;q=0.8"}), wants_html({"accept": "*/*"}), wants_html({})
    (True, False, False)
    """
    accepted = parse_accept_header(headers.get("accept"), MIMEAccept)
    return accepted["text/html"] > accepted["application/json"]


def bare_page(problem: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return a problem document as a page in the language of whoever sent such headers.

    Examples
    --------
    >>> page = bare_page({"code": "overloaded", "title": "", "detail": "try again later"}, {"accept-language": "de"})
    >>> "Gerade wird zu viel auf einmal gefragt" in page, "Bitte später noch einmal versuchen." in page
    (True, True)
    """
    accepted = parse_accept_header(headers.get("accept-language"), LanguageAccept)
    language = languages()[accepted.best_match(languages(), DEFAULT) or DEFAULT]
    detail = retold(problem["detail"], language)
    return PAGE.format(
        code=language.code,
        style=static_url("page.css"),
        direction=language("language.direction"),
        title=escape(language.texts.get(f"error.{problem['code']}", problem["title"])),
        detail=escape(detail[:1].upper() + detail[1:]),
        again=escape(language("error.again")),
    )
