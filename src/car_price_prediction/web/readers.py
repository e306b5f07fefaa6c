"""In which language whoever asks wants to read."""

from __future__ import annotations

from flask import request

from .language import DEFAULT, Language, languages

LANG = "lang"
"""The parameter of an address that names a language; without it a page is in the browser's own."""


def reader_language() -> Language:
    """Return the language of whoever reads this request's page."""
    found = request.accept_languages.best_match(languages(), DEFAULT) or DEFAULT
    return asked_language() or languages()[found]


def asked_language() -> Language | None:
    """Return the language that this request's address names, if it names one."""
    return languages().get(request.args.get(LANG, ""))
