"""Kept valuations as a Parquet file: a column for each field of a car."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from car_price_prediction.domain.listing import ASKING, FIELDS

from .store import Valuations

_CAR = {field.name: pl.String if field.kind == "category" else pl.Float64 for field in (*FIELDS, ASKING)}
del _CAR["price"]
SCHEMA: Mapping[str, Any] = {
    "valuation_id": pl.String,
    "priced_at": pl.Datetime("ms", "UTC"),
    "source": pl.String,
    "request_id": pl.String,
    "model_version": pl.String,
    **_CAR,
    "car": pl.String,
    "price": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "currency": pl.String,
    "coverage": pl.Float64,
    "confidence": pl.String,
    "comparables": pl.Int64,
    "warnings": pl.String,
}
"""The columns; ``car`` is the whole car as JSON, with the fields that only one model knows."""


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows of the table as a table of `SCHEMA`."""
    raw = pl.DataFrame(rows, infer_schema_length=None).rename({"id": "valuation_id"})
    cars = raw["car"].str.json_decode(pl.Struct(_CAR)).struct.unnest()
    at = pl.from_epoch((pl.col("priced_at") * 1_000).round().cast(pl.Int64), "ms").dt.replace_time_zone("UTC")
    found = pl.concat([raw.with_columns(priced_at=at), cars], how="horizontal")
    return found.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def export(valuations: Valuations, out: Path, *, since: float | None = None, until: float | None = None) -> int:
    """Write the valuations of a span of time to a file; return how many there were.

    Parameters
    ----------
    valuations : Valuations
    out : Path
        Replaced once all is written.
    since, until : float, optional
        Seconds since 1970; until itself is not in it.
    """
    with tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.name}-") as name:
        folder, count = Path(name), 0
        pl.DataFrame(schema=SCHEMA).write_parquet(folder / "000000.parquet")
        for number, rows in enumerate(valuations.pieces(since, until), 1):
            frame_of(rows).write_parquet(folder / f"{number:06}.parquet")
            count += len(rows)
        whole = folder / "whole"
        pl.scan_parquet(folder / "*.parquet").sink_parquet(whole)
        whole.replace(out)
    return count
