"""What one check found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from .context import Context

Status: TypeAlias = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    status : {"ok", "warning", "failed", "skipped"}
        ``skipped`` where the check cannot be made here; the message says why.
    message : str
        What is so, for people.
    hint : str
        What to do about it, or ``""``.
    """

    status: Status
    message: str
    hint: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at.

    Attributes
    ----------
    id : str
        Stable and machine readable.
    look : callable
        Looks at it.
    """

    id: str
    look: Callable[[Context], Finding]


def ok(message: str) -> Finding:
    """Return a finding that all is well."""
    return Finding("ok", message)


def warning(message: str, hint: str) -> Finding:
    """Return a finding that should be known, and stops nothing."""
    return Finding("warning", message, hint)


def failed(message: str, hint: str) -> Finding:
    """Return a finding that something is wrong."""
    return Finding("failed", message, hint)


def skipped(message: str) -> Finding:
    """Return a finding that the check cannot be made here."""
    return Finding("skipped", message)
