import base64
from datetime import timedelta

import pytest

from car_price_prediction.web.key_file import KeyFile
from car_price_prediction.web.keys import Keyring, token_in


@pytest.fixture
def file(tmp_path):
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def keyring(file):
    return Keyring(file, poll_s=0)


def test_nobody_is_asked_until_there_is_a_key(file, keyring):
    assert not keyring.asks()
    file.add("shop", "price")
    assert keyring.asks()
    file.remove("shop", last=True)
    assert not keyring.asks()


def test_a_key_opens_until_it_is_removed(file, keyring):
    shop, desk = file.add("shop", "price"), file.add("desk", "admin")
    assert keyring.asks()
    assert (keyring.holder_of(shop).name, keyring.holder_of(desk).scope) == ("shop", "admin")
    file.remove("shop")
    assert keyring.asks()
    assert keyring.holder_of(shop) is None
    assert keyring.holder_of(desk) is not None


def test_both_keys_open_while_one_is_replaced_by_the_other(file, keyring):
    old = file.add("shop", "price")
    new = file.rotate("shop", timedelta(hours=1))
    assert keyring.asks()
    assert [keyring.holder_of(token).name for token in (old, new)] == ["shop", "shop"]
    newest = file.rotate("shop", timedelta(0))
    assert keyring.asks()
    assert keyring.holder_of(newest) is not None


def test_a_key_that_is_over_opens_nothing(file, keyring):
    old = file.add("shop", "price")
    file.rotate("shop", timedelta(0))
    assert keyring.asks()
    assert keyring.holder_of(old) is None


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", str.upper, lambda t: "", lambda t: t * 900,
    lambda t: t.replace("carprice", "car"), lambda t: "carprice_", lambda t: "é" + t, lambda t: t[:17]])  # fmt: skip
def test_what_is_not_the_whole_key_opens_nothing(file, keyring, change):
    token = file.add("shop", "price")
    assert keyring.asks()
    assert keyring.holder_of(change(token)) is None


def test_required_keys_are_asked_for_before_there_is_one(file):
    assert Keyring(file, required=True, poll_s=0).asks()


def test_a_damaged_file_lets_nobody_in_who_was_not(file, caplog):
    file.path.write_text("{")
    keyring = Keyring(file, poll_s=0)
    assert keyring.asks()
    assert "cannot be read" in caplog.text


def test_a_file_that_is_damaged_or_vanishes_later_changes_nothing(file, keyring):
    token = file.add("shop", "price")
    assert keyring.asks()
    file.path.write_text("{}{")
    assert keyring.asks()
    assert keyring.holder_of(token) is not None
    file.path.unlink()
    assert keyring.asks()
    assert keyring.holder_of(token) is not None


def test_the_file_is_not_looked_at_for_each_request(file):
    keyring = Keyring(file, poll_s=3_600)
    assert not keyring.asks()
    file.add("shop", "price")
    assert not keyring.asks()


@pytest.mark.parametrize("value", ["Basic", "Basic ???", "Basic " + base64.b64encode(b"\xff").decode(), "Bearer", ""])
def test_what_cannot_be_read_is_no_key(value):
    assert not token_in({"HTTP_AUTHORIZATION": value})
