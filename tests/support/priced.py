"""Priced listings to measure, and a report of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from car_price_prediction.evaluation.evaluation import evaluate
from car_price_prediction.evaluation.measured import Evaluation, Level
from car_price_prediction.evaluation.report import CandidateLine, Report, TimeSplit

MAKES = ("Skoda", "skoda", "BMW", "Kia", None)


def priced(rows: int = 400, *, seed: int = 0, factor: float = 1.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the figures and the listings; predictions are `factor` times too high."""
    rng = np.random.default_rng(seed)
    price = np.round(rng.lognormal(9, 0.6, rows), 2)
    predicted = price * rng.lognormal(0, 0.15, rows) * factor
    figures = pl.DataFrame({"price": price, "predicted": predicted, "low": predicted * 0.75, "high": predicted * 1.33})
    listings = pl.DataFrame(
        {
            "make": [MAKES[i % len(MAKES)] for i in range(rows)],
            "model": [f"m{i % 60}" for i in range(rows)],
            "year": [None if i % 17 == 0 else 2020.0 - i % 35 for i in range(rows)],
            "mileage_km": [None if i % 13 == 0 else 1_000.0 * (i % 350) for i in range(rows)],
            "fuel": ["petrol" if i % 3 else "diesel" for i in range(rows)],
            "_source": ["market.csv"] * rows,
            "_row": list(range(1, rows + 1)),
            "_listed": [date(2024, 1, 1 + i % 28) for i in range(rows)],
        },
        schema_overrides={"make": pl.String, "year": pl.Float64, "mileage_km": pl.Float64},
    )
    return figures, listings


def evaluated(figures: pl.DataFrame, listings: pl.DataFrame, curve: tuple[Level, ...] = ()) -> Evaluation:
    vectors = (figures[name].to_numpy() for name in ("price", "predicted", "low", "high"))
    return evaluate(*vectors, listings, promised=0.9, curve=curve)


def report_of(evaluation: Evaluation, **changes: object) -> Report:
    facts: dict[str, object] = {
        "version": "20240101T000000.000Z-abcdef01",
        "made_at": datetime(2024, 1, 1, tzinfo=UTC),
        "market": "market.csv",
        "sample": False,
        "currency": "EUR",
        "promised": 0.9,
        "files": ("market.csv",),
        "rows_read": 420,
        "set_aside": {"duplicate": 15, "price_zero": 5},
        "splits": {"folds": evaluation, "time": evaluation},
        "time_split": TimeSplit(cut=date(2024, 1, 23), trained=320, scored=80, folds_mdape=0.1),
        "candidates": (CandidateLine(name="lightgbm", served=True, not_served="", mdape=0.1, mae=900.0, r2_log=0.9),),
    }
    return Report.model_validate(facts | changes)
