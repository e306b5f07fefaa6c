import json
import os
import subprocess
import sys

import click
import pytest

from car_price_prediction import __version__
from car_price_prediction.cli import main as module
from car_price_prediction.cli.main import COMMANDS, run_command
from car_price_prediction.domain.errors import FieldProblem, InvalidListingError, ListingsError


@pytest.fixture
def command(monkeypatch):
    """Make the group hold one command that does what the test wants."""

    def hold(function) -> None:
        made = click.command("do")(click.option("--json", "as_json", is_flag=True)(function))
        monkeypatch.setattr(module.LazyGroup, "get_command", lambda *_: made)

    return hold


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_can_be_loaded_and_helps(name, capsys):
    assert run_command([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: car-price {name}")


def test_help_lists_every_command(capsys):
    assert run_command(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name in COMMANDS if f"\n  {name}" not in shown] == []


def test_the_version_is_told(capsys):
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out == f"car-price, version {__version__}\n"


def test_an_unknown_command_is_a_usage_error(capsys):
    assert run_command(["prise"]) == 2
    assert "No such command 'prise'" in capsys.readouterr().err


def test_a_problem_is_one_line_with_a_hint_and_exit_1(command, capsys):
    def fail(as_json: bool) -> None:
        raise ListingsError("cars.csv has no price column", hint="name it with --column price=HEADER")

    command(fail)
    assert run_command(["do"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "error: cars.csv has no price column\nhint:  name it with --column price=HEADER\n"


def test_a_problem_is_json_for_machines(command, capsys):
    def fail(as_json: bool) -> None:
        raise ListingsError("no price column", hint="name it")

    command(fail)
    assert run_command(["do", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error == {"code": "bad_listings", "message": "no price column", "hint": "name it"}


def test_a_file_that_cannot_be_used_is_one_line(command, capsys):
    command(lambda as_json: open("/nowhere/at/all"))  # noqa: PTH123, SIM115
    assert run_command(["do"]) == 1
    assert capsys.readouterr().err == "error: /nowhere/at/all: no such file or directory\n"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OSError(28, "No space left on device", "a.csv"), "system", "a.csv: no space left on device"),
        (PermissionError(13, "Permission denied"), "system", "permission denied"),
        (MemoryError(), "system", "not enough memory"),
        (InvalidListingError([FieldProblem("year", "missing", "year is needed")]), "invalid_listing", "year: year is"),
    ],
)
def test_every_problem_is_json_for_machines_and_a_line_for_people(command, capsys, error, code, message):
    def fail(as_json: bool) -> None:
        raise error

    command(fail)
    assert run_command(["do", "--json"]) == 1
    shown = capsys.readouterr()
    found = json.loads(shown.out)["error"]
    assert (found["code"], shown.err) == (code, "")
    assert found["message"].startswith(message)
    assert run_command(["do"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_every_field_that_is_wrong_is_told_to_machines(command, capsys):
    problems = [FieldProblem("year", "missing", "year is needed", "send it"), FieldProblem("make", "unknown", "what?")]

    def fail(as_json: bool) -> None:
        raise InvalidListingError(problems)

    command(fail)
    assert run_command(["do", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["problems"] == [
        {"field": "year", "code": "missing", "message": "year is needed", "hint": "send it"},
        {"field": "make", "code": "unknown", "message": "what?"},
    ]


def test_ctrl_c_is_no_traceback(command, capsys):
    def stop(as_json: bool) -> None:
        raise KeyboardInterrupt

    command(stop)
    assert run_command(["do"]) == 130
    assert capsys.readouterr().err.strip() == "stopped"


def test_a_commands_own_exit_code_is_kept(command):
    command(lambda as_json: 1)
    assert run_command(["do"]) == 1


def test_a_reader_that_leaves_is_no_traceback():
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "car_price_prediction.cli.main", "--help"]
    shown = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert (shown.returncode, shown.stderr) == (1, "")


def test_the_group_itself_imports_nothing_heavy():
    code = "import sys; import car_price_prediction.cli.main; print([m for m in sys.modules if m in %r])"
    heavy = ["polars", "numpy", "mlflow", "flask", "sklearn", "lightgbm"]
    shown = subprocess.run([sys.executable, "-c", code % heavy], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
