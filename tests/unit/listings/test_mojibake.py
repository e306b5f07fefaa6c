from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.listings.mojibake import Mojibake

CLEAN = [
    "München Citroën São Paulo açúcar coração",
    "Škoda żółć śćiana Łódź příští",
    "Рівне, Сёмга, Ростов, РЁВ, Сім'я, її",
    "İstanbul gümüş ÇAĞ ŞİŞ",
    "大众帕萨特 黑色",
    "£5,000 – 20° “as new” ½ ©",  # noqa: RUF001
    "É VENDRE À Ñ",
]


@pytest.mark.parametrize("text", CLEAN)
def test_right_text_is_left_alone(text: str) -> None:
    mojibake = Mojibake()
    assert mojibake.repair(text.encode()).decode() == text
    assert mojibake.notes() == []


def misread(text: str, codec: str) -> str:
    return "".join(bytes([byte]).decode(codec, errors="ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Citroën in München, £5 – “as new”", "cp1252"),  # noqa: RUF001
        ("São Paulo, câmbio automático", "cp1252"),
        ("Škoda żółta, Kraków", "cp1250"),
        ("Москва, автомат", "cp1251"),
        ("大众 帕萨特", "cp1252"),
    ],
)
def test_text_read_with_the_wrong_encoding_is_put_right_and_named(text: str, codec: str) -> None:
    mojibake = Mojibake()
    assert mojibake.repair(misread(text, codec).encode()).decode() == text
    assert any(codec in note for note in mojibake.notes())


def test_lost_characters_are_counted() -> None:
    mojibake = Mojibake()
    mojibake.repair("Citro\ufffdn".encode())
    assert mojibake.notes() == ["mojibake: 1 characters were lost before this file was written (\ufffd)"]


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    Mojibake().repair(text.encode("utf-8", errors="replace")).decode()
