import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from car_price_prediction.domain.errors import KeysError
from car_price_prediction.web.key_file import KeyFile


@pytest.fixture
def keys(tmp_path):
    return KeyFile(tmp_path / "artifacts" / "keys.json")


def test_without_a_file_there_is_no_key(keys):
    assert list(keys.read()) == []


def test_a_key_is_not_in_the_file(keys):
    token = keys.add("shop", "price")
    text = keys.path.read_text()
    assert token not in text
    assert token.split("_", 2)[2] not in text


def test_a_name_is_given_once(keys):
    keys.add("shop", "price")
    with pytest.raises(KeysError, match="there is a key shop already"):
        keys.add("shop", "admin")


def test_a_new_key_takes_the_name_and_scope_of_the_old_one_which_ends(keys):
    first = keys.add("shop", "admin")
    second = keys.rotate("shop", timedelta(hours=1))
    old, new = keys.read()
    assert first != second
    assert (old.name, old.scope) == (new.name, new.scope) == ("shop", "admin")
    assert old.expires_at is not None
    assert new.expires_at is None


def test_a_second_rotation_does_not_prolong_the_first(keys):
    keys.add("shop", "price")
    keys.rotate("shop", timedelta(hours=1))
    before = keys.read()[0].expires_at
    keys.rotate("shop", timedelta(hours=9))
    assert keys.read()[0].expires_at == before


def test_what_is_over_is_forgotten_with_the_next_change(keys):
    keys.add("shop", "price")
    keys.rotate("shop", timedelta(0))
    keys.add("desk", "price")
    assert [key.name for key in keys.read()] == ["shop", "desk"]


def test_the_last_key_is_not_removed_unawares(keys):
    keys.add("shop", "price")
    with pytest.raises(KeysError, match="the last key"):
        keys.remove("shop")
    assert len(keys.read()) == 1
    keys.remove("shop", last=True)
    assert list(keys.read()) == []


@pytest.mark.parametrize("change", [lambda keys: keys.remove("x"), lambda keys: keys.rotate("x", timedelta(0))])
def test_what_is_not_there_cannot_be_changed(keys, change):
    keys.add("shop", "price")
    with pytest.raises(KeysError, match="there is no key x"):
        change(keys)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 2, "keys": []}', b'{"format": 1, "keys": [{}]}'])
def test_a_damaged_file_is_told_and_left_as_it_is(keys, content):
    keys.path.parent.mkdir()
    keys.path.write_bytes(content)
    with pytest.raises(KeysError, match="cannot be read"):
        keys.add("shop", "price")
    assert keys.path.read_bytes() == content


def test_changes_at_once_all_count(keys):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keys.add(f"key{number}", "price"), range(24)))
    assert len({key.name for key in keys.read()}) == 24
    assert json.loads(keys.path.read_bytes())["format"] == 1
