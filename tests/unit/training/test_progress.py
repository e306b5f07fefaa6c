import io

import pytest
from rich.console import Console

from car_price_prediction.training import progress as module
from car_price_prediction.training.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines(steps) -> list[str]:
    file, clock = io.StringIO(), Clock()
    with Progress(file=file, clock=clock) as progress:
        steps(progress, clock)
    return file.getvalue().splitlines()


def test_a_log_gets_beginning_and_end_of_each_stage_with_its_seconds():
    def steps(progress, clock):
        progress.stage("reading")
        clock.now = 3.0
        progress.stage("folds", total=2)
        progress.advance(2)
        clock.now = 4.0

    assert lines(steps) == ["reading ...", "reading: done in 3 s", "folds ...", "folds: 2 of 2 in 1 s"]


def test_a_long_stage_says_now_and_then_how_far_it_is_and_what_is_left():
    def steps(progress, clock):
        progress.stage("folds", total=10)
        for _ in range(10):
            clock.now += 2.0
            progress.advance()

    assert lines(steps)[1:4] == [
        "folds: 3 of 10 after 6 s, about 14 s left",
        "folds: 6 of 10 after 12 s, about 8 s left",
        "folds: 9 of 10 after 18 s, about 2 s left",
    ]


def test_update_begins_a_stage_of_another_name():
    def steps(progress, clock):
        progress.update("reading", 1, 3)
        progress.update("reading", 3, 3)
        progress.update("cleaning", 1, 1)

    assert lines(steps) == ["reading ...", "reading: 3 of 3 in 0 s", "cleaning ...", "cleaning: 1 of 1 in 0 s"]


def test_a_stage_that_failed_is_not_said_to_be_done():
    file = io.StringIO()
    with pytest.raises(ZeroDivisionError), Progress(file=file) as progress:  # noqa: PT012
        progress.stage("folds", total=2)
        raise ZeroDivisionError
    assert file.getvalue() == "folds ...\n"


def test_brackets_in_notes_and_names_are_text():
    assert lines(lambda progress, clock: (progress.stage("[b]x"), progress.note("[red]y"))) == [
        "[b]x ...",
        "  [red]y",
        "[b]x: done in 0 s",
    ]


def test_quiet_shows_nothing():
    file = io.StringIO()
    with Progress(file=file, quiet=True) as progress:
        progress.stage("folds")
        progress.note("note")
    assert file.getvalue() == ""


def test_a_terminal_shows_a_bar_with_steps_elapsed_and_left(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr(module, "Console", lambda **_: Console(file=file, force_terminal=True, width=100))
    with Progress() as progress:
        progress.stage("folds [x]", total=2)
        progress.advance()
        progress.note("lightgbm")
        progress.stage("packaging")
    shown = file.getvalue()
    assert all(text in shown for text in ("folds [x]", "2/2", "took", "left", "lightgbm", "packaging"))
