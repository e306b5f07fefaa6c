"""From clean listings to a published model package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import car_price_prediction
from car_price_prediction.listings.loaded import Loaded
from car_price_prediction.package import contents
from car_price_prediction.package.calibration import Calibration
from car_price_prediction.package.comparables import ComparableCars, write_comparables
from car_price_prediction.package.encoder import Encoder
from car_price_prediction.package.facts import Facts
from car_price_prediction.package.manifest import FORMAT, Data, Manifest, Market, Served
from car_price_prediction.package.store import ModelStore, Package

from .candidates import Candidate, LightGBMModel, candidates
from .card import card_of
from .comparables import comparable_cars
from .compare import Compared, Comparer, FoldModel, Stages
from .describe import describe
from .evaluate import price_metrics
from .features import feature_fields
from .folds import group_folds
from .importance import field_importance, write_importance
from .intervals import Calibrator

FOLDS = 5
LIBRARIES = ("lightgbm", "numpy", "polars", "scikit-learn", "xgboost-cpu")


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a person may choose about training.

    Attributes
    ----------
    market : str
        The market's name, for people.
    sample : bool
        Whether the listings are the built-in sample market's.
    coverage : float
        The share of asking prices that the ranges are to hold.
    seed : int
    """

    market: str
    sample: bool = False
    coverage: float = 0.9
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """A published package, and what the comparison found on the way."""

    package: Package
    compared: Compared
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Refitted:
    """The chosen candidate fitted on every listing, with all that a package holds besides."""

    encoder: Encoder
    booster: Any
    spread: Any
    calibration: Calibration
    facts: Facts
    comparables: ComparableCars
    importance: dict[str, float]


class Trainer:
    """Compares, refits, calibrates and publishes.

    Parameters
    ----------
    store : ModelStore
    stages : Stages
        Told what runs now.
    kinds : sequence of Candidate, optional
        All of `candidates` where not given.
    """

    def __init__(self, store: ModelStore, stages: Stages, kinds: Sequence[Candidate] | None = None) -> None:
        self._store, self._stages = store, stages
        self._kinds = candidates() if kinds is None else kinds

    def train(self, loaded: Loaded, options: TrainOptions) -> Trained:
        """Train on clean listings and publish the package; it does not become current here.

        Parameters
        ----------
        loaded : Loaded
        options : TrainOptions
        """
        listings = loaded.listings
        fields = feature_fields(listings)
        folds = group_folds(listings["_group"], FOLDS, options.seed)
        compared = Comparer(listings, fields, folds, options.seed, self._stages).compare(self._kinds)
        self._stages.stage("calibrating the ranges")
        calibrator = Calibrator(listings, compared.folds, options.coverage, options.seed)
        refitted = _refitted(listings, fields, compared.whole, calibrator, options.seed)
        metrics = price_metrics(listings["price"].to_numpy(), np.exp(compared.out_of_fold(listings.height)))
        self._stages.stage("measuring the ranges")
        manifest = _manifest(loaded, options, refitted, compared, metrics | calibrator.metrics())
        self._stages.stage("publishing")
        return Trained(self._publish(manifest, refitted, compared), compared, tuple(fields))

    def _publish(self, manifest: Manifest, refitted: _Refitted, compared: Compared) -> Package:
        with self._store.draft() as folder:
            for name, text in _texts(refitted):
                (folder / name).write_text(text, encoding="utf-8")
            write_comparables(folder, refitted.comparables)
            write_importance(folder, refitted.importance)
            _write_comparison(folder / contents.COMPARISON, compared)
            (folder / contents.CARD).write_text(card_of(manifest, compared.table), encoding="utf-8")
            return self._store.publish(folder, manifest)


def _refitted(
    listings: pl.DataFrame, fields: Sequence[str], whole: FoldModel, calibrator: Calibrator, seed: int
) -> _Refitted:
    assert isinstance(whole.model, LightGBMModel), "a candidate that is served is packaged in LightGBM's format"
    importance = field_importance(whole.encoder, whole.model.booster)
    return _Refitted(
        encoder=whole.encoder,
        booster=whole.model.booster,
        spread=calibrator.spread_model(whole.encoder),
        calibration=calibrator.calibration(),
        facts=describe(listings, fields, importance),
        comparables=comparable_cars(listings, fields, whole.encoder, whole.model.predict, seed),
        importance=importance,
    )


def _texts(refitted: _Refitted) -> Iterator[tuple[str, str]]:
    # Not LightGBM's own `save_model`: a full disk is an OSError here, and an error of LightGBM's kind there.
    yield contents.BOOSTER, refitted.booster.model_to_string(num_iteration=-1)
    yield contents.SPREAD, refitted.spread.model_to_string(num_iteration=-1)
    yield contents.ENCODER, refitted.encoder.model_dump_json()
    yield contents.CALIBRATION, refitted.calibration.model_dump_json()
    yield contents.FACTS, refitted.facts.model_dump_json()


def _write_comparison(path: Path, compared: Compared) -> None:
    table = {
        "chosen": compared.chosen.name,
        "by": "mdape",
        "candidates": [asdict(row) for row in compared.table],
    }
    path.write_text(json.dumps(table, indent=1), encoding="utf-8")


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
            trees=refitted.booster.num_trees(),
        ),
        coverage=options.coverage,
        metrics=metrics,
        columns=understood.columns,
        files={},
    )
