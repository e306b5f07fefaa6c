"""`car-price keys` over the command line."""

import json

import pytest

from car_price_prediction.cli.main import run_command
from car_price_prediction.web.key_file import KeyFile
from car_price_prediction.web.keys import Keyring


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CAR_PRICE_ARTIFACTS", str(tmp_path / "artifacts"))

    def run(*args, code=0):
        capsys.readouterr()
        assert run_command(["keys", *args]) == code
        return capsys.readouterr()

    return run


@pytest.fixture
def keyring(tmp_path):
    return Keyring(KeyFile(tmp_path / "artifacts" / "keys.json"), poll_s=0)


def test_a_key_is_printed_once_alone_on_standard_output(run, keyring):
    shown = run("add", "shop")
    assert keyring.asks()
    assert keyring.holder_of(shown.out.strip()).name == "shop"
    assert "only time" in shown.err
    assert shown.out.strip() not in run("list").out


def test_keys_are_listed_for_people_and_for_machines(run):
    assert run("list").out.startswith("no key")
    run("add", "shop")
    run("add", "boss", "--scope", "admin")
    run("rotate", "shop")
    lines = run("list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["shop", "boss", "shop"]
    assert "until" in lines[0]
    found = json.loads(run("list", "--json").out)["keys"]
    assert [key["scope"] for key in found] == ["price", "admin", "price"]
    assert all("sha256" not in key for key in found)


def test_a_rotated_key_without_overlap_takes_the_place_of_the_old_one(run, keyring):
    old = run("add", "shop").out.strip()
    new = json.loads(run("rotate", "shop", "--overlap", "0", "--json").out)["key"]
    assert keyring.asks()
    assert keyring.holder_of(old) is None
    assert keyring.holder_of(new) is not None


def test_the_last_key_is_removed_only_when_meant(run, keyring):
    run("add", "shop")
    assert "--last" in run("remove", "shop", code=1).err
    run("remove", "shop", "--last")
    assert not keyring.asks()


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 64, "ä", "a/b", "a\nb"])
def test_a_name_is_plain(run, name):
    run("add", "--", name, code=2)


def test_problems_are_told_in_one_line(run, tmp_path):
    assert "there is no key nope" in run("rotate", "nope", code=1).err
    run("add", "shop")
    (tmp_path / "artifacts" / "keys.json").write_text("{")
    assert "cannot be read" in run("list", code=1).err
