"""How the columns of a listings file became canonical fields: found once, kept with the model, reused to price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .listing import Kind

Role: TypeAlias = Literal["field", "extra", "id", "unknown_when_priced", "constant", "leak", "untrusted"]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a file holds.

    Attributes
    ----------
    header : str
        As it stands in the file.
    role : str
        ``"field"`` (canonical) and ``"extra"`` are used; every other role says why the column is left out.
    field : str
        The canonical field, or the name of the extra feature, or ``""`` where the column is left out.
    kind : {"category", "number"}
        How its values are read.
    unit : str
        The unit of the file's numbers, such as ``"mi"`` or ``"cm3"``; ``""`` where there is none or the
        values carry it themselves.
    decimal : {".", ","}
        The decimal mark of its numbers.
    derive : str
        How the field is got out of the cell: ``""`` as it is, or the name of a derivation, such as ``"make"``,
        ``"model"`` or ``"trim"`` of a cell that holds all three. Several columns may then share one header.
    confidence : float
        From 0 to 1.
    why : str
        The reason, for people.
    """

    header: str
    role: Role
    field: str
    kind: Kind
    unit: str = ""
    decimal: Literal[".", ","] = "."
    derive: str = ""
    confidence: float = 1.0
    why: str = ""

    @property
    def used(self) -> bool:
        """Whether the column's values reach the model."""
        return self.role in ("field", "extra")
