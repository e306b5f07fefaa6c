"""The published versions and who let which of them answer, as the model card tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.store import ModelStore

from .language import Language
from .retelling import retold

MOST = 20
"""So many of the newest are told."""


@dataclass(frozen=True, slots=True)
class Version:
    """A published version; the figures are empty where it cannot be read."""

    name: str
    trained: str
    listings: str
    mdape: str
    answers: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the history."""

    when: str
    who: str
    change: str
    why: str


def published(store: ModelStore, answering: str, language: Language) -> list[Version]:
    """Return the newest versions, the newest first."""
    return [_version(store, name, answering, language) for name in reversed(store.versions()[-MOST:])]


def _version(store: ModelStore, name: str, answering: str, t: Language) -> Version:
    try:
        manifest = store.manifest(name)
    except PackageError:
        return Version(name, "", "", "", name == answering)
    mdape = t.percent(manifest.metrics["mdape"], 1)
    return Version(name, t.day(manifest.created_at), t.number(manifest.data.rows_used), mdape, name == answering)


def moves(store: ModelStore, language: Language) -> list[Move]:
    """Return the newest moves, the newest first."""
    return [_move(line, language) for line in reversed(store.history()[-MOST:])]


def _move(line: dict[str, str | None], t: Language) -> Move:
    to, before = line.get("to") or "", line.get("from")
    change = t("model.moved", to=to, before=before) if before else t("model.first", to=to)
    return Move(_day(line.get("when") or "", t), line.get("who") or "", change, retold(line.get("why") or "", t))


def _day(text: str, t: Language) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{t.day(moment)}, {moment:%H:%M} UTC"
