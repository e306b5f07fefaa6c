"""A small market, written as a file or as loaded listings."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.listings.clean import clean
from car_price_prediction.listings.columns import Understanding
from car_price_prediction.listings.loaded import Loaded
from car_price_prediction.package.manifest import Source

CARS = (("Skoda", "Fabia", 15_000), ("Skoda", "Octavia", 24_000), ("BMW", "320", 40_000), ("Kia", "Rio", 14_000))
HEADER = "ad id,Make,Model,Year,Mileage km,Price EUR,Fuel"


def market_rows(cars: int = 120) -> list[list[str]]:
    """Return rows of an honest market, all different."""
    rows = []
    for i in range(cars):
        make, model, new = CARS[i % len(CARS)]
        age = i % 11
        price = round(new * 0.88**age * (0.9 + 0.01 * (i % 20)), -1)
        fuel = ("Petrol", "Diesel")[i % 2]
        rows.append(
            [
                str(9_000_017 + 7 * i),
                make,
                model,
                str(2020 - age),
                str(1_500 + 14_321 * age + 37 * i),
                f"{price:.0f}",
                fuel,
            ]
        )
    return rows


def write_market(path: Path, *more: str, cars: int = 120, header: str = HEADER) -> Path:
    """Write the market as a CSV file, with more lines at its end."""
    lines = [header, *(",".join(row) for row in market_rows(cars)), *more]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def loaded_market(*more: list[str | None], cars: int = 120, notes: tuple[str, ...] = ()) -> Loaded:
    """Return the market as loaded listings, without any reading or guessing."""
    headers = HEADER.split(",")
    rows = [*market_rows(cars), *more]
    raw = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row").with_columns(
        _source=pl.lit("market.csv"), _row=pl.int_range(1, len(rows) + 1, dtype=pl.UInt32)
    )
    numbers = {"Year": "year", "Mileage km": "mileage_km", "Price EUR": "price"}
    words = {"Make": "make", "Model": "model", "Fuel": "fuel"}
    listings = raw.select(
        *(pl.col(header).alias(field) for header, field in words.items()),
        *(pl.col(header).cast(pl.Float64, strict=False).alias(field) for header, field in numbers.items()),
        "_source",
        "_row",
    )
    columns = (
        Column("ad id", "id", "", "category", why="different in every row"),
        *(Column(header, "field", field, "category", why="a header word") for header, field in words.items()),
        *(Column(header, "field", field, "number", why="a header word") for header, field in numbers.items()),
    )
    understanding = Understanding(columns=columns, currency="EUR", mileage_unit="km", notes=())
    cleaned = clean(raw, listings, understanding)
    return Loaded(
        listings=cleaned.listings,
        rejected=cleaned.rejected,
        understanding=understanding,
        sources=(Source(name="market.csv", bytes=4_321, sha256="ab" * 32),),
        fingerprint="0123456789abcdef",
        rows_read=len(rows),
        notes=notes,
        taken_out=cleaned.taken_out,
        examples={header: (str(raw[header][0]),) for header in headers},
    )
