"""What every page is given: the reader's language, addresses that keep it, and what the catalogue cannot say."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from jinja2.bccache import Bucket, BytecodeCache

from car_price_prediction.domain.errors import NoModelError
from car_price_prediction.package.manifest import Manifest

from .current import Desk
from .headers import STATIC as STATIC_URL
from .language import languages
from .readers import LANG, reader_language
from .retelling import retold

STATIC = Path(__file__).parent / "static"


def page_url(path: str, **query: str) -> str:
    """Return the address of a page, in the language that this request's address names, if it names one."""
    asked = request.args.get(LANG, "")
    query = query | ({LANG: asked} if asked in languages() else {})
    return f"{path}?{urlencode(query)}" if query else path


def language_url(code: str) -> str:
    """Return this very page's address in another language."""
    others = [(key, value) for key, value in request.args.items(multi=True) if key != LANG]
    return f"{request.path}?{urlencode([*others, (LANG, code)])}"


def sentence(text: str) -> str:
    """Return what was said without a reader in mind as a sentence of its own in the reader's language."""
    told = retold(text, reader_language())
    return f"{told[:1].upper()}{told[1:]}{'' if told.endswith(('.', '?', '…')) else '.'}"


@cache
def static_url(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return f"{STATIC_URL}{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


class _CompiledTemplates(BytecodeCache):
    """Byte code of templates, of this process and of those that are forked from it."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what was compiled before."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is compiled now."""
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledTemplates()


def compile_templates() -> None:
    """Compile the templates for every worker that is forked from here: one that replaces another answers sooner."""
    _compile(Flask(__package__))


def _compile(app: Flask) -> None:
    app.jinja_env.bytecode_cache = _COMPILED
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)  # now: the first visitor does not wait for it


def prepare_templates(app: Flask, desk: Desk, docs_url: str | None) -> None:
    """Give an application's templates what they need; without `docs_url` no page links to the documentation."""
    app.jinja_env.globals |= {"static_url": static_url, "page_url": page_url, "language_url": language_url}
    app.jinja_env.globals |= {"sentence": sentence, "docs_url": docs_url}
    _compile(app)

    @app.context_processor
    def given() -> dict[str, Any]:
        asked = request.args.get(LANG, "")
        return {"t": reader_language(), "languages": languages(), "lang_asked": asked, "manifest": _manifest(desk)}


def _manifest(desk: Desk) -> Manifest | None:
    """Return what answers, for pages that are shown without a model too."""
    try:
        return desk.current().valuer.manifest
    except NoModelError:
        return None
