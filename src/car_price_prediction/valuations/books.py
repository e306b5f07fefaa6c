"""What is kept, and in which table: the answers that were given, and what the challenger would have answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Table

from .entries import ANSWERS, CHALLENGERS, Kind
from .row import Row, row_from, shadow_row_from
from .tables import SHADOWS, VALUATIONS


@dataclass(frozen=True, slots=True)
class Book:
    """What is written where.

    Attributes
    ----------
    kind : Kind
    table : Table
        With one column as its key.
    row_from : callable
        Makes a row of the table out of an entry.
    """

    kind: Kind
    table: Table
    row_from: Callable[[Sequence[Any]], Row]

    @property
    def key(self) -> Column[Any]:
        """The column that tells one row from another."""
        (found,) = self.table.primary_key.columns
        return found


BOOKS: Mapping[str, Book] = MappingProxyType(
    {
        ANSWERS.name: Book(ANSWERS, VALUATIONS, row_from),
        CHALLENGERS.name: Book(CHALLENGERS, SHADOWS, shadow_row_from),
    }
)
