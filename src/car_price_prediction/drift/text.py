"""A comparison on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from .report import SEVERITY, DriftReport, FieldDrift
from .wording import told_number

COLUMNS = ("index", "by chance", "told", "in training", "new words", "median", "in training", "p")
NONE = "–"  # noqa: RUF001 - a dash where there is no figure


def print_drift(report: DriftReport, console: Console) -> None:
    """Print the verdict, and a line for each field, the gravest first."""
    for part in _parts(report):
        console.print(part)
        console.print()


def headline(report: DriftReport) -> str:
    """Return the verdict of all fields in a sentence."""
    if report.verdict == "too few":
        return f"{report.cars:,} cars: too few to compare"
    if not report.drifted:
        return f"{report.cars:,} cars: nothing moved by more than chance"
    names = ", ".join(field.label.lower() for field in report.drifted)
    return f"{report.cars:,} cars: moved by more than chance: {names}"


def ordered(report: DriftReport) -> list[FieldDrift]:
    """Return the fields, those with the gravest verdict first, and then those that moved most."""
    return sorted(report.fields, key=lambda one: (-SEVERITY.index(one.verdict), -one.excess))


def _parts(report: DriftReport) -> Iterator[RenderableType]:
    yield f"[bold]{escape(headline(report))}[/bold]"
    if report.drifted:
        yield "\n".join(escape(field.sentence()) for field in report.drifted)
    yield _table(report)
    yield f"{report.unseen:.1%} of the cars have a word that training never saw"


def _table(report: DriftReport) -> Table:
    title = f"Against the {report.reference_cars:,} training listings of {report.version or 'the model'}"
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False
    )
    table.add_column("", header_style="dim", overflow="fold")
    table.add_column("verdict", header_style="dim", overflow="fold")
    for name in COLUMNS:
        table.add_column(name, justify="right", header_style="dim", overflow="fold")
    for field in ordered(report):
        table.add_row(escape(field.label), field.verdict, *_figures(field))
    return table


def _figures(field: FieldDrift) -> tuple[str, ...]:
    told = (f"{1 - field.missing:.1%}", f"{1 - field.missing_before:.1%}")
    if not field.judged:
        return (NONE, NONE, *told, NONE, NONE, NONE, NONE)
    new = NONE if field.unseen is None else f"{field.unseen:.1%}"
    medians = [told_number(field.name, of[1]) if of else NONE for of in (field.quantiles, field.quantiles_before)]
    return (f"{field.psi:.3f}", f"{field.psi - field.excess:.3f}", *told, new, *medians, f"{field.p:.2g}")
