"""A saved mapping of one market's columns: small, readable, applied strictly."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from car_price_prediction.domain.columns import Column, Role
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.domain.listing import Kind

from .cells import Rows
from .columns import Understanding
from .loaded import LoadOptions

FORMAT = 1
HEAD = """\
# How the columns of one market's listings are read. Made by `car-price check FILE --save-profile`, used by
# `car-price check|train FILE --profile`; what each line means stands in docs/profiles.md.
"""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Used(_Part):
    header: str
    field: str = Field(min_length=1)
    extra: bool = False
    kind: Kind
    unit: str = ""
    decimal: Literal[".", ","] = "."
    derive: str = ""
    why: str = ""


class _LeftOut(_Part):
    header: str
    role: Role
    why: str = ""


class Profile(_Part):
    """A profile, as it stands in its file."""

    format: Literal[1]
    currency: str | None = None
    mileage_unit: Literal["km", "mi"] = "km"
    column: tuple[_Used, ...]
    left_out: tuple[_LeftOut, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Return the columns, the used ones first."""
        used = [
            Column(c.header, "extra" if c.extra else "field", c.field, c.kind, c.unit, c.decimal, c.derive, 1.0, c.why)
            for c in self.column
        ]
        return (*used, *(Column(c.header, c.role, "", "category", why=c.why) for c in self.left_out))


def read_profile(path: Path) -> Profile:
    """Read a profile.

    Raises
    ------
    ListingsError
        Naming everything that is wrong with the file.
    """
    try:
        return Profile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ListingsError(f"there is no profile {path}", hint="--save-profile writes one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ListingsError(f"the profile {path} is not TOML: {error}") from None
    except ValidationError as error:
        problems = "; ".join(f"{_place(e['loc'])}: {e['msg'].lower()}" for e in error.errors())
        raise ListingsError(f"the profile {path} cannot be used: {problems}", hint="see docs/profiles.md") from None


def apply_profile(profile: Profile, raw: Rows, options: LoadOptions) -> Understanding:
    """Understand a file by a profile instead of by its looks.

    Raises
    ------
    ListingsError
        Where a column of the profile is missing, or an option says otherwise than the profile.
    """
    columns = profile.columns()
    missing = sorted({c.header for c in columns if c.used and c.header not in raw.columns})
    if missing:
        raise ListingsError(
            f"the file lacks what the profile names: {', '.join(map(_quoted, missing))}",
            hint="run check without --profile to see what the file holds",
        )
    _refuse_contradiction(profile, options)
    known = {column.header for column in columns}
    new = [name for name in raw.columns if name not in known and not name.startswith("_")]
    notes = [f"not in the profile, left out: {', '.join(map(_quoted, new))}"] if new else []
    ignored = tuple(Column(name, "untrusted", "", "category", why="not in the profile") for name in new)
    return Understanding(
        columns=(*(replace(c, why=c.why or "the profile says so") for c in columns), *ignored),
        currency=profile.currency or options.currency,
        mileage_unit=profile.mileage_unit,
        notes=("understood by the profile", *notes),
    )


def profile_text(understanding: Understanding) -> str:
    """Return what was understood as the text of a profile."""
    parts = [HEAD, _table("", {"format": FORMAT, **_market(understanding)})]
    columns: Sequence[Column] = understanding.columns
    for column in columns:
        if column.used:
            parts.append(_table("[[column]]", _used_line(column)))
    for column in columns:
        if not column.used:
            parts.append(_table("[[left_out]]", {"header": column.header, "role": column.role, "why": column.why}))
    return "\n".join(parts)


def _market(understanding: Understanding) -> dict[str, Any]:
    currency = {"currency": understanding.currency} if understanding.currency else {}
    return {**currency, "mileage_unit": understanding.mileage_unit}


def _used_line(column: Column) -> dict[str, Any]:
    line: dict[str, Any] = {"header": column.header, "field": column.field, "extra": column.role == "extra"}
    line |= {"kind": column.kind, "unit": column.unit, "decimal": column.decimal, "derive": column.derive}
    usual = {"extra": False, "unit": "", "decimal": ".", "derive": ""}
    return {key: value for key, value in line.items() if usual.get(key) != value} | {"why": column.why}


def _table(head: str, values: dict[str, Any]) -> str:
    # JSON's escapes are TOML's; only DEL may stand bare in JSON and not in TOML.
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f") for key, value in values.items()
    ]
    return "\n".join([head, *lines] if head else lines) + "\n"


def _refuse_contradiction(profile: Profile, options: LoadOptions) -> None:
    said = []
    if options.columns:
        said.append("--column")
    if options.mileage_unit not in (None, profile.mileage_unit):
        said.append(f"--mileage-unit {options.mileage_unit}")
    if options.currency and profile.currency and options.currency != profile.currency:
        said.append(f"--currency {options.currency}")
    if said:
        raise ListingsError(
            f"{' and '.join(said)} cannot be used beside a profile, which already tells",
            hint="change the profile, or leave it out",
        )


def _place(parts: Sequence[str | int]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in parts) or "the file"


def _quoted(header: str) -> str:
    return f'"{header}"'
