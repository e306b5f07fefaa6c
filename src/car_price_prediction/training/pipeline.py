"""From clean listings to a published model package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version as installed
from typing import Any, cast

import polars as pl
from polars import selectors as cs

import car_price_prediction
from car_price_prediction.drift.build import reference_of
from car_price_prediction.evaluation.page import report_page
from car_price_prediction.evaluation.report import Report
from car_price_prediction.listings.loaded import Loaded
from car_price_prediction.package import contents
from car_price_prediction.package.calibration import Calibration
from car_price_prediction.package.comparables import ComparableCars, write_comparables
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.facts import Facts
from car_price_prediction.package.held_out import HELD_OUT, held_out_frame
from car_price_prediction.package.manifest import FORMAT, Data, Manifest, Market, Served
from car_price_prediction.package.market_level import MARKET_LEVEL, MarketLevel
from car_price_prediction.package.reference import REFERENCE, Reference
from car_price_prediction.package.store import ModelStore, Package

from .asof import with_ago
from .baselines import baselines
from .boosted import members, trial
from .candidates import Candidate, Packaged
from .card import card_of
from .choices import DEFAULT, Choices
from .comparables import comparable_cars
from .compare import Compared, Comparer, Stages
from .describe import describe
from .engine import Engine
from .features import feature_fields
from .fits import FoldModel
from .folds import fold_count, group_folds
from .importance import field_importance, write_importance
from .intervals import Calibrator
from .level import as_asked, at_newest, market_level, of_their_days
from .measure import measure, training_report
from .parallel import Threads
from .tune import TRIALS, tuned_member

LIBRARIES = ("lightgbm", "numpy", "polars", "scikit-learn", "xgboost-cpu")
NOT_COMPARED = "each fit is spread over machines: the baselines, which no other library spreads, are not compared"


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a person may choose about training.

    Attributes
    ----------
    market : str
        The market's name, for people.
    sample : bool
        Whether the listings are the built-in sample market's.
    choices : Choices
    """

    market: str
    sample: bool = False
    choices: Choices = DEFAULT


@dataclass(frozen=True, slots=True)
class Trained:
    """A published package, and what was found on the way.

    Attributes
    ----------
    package : Package
    compared : Compared
    fields : tuple of str
    notes : tuple of str
        What training itself noticed in the listings, for people.
    """

    package: Package
    compared: Compared
    fields: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refitted:
    """What is served, fitted on every listing, with all that a package holds besides."""

    encoder: Encoder
    model: Packaged
    spread: Any
    calibration: Calibration
    facts: Facts
    comparables: ComparableCars
    importance: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a package tells of the model on listings that it did not see."""

    report: Report
    held_out: pl.DataFrame
    reference: Reference
    level: MarketLevel | None
    seed: int


class Trainer:
    """Compares, refits, calibrates and publishes.

    Parameters
    ----------
    store : ModelStore
    stages : Stages
        Told what runs now.
    kinds : sequence of Candidate, optional
        The only members of the blend, compared with nothing else; as the budget says where not given.
    engine : Engine, optional
        Where the fits run: in threads of this process where not given.
    """

    def __init__(
        self,
        store: ModelStore,
        stages: Stages,
        kinds: Sequence[Candidate] | None = None,
        engine: Engine | None = None,
    ) -> None:
        self._store, self._stages, self._kinds = store, stages, kinds
        self._engine = engine or Threads()

    def train(self, loaded: Loaded, options: TrainOptions) -> Trained:
        """Train on clean listings and publish the package; it does not become current here.

        Parameters
        ----------
        loaded : Loaded
        options : TrainOptions
        """
        choices, listings = options.choices, with_ago(loaded.listings)
        fields = feature_fields(listings)
        level = market_level(listings, fields, choices.seed)
        notes = (f"{level.sentence}: older listings count at the level of the newest",) if level and level.moved else ()
        for note in notes:
            self._stages.note(note)
        listings = at_newest(listings, level)
        loaded = replace(loaded, listings=listings)
        folds = group_folds(listings["_group"], fold_count(listings.height), choices.seed)
        comparer = Comparer(listings, fields, folds, choices.seed, self._stages, self._engine)
        compared = self._compare(comparer, listings.height, choices)
        self._stages.stage("calibrating the ranges")
        whole = compared.whole
        importance = field_importance(whole.encoder, cast("Packaged", whole.model).gains())
        calibrator = Calibrator(listings, compared.folds, choices.coverage, choices.seed, importance)
        refitted = _refitted(listings, importance, whole, calibrator, choices.seed)
        self._stages.stage("measuring errors and ranges")
        measured = measure(loaded, comparer, compared, calibrator, choices.coverage)
        manifest = _manifest(loaded, options, refitted, compared, measured.metrics())
        out = measured.out_of_fold
        counted = listings.select(cs.by_name(*fields, "price", "_group", require_all=False))
        told = _Told(
            training_report(loaded, manifest, compared, measured),
            held_out_frame(
                as_asked(listings), *(of_their_days(listings, end) for end in (out.predicted, out.low, out.high))
            ),
            reference_of(counted, fields, out.predicted),
            level,
            choices.seed,
        )
        self._stages.stage("publishing")
        return Trained(self._publish(manifest, refitted, compared, told), compared, tuple(fields), notes)

    def _compare(self, comparer: Comparer, rows: int, choices: Choices) -> Compared:
        if self._kinds is not None:
            return comparer.compare(self._kinds, monotone=choices.monotone)
        others = () if choices.budget == "quick" else baselines()
        if others and self._engine.boosting(rows):
            self._stages.note(NOT_COMPARED)
            others = ()
        kinds = members(choices.budget, rows)
        if choices.budget == "thorough":
            self._stages.stage("tuning", total=TRIALS)
            kinds = (*kinds, tuned_member(comparer.errors_of, choices.seed, self._stages.advance))
        return comparer.compare(kinds, others, choices.monotone, trial(rows))

    def _publish(self, manifest: Manifest, refitted: _Refitted, compared: Compared, told: _Told) -> Package:
        with self._store.draft() as folder:
            for name, text in (*_texts(refitted), *_files(manifest, compared, told)):
                (folder / name).write_text(text, encoding="utf-8")
            write_comparables(folder, refitted.comparables)
            write_importance(folder, refitted.importance)
            told.held_out.write_parquet(folder / HELD_OUT)
            return self._store.publish(folder, manifest)


def _refitted(
    listings: pl.DataFrame, importance: dict[str, float], whole: FoldModel, calibrator: Calibrator, seed: int
) -> _Refitted:
    model, fields = cast("Packaged", whole.model), feature_fields(listings)
    return _Refitted(
        encoder=whole.encoder,
        model=model,
        spread=calibrator.spread_model(whole.encoder),
        calibration=calibrator.calibration(),
        facts=describe(listings, fields, importance),
        comparables=comparable_cars(as_asked(listings), fields, whole.encoder, model.predict, seed),
        importance=importance,
    )


def _texts(refitted: _Refitted) -> Iterator[tuple[str, str]]:
    yield contents.BOOSTER, refitted.model.text()
    yield contents.SPREAD, refitted.spread.model_to_string(num_iteration=-1)
    yield contents.ENCODER, refitted.encoder.model_dump_json()
    yield contents.CALIBRATION, refitted.calibration.model_dump_json()
    yield contents.FACTS, refitted.facts.model_dump_json()


def _files(manifest: Manifest, compared: Compared, told: _Told) -> Iterator[tuple[str, str]]:
    """Yield the files that tell of the model; pricing needs none of them."""
    yield contents.COMPARISON, _comparison(compared, told.seed)
    yield contents.EVALUATION, told.report.as_json()
    yield contents.EVALUATION_PAGE, report_page(told.report, told.level)
    yield contents.CARD, card_of(manifest, told.report, told.level)
    if told.level:
        yield MARKET_LEVEL, told.level.model_dump_json(indent=1)
    yield REFERENCE, told.reference.model_dump_json()


def _comparison(compared: Compared, seed: int) -> str:
    table = {
        "seed": seed,
        "chosen": compared.chosen.name,
        "by": "mdape",
        "weights": dict(compared.weights),
        "monotone": compared.monotone,
        "candidates": [asdict(row) for row in compared.table],
    }
    return json.dumps(table, indent=1)


def _manifest(
    loaded: Loaded, options: TrainOptions, refitted: _Refitted, compared: Compared, metrics: dict[str, float]
) -> Manifest:
    now = datetime.now(UTC)
    understood = loaded.understanding
    return Manifest(
        format=FORMAT,
        version=f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z-{loaded.fingerprint[:8]}",
        created_at=now,
        program=car_price_prediction.__version__,
        libraries={name: installed(name) for name in LIBRARIES},
        market=Market(
            name=options.market,
            sample=options.sample,
            currency=understood.currency,
            mileage_unit=understood.mileage_unit,
        ),
        data=Data(
            fingerprint=loaded.fingerprint,
            sources=loaded.sources,
            rows_read=loaded.rows_read,
            rows_used=loaded.listings.height,
            rows_rejected=loaded.rejected.height,
        ),
        served=Served(
            engine="lightgbm",
            candidate=compared.chosen.name,
            features=tuple(feature.name for feature in refitted.encoder.features),
            trees=refitted.model.trees,
            members=dict(compared.weights),
            monotone=compared.monotone,
            budget=options.choices.budget,
        ),
        coverage=options.choices.coverage,
        metrics=metrics,
        columns=understood.columns,
        files={},
    )
