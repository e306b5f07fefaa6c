"""Many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows into a table, at least one; with SQLite past SQLAlchemy's statements, which take as long again."""
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    names = tuple(column.name for column in table.columns)
    # The names are those of a table of ours; every value has a mark.
    text = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(['?'] * len(names))})"  # noqa: S608
    connection.exec_driver_sql(text, list(map(itemgetter(*names), rows)))
