"""The model card for people: how far off it is, what it looks at, what it learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from car_price_prediction.evaluation.measured import Figures, Group
from car_price_prediction.evaluation.report import FEWEST, Report, weak_groups
from car_price_prediction.package.contents import EVALUATION
from car_price_prediction.package.store import ModelStore
from car_price_prediction.pricing.valuer import Valuer

from .language import Language
from .plots import Plot, plots_of
from .retelling import retold
from .versions import Move, Version, moves, published

UNBIASED = 0.005
"""A median error smaller than this, either way, is none."""
REPORTS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: what it is about, its figures, and the length of its bar in percent."""

    name: str
    cells: tuple[str, ...]
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Card:
    """What ``/model`` tells. Everything from the evaluation is empty where the version carries none."""

    tiles: list[tuple[str, str]]
    sentences: list[str]
    plots: tuple[Plot, ...]
    weak: list[Line]
    weak_from: int
    groups: dict[str, list[Line]]
    importance: list[Line]
    versions: list[Version]
    moves: list[Move]


class ModelCards:
    """Makes cards.

    Parameters
    ----------
    store : ModelStore or None
        Where the versions lie; without it the card tells of the model in memory alone.
    """

    def __init__(self, store: ModelStore | None) -> None:
        self._store = store

    def of(self, valuer: Valuer, language: Language) -> Card:
        """Return the card of the model that answers."""
        report = self._report(valuer.manifest.version)
        words = _Words(language, valuer)
        return Card(
            tiles=words.tiles(report),
            sentences=words.sentences(report) if report else [],
            plots=plots_of(report.main, language) if report else (),
            weak=words.weak(report) if report else [],
            weak_from=FEWEST if report else 0,
            groups=words.groups(report) if report else {},
            importance=words.importance(),
            versions=published(self._store, valuer.manifest.version, language) if self._store else [],
            moves=moves(self._store, language) if self._store else [],
        )

    def _report(self, version: str) -> Report | None:
        return _read_report(self._store.models / version / EVALUATION) if self._store else None


@lru_cache(REPORTS_KEPT)
def _read_report(path: Path) -> Report | None:
    """Return a version's evaluation; a version never changes."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None


class _Words:
    """Puts figures into the reader's language."""

    def __init__(self, language: Language, valuer: Valuer) -> None:
        self.t, self.valuer = language, valuer
        self.currency = valuer.manifest.market.currency

    def tiles(self, report: Report | None) -> list[tuple[str, str]]:
        t, manifest = self.t, self.valuer.manifest
        metrics = manifest.metrics
        found = [(t.percent(metrics["mdape"], 1), t("model.tile.mdape"))]
        if report:
            found.append((t.percent(report.main.overall.within_10), t("model.tile.within_10")))
        promised = t.percent(manifest.coverage)
        found.append((t.percent(metrics["coverage"], 1), t("model.tile.coverage", promised=promised)))
        return [*found, (t.number(manifest.data.rows_used), t("model.tile.rows"))]

    def sentences(self, report: Report) -> list[str]:
        t, all_of_them = self.t, report.main.overall
        typical = _round(self.valuer.quote(self.valuer.typical).price)
        price, off = (t.money(one, self.currency) for one in (typical, typical * all_of_them.mdape))
        within = {"within_10": t.percent(all_of_them.within_10), "within_20": t.percent(all_of_them.within_20)}
        return [
            t("model.accuracy.half", mdape=t.percent(all_of_them.mdape, 1), price=price, off=off),
            t("model.accuracy.tenth", **within),
            self._bias(all_of_them),
            t("model.accuracy.coverage", promised=t.percent(report.promised), held=t.percent(all_of_them.coverage, 1)),
            t("model.accuracy.how", count=t.number(all_of_them.count)),
        ]

    def _bias(self, figures: Figures) -> str:
        if abs(figures.bias) < UNBIASED:
            return self.t("model.accuracy.bias_none")
        key = "model.accuracy.bias_high" if figures.bias > 0 else "model.accuracy.bias_low"
        return self.t(key, bias=self.t.percent(abs(figures.bias), 1))

    def weak(self, report: Report) -> list[Line]:
        found = weak_groups(report.main, report.promised)
        return [
            self._group(one.group, 0.0, _begun(f"{self.t('group.' + one.table)}: {self._label(one.table, one.group)}"))
            for one in found
        ]

    def groups(self, report: Report) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        tables: Mapping[str, tuple[Group, ...]] = report.main.groups
        for name, groups in tables.items():
            most = max((group.mdape for group in groups), default=0.0)
            found[name] = [self._group(group, most, self._label(name, group)) for group in groups]
        return found

    def _label(self, table: str, group: Group) -> str:
        return self.t.word(table, retold(group.label, self.t))

    def _group(self, group: Group, most: float, name: str) -> Line:
        t = self.t
        cells = (t.number(group.count), t.percent(group.mdape, 1), t.percent(group.coverage))
        return Line(name, cells, round(100 * group.mdape / most, 1) if most else 0.0)

    def importance(self) -> list[Line]:
        fields = sorted(self.valuer.fields, key=lambda info: -info.importance)
        most = fields[0].importance or 1.0
        return [
            Line(
                self.t.field(info.name, info.label),
                (self.t.percent(info.importance, 0 if info.importance >= 0.1 else 1),),
                round(100 * info.importance / most, 1),
            )
            for info in fields
        ]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _round(price: float) -> float:
    """Return a price as people say it, with one leading figure that is not 0.

    Examples
    --------
    >>> _round(9_412.0), _round(13_800.0)
    (9000.0, 10000.0)
    """
    return float(f"{price:.0e}")
