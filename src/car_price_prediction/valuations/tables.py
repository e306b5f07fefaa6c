"""The tables. Moments are seconds since 1970, which every database holds and compares alike; cars are JSON."""

from __future__ import annotations

from sqlalchemy import Column, Date, Double, Index, Integer, MetaData, String, Table, Text

SCHEMA = 1
"""Rises when a table changes; a database of another number is refused. A table more is made where it is not there, and
programs of before know nothing of it: that changes no number."""
ID, KEY, NAME = 64, 64, 200

METADATA = MetaData()

META = Table(
    "car_price_meta",
    METADATA,
    Column("name", String(NAME), primary_key=True),
    Column("value", Integer, nullable=False),
)

VALUATIONS = Table(
    "car_price_valuations",
    METADATA,
    Column("id", String(ID), primary_key=True),
    Column("priced_at", Double, nullable=False, index=True),
    Column("source", String(16), nullable=False),
    Column("request_id", String(ID), nullable=False),
    Column("model_version", String(NAME), nullable=False),
    Column("car_key", String(KEY), nullable=False, index=True),
    Column("car", Text, nullable=False),
    Column("price", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("currency", String(8)),
    Column("coverage", Double, nullable=False),
    Column("confidence", String(16), nullable=False),
    Column("comparables", Integer, nullable=False),
    Column("warnings", Text, nullable=False),
)

SHADOWS = Table(
    "car_price_shadows",
    METADATA,
    Column("valuation_id", String(ID), primary_key=True),
    Column("priced_at", Double, nullable=False, index=True),
    Column("model_version", String(NAME), nullable=False),
    Column("price", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
)
"""What the challenger would have answered, beside the valuation that was."""

OUTCOMES = Table(
    "car_price_outcomes",
    METADATA,
    Column("key", String(2 * KEY), primary_key=True),
    Column("valuation_id", String(ID), index=True),
    Column("car_key", String(KEY), index=True),
    Column("car", Text),
    Column("price", Double, nullable=False),
    Column("sold_on", Date, nullable=False),
    Column("reference", String(NAME)),
    Column("told_at", Double, nullable=False, index=True),
)

REPLACED = Table(
    "car_price_outcomes_replaced",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String(2 * KEY), nullable=False),
    Column("price", Double, nullable=False),
    Column("sold_on", Date, nullable=False),
    Column("told_at", Double, nullable=False),
    Column("replaced_at", Double, nullable=False),
    Index("car_price_outcomes_replaced_key", "key"),
)
"""What outcomes said before they were corrected."""
