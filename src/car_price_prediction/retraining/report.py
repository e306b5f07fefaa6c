"""What a retraining came to, for people and machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from car_price_prediction.listings.wording import rows, size_of
from car_price_prediction.package.files import replace_file
from car_price_prediction.package.retrained import LAST

FOLDER = "reports"
KEPT = 200
"""Reports that are kept, the newest."""
STATES = {
    "nothing_new": "Nothing new: nothing was trained",
    "would_train": "A dry run: these files would be trained on, and the gate asked",
    "refused": "Refused: the new listings are too far from those that the champion learnt from",
    "failed": "Failed: nothing was trained",
    "promoted": "Retrained: the new version answers now",
    "challenger": "Retrained: the new version is the challenger, the champion answers on",
}
VERDICTS = {
    "new": "new",
    "trained": "trained on before",
    "unusable": "cannot be used",
    "growing": "still being written: left for the next time",
    "left": "older than the newest that are wanted",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileLine(_Part):
    """One watched file.

    Attributes
    ----------
    name : str
    verdict : str
        A key of `VERDICTS`.
    detail : str
        Why, where there is something to say.
    bytes : int or None
    sha256 : str or None
        None of a file that is still being written.
    """

    name: str
    verdict: Literal["new", "trained", "unusable", "growing", "left"]
    detail: str = ""
    bytes: int | None = None
    sha256: str | None = None


class DriftLine(_Part):
    """How far one field has moved.

    Attributes
    ----------
    field : str
    excess, limit : float
        Population stability index beyond chance, and what is allowed of it.
    sentence : str
    """

    field: str
    excess: float
    limit: float
    sentence: str


class CheckLine(_Part):
    """One thing that the gate looked at."""

    id: str
    passed: bool
    message: str


class Report(_Part):
    """The report.

    Attributes
    ----------
    at : datetime
        When it began.
    seconds : float
    state : str
        A key of `STATES`.
    dry_run : bool
    champion : str or None
        The version that answered when it began.
    version : str or None
        The version that was trained.
    files : tuple of FileLine
    drift : tuple of DriftLine
        Every field that was compared.
    over : tuple of str
        Those that are beyond their limit.
    metrics : dict
        Of the new version.
    checks : tuple of CheckLine
    problems : tuple of str
        What somebody must look at: a run with any exits 1.
    notes : tuple of str
    """

    at: datetime
    seconds: float = 0.0
    state: Literal["nothing_new", "would_train", "refused", "failed", "promoted", "challenger"] = "failed"
    dry_run: bool = False
    champion: str | None = None
    version: str | None = None
    files: tuple[FileLine, ...] = ()
    drift: tuple[DriftLine, ...] = ()
    over: tuple[str, ...] = ()
    metrics: dict[str, float] = {}
    checks: tuple[CheckLine, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def but(self, **changes: object) -> Report:
        """Return it with other values, checked."""
        return Report.model_validate({**dict(self), **changes})


def save_report(folder: Path, report: Report) -> Path:
    """Keep a report; where nothing was new, only as the last one.

    Parameters
    ----------
    folder : Path
        Of retraining.
    report : Report

    Returns
    -------
    Path
        The file for machines; one for people lies beside it, unless nothing was new.
    """
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / LAST, report.model_dump_json(indent=1))
    if report.state == "nothing_new" and not report.problems:
        return folder / LAST
    reports = folder / FOLDER
    reports.mkdir(exist_ok=True)
    name = f"{report.at:%Y%m%dT%H%M%S}.{report.at.microsecond // 1_000:03}Z"
    replace_file(reports / f"{name}.md", report_text(report))
    replace_file(reports / f"{name}.json", report.model_dump_json(indent=1))
    for old in sorted(reports.glob("*.json"))[:-KEPT]:
        old.with_suffix(".md").unlink(missing_ok=True)
        old.unlink(missing_ok=True)
    return reports / f"{name}.json"


def report_text(report: Report) -> str:
    """Return a report as Markdown, which is as well read as plain text."""
    parts = (_head(report), _files(report), _drift(report), _gate(report))
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# {STATES[report.state]}"
    yield ""
    yield f"- begun {report.at:%Y-%m-%d %H:%M:%S} UTC, took {report.seconds:.0f} s"
    yield f"- champion when it began: {report.champion or 'none'}"
    if report.version:
        yield f"- new version: {report.version}"
        yield f"- median error {report.metrics['mdape']:.1%}, {report.metrics['coverage']:.1%} in their range"
    yield from (f"- problem: {problem}" for problem in report.problems)
    yield from (f"- note: {note}" for note in report.notes)


def _files(report: Report) -> Iterator[str]:
    if not report.files:
        return
    yield f"## {rows(len(report.files), 'file')}"
    yield ""
    for line in report.files:
        size = f" ({size_of(line.bytes)})" if line.bytes is not None else ""
        yield f"- {line.name}{size}: {VERDICTS[line.verdict]}" + (f": {line.detail}" if line.detail else "")


def _drift(report: Report) -> Iterator[str]:
    if not report.drift:
        return
    yield "## How far the new listings are from what the champion learnt from"
    yield ""
    for line in sorted(report.drift, key=lambda line: (line.field not in report.over, -line.excess)):
        mark = "**over the limit** " if line.field in report.over else ""
        yield f"- {mark}{line.sentence} (moved by {line.excess:.2f}, at most {line.limit:.2f})"


def _gate(report: Report) -> Iterator[str]:
    if not report.checks:
        return
    yield "## The gate"
    yield ""
    yield from (f"- {'passed' if c.passed else '**FAILED**'} {c.id}: {c.message}" for c in report.checks)
