"""What a job is: a file that was sent, how far it is, and what is to be had of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

State: TypeAlias = Literal["waiting", "queued", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
UNFINISHED: tuple[State, ...] = ("waiting", "queued", "running")
STARTABLE: tuple[State, ...] = ("waiting", "failed")


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """What one column of the file is taken for.

    Attributes
    ----------
    header : str
    field : str or None
        None where it is not used.
    unit : str or None
        Of its numbers.
    example : str or None
        A cell of it.
    reason : str
        Why, for people.
    """

    header: str
    field: str | None
    unit: str | None
    example: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What reading a file found out.

    Attributes
    ----------
    rows : int
        Those that could not be read included.
    columns : tuple of FoundColumn
    columns_missing : tuple of str
        Fields that the model uses and no column holds.
    problem : str or None
        Why it cannot be priced as its columns are understood.
    model_version : str
    """

    rows: int
    columns: tuple[FoundColumn, ...]
    columns_missing: tuple[str, ...]
    problem: str | None
    model_version: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def of(cls, found: dict[str, Any]) -> Findings:
        """Return what `as_dict` made plain."""
        columns = tuple(FoundColumn(**column) for column in found["columns"])
        return cls(**found | {"columns": columns, "columns_missing": tuple(found["columns_missing"])})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with a file.

    Attributes
    ----------
    price : bool
        False where it is only to be read.
    strict : bool
    columns : dict of str to str or None
        Field -> header, as a person told it; None where no column holds it.
    """

    price: bool = True
    strict: bool = False
    columns: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One job, as it is now.

    Attributes
    ----------
    id : str
        Nobody guesses it.
    state : str
    file : str
        The file's name as its sender gave it.
    wish : Wish
    created_at, expires_at : float
        Seconds since 1970.
    rows_done : int
    rows_with_problems : int
    findings : Findings or None
        None until the file is read.
    problem : str or None
        Why it failed.
    result : str or None
        The folder, within the job's, that holds what came of it.
    """

    id: str
    state: State
    file: str
    wish: Wish
    created_at: float
    expires_at: float
    rows_done: int = 0
    rows_with_problems: int = 0
    findings: Findings | None = None
    problem: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that one process has taken to work on; another may take it once the holder is silent for too long."""

    job: Job
    token: str
