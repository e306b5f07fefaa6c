"""Many rows at once.

SQLite's `executemany` gives the interpreter back and asks for it anew with each row: the thread that answers requests
is interrupted as often; one statement of 500 rows does so once, and takes half the time. Other drivers send batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows into a table, at least one."""
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    names = tuple(column.name for column in table.columns)
    group = f"({', '.join(['?'] * len(names))})"
    # The names are those of a table of ours; every value has a mark.
    text = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([group] * len(rows))}"  # noqa: S608
    connection.exec_driver_sql(text, tuple(row[name] for row in rows for name in names))
