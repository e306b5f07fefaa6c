"""Many rows at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, insert

from .row import Row


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows into a table, at least one; past SQLAlchemy's statements where that takes a third of the time."""
    names = tuple(column.name for column in table.columns)
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    # The names are those of a table of ours; every value has a mark.
    text = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(['?'] * len(names))})"  # noqa: S608
    connection.exec_driver_sql(text, list(rows))
