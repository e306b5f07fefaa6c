"""Many rows at once.

SQLite's `executemany` gives the interpreter back and asks for it anew with each row: the thread that answers requests
is interrupted as often; one statement of 500 rows does so once, and takes half the time. Other drivers send batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

from .tables import VALUATIONS

NAMES = tuple(column.name for column in VALUATIONS.columns)


def insert_rows(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert valuations, at least one."""
    if connection.dialect.name != "sqlite":
        connection.execute(insert(VALUATIONS), rows)
        return
    group = f"({', '.join(['?'] * len(NAMES))})"
    # The names are those of the table above; every value has a mark.
    text = f"INSERT INTO {VALUATIONS.name} ({', '.join(NAMES)}) VALUES {', '.join([group] * len(rows))}"  # noqa: S608
    connection.exec_driver_sql(text, tuple(row[name] for row in rows for name in NAMES))
