"""The schemas of what the calls about jobs are sent and answer."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from car_price_prediction.domain.errors import FieldProblem

from .answers import Answer
from .problems import RequestProblem


class ColumnAnswer(Answer):
    """What one column of a file is taken for."""

    header: str
    field: str | None = Field(description="Null where it is not used.")
    unit: str | None = Field(description="Of its numbers, where they do not carry it themselves.")
    example: str | None
    reason: str


class JobAnswer(Answer):
    """A file that is priced apart from requests."""

    id: str
    state: Literal["waiting", "queued", "running", "done", "failed", "cancelled"] = Field(
        description="`waiting`: it was only read, and is to be started."
    )
    file: str
    rows: int | None = Field(description="Null until the file is read.")
    rows_done: int
    rows_with_problems: int = Field(
        description="Rows without a price, or of which a cell could not be read or believed; 0 until it is done."
    )
    columns: list[ColumnAnswer] = Field(description="Empty until the file is read.")
    columns_missing: list[str] = Field(description="Fields that the model uses and no column holds.")
    problem: str | None = Field(description="Why it failed, or cannot be priced as its columns are understood.")
    result: str | None = Field(description="Where the priced file is fetched, once the state is `done`.")
    created_at: str
    expires_at: str = Field(description="When the job and its files are forgotten.")
    model_version: str | None


class ProblemRowAnswer(Answer):
    """One row with a problem."""

    row: int = Field(ge=1, description="Its place in the file, the header not counted.")
    values: dict[str, str] = Field(description="Its cells by their headers; empty ones are left out.")
    problem: str


class ProblemRowsAnswer(Answer):
    """Rows with problems, those without a price first."""

    rows: list[ProblemRowAnswer]


@with_config(ConfigDict(extra="forbid", strict=True))
class Start(TypedDict, total=False):
    """What a person corrects before a job is started."""

    columns: dict[str, str | None]
    strict: bool


START = TypeAdapter(Start)


def read_start(sent: object) -> Start:
    """Check what was sent to start a job.

    Raises
    ------
    RequestProblem
        Naming all that is wrong.
    """
    try:
        return START.validate_python(sent)
    except ValidationError as error:
        problems = [FieldProblem(".".join(map(str, e["loc"])), e["type"], e["msg"]) for e in error.errors()]
        detail = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems)
        raise RequestProblem(
            422, "bad_start", detail, errors=problems, hint='{"columns": {"year": "HEADER"}}'
        ) from None
