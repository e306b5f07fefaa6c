"""What runs now, how long it has taken and how long it will: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

LINE_EVERY_S = 5.0


class _Display(Protocol):
    def open(self) -> None: ...
    def close(self, *, well: bool) -> None: ...
    def stage(self, name: str, total: int | None) -> None: ...
    def show(self, done: int) -> None: ...
    def note(self, text: str) -> None: ...


class Progress:
    """The progress of long work, one stage after another.

    Parameters
    ----------
    file : text file, optional
        Standard error where not given, so that output for machines stays clean.
    quiet : bool
        Show nothing.
    clock : callable
        Seconds that never go back.

    Examples
    --------
    >>> with Progress(file=sys.stdout, clock=lambda: 0.0) as progress:
    ...     progress.stage("folds", total=2)
    ...     progress.advance()
    ...     progress.note("lightgbm: MdAPE 9.1%")
    ...     progress.advance()
    folds ...
      lightgbm: MdAPE 9.1%
    folds: 2 of 2 in 0 s
    """

    def __init__(
        self, *, file: TextIO | None = None, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        console = Console(file=file or sys.stderr, quiet=quiet, highlight=False)
        self._display: _Display = _Live(console) if console.is_terminal and not quiet else _Lines(console, clock)
        self._name = ""
        self._done = 0

    def __enter__(self) -> Self:
        self._display.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.close(well=kind is None)

    def stage(self, name: str, *, total: int | None = None) -> None:
        """Begin the next stage, which ends the one before; `total` is the number of its steps, where known."""
        self._name, self._done = name, 0
        self._display.stage(name, total)

    def advance(self, steps: int = 1) -> None:
        """Count steps of the stage as done."""
        self._done += steps
        self._display.show(self._done)

    def update(self, name: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are done; begins the stage where it is another."""
        if name != self._name:
            self.stage(name, total=total)
        self._done = done
        self._display.show(done)

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""
        self._display.note(text)


class _Live:
    """Bars that are drawn anew in place."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("took"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None

    def open(self) -> None:
        self._bars.start()

    def close(self, *, well: bool) -> None:
        if well:
            self._finish()
        elif self._task is not None:
            self._bars.stop_task(self._task)
        self._bars.stop()

    def stage(self, name: str, total: int | None) -> None:
        self._finish()
        self._task = self._bars.add_task(name, total=total)

    def show(self, done: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done)

    def note(self, text: str) -> None:
        self._bars.console.print(f"  {text}", markup=False)

    def _finish(self) -> None:
        if self._task is None:
            return
        task = self._bars.tasks[-1]
        steps = max(task.completed, task.total or 1)
        self._bars.update(self._task, total=steps, completed=steps)


class _Lines:
    """Lines for a log: the beginning and end of each stage, and now and then how far it is."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console, self._clock = console, clock
        self._name, self._done = "", 0
        self._total: int | None = None
        self._since = self._said = 0.0

    def open(self) -> None:
        pass

    def close(self, *, well: bool) -> None:
        if well:
            self._finish()

    def stage(self, name: str, total: int | None) -> None:
        self._finish()
        self._name, self._total, self._done = name, total, 0
        self._since = self._said = self._clock()
        self._print(f"{name} ...")

    def show(self, done: int) -> None:
        self._done = done
        now = self._clock()
        if now - self._said < LINE_EVERY_S or not self._name:
            return
        self._said = now
        took = now - self._since
        left = f", about {took / done * (self._total - done):.0f} s left" if self._total and done > 0 else ""
        self._print(f"{self._name}: {self._steps()}{took:.0f} s{left}")

    def note(self, text: str) -> None:
        self._print(f"  {text}")

    def _finish(self) -> None:
        if self._name:
            steps = self._steps(joined=" in ") or "done in "
            self._print(f"{self._name}: {steps}{self._clock() - self._since:.0f} s")
        self._name = ""

    def _steps(self, joined: str = " after ") -> str:
        if not self._done:
            return ""
        return f"{self._done:,}" + (f" of {self._total:,}" if self._total else "") + joined

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)
