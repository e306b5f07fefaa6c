# ruff: noqa: RUF001 (letters of other alphabets are what is tested)
"""Category words of many languages."""

from __future__ import annotations

import pytest

from car_price_prediction.listings.wordlists import fold, lookup, split_words, table
from car_price_prediction.listings.words import WORD_FIELDS, canonical_word, category, count_word, word_inside, yes_no


@pytest.mark.parametrize(
    ("field", "text", "word"),
    [
        ("fuel", "Essence", "petrol"), ("fuel", "Gasóleo", "diesel"), ("fuel", "Benzyna+LPG", "lpg"),
        ("fuel", "汽油", "petrol"),
        ("fuel", "дизель", "diesel"), ("fuel", "Elettrica/Benzina", "hybrid"), ("fuel", "Газ / Бензин", "lpg"),
        ("fuel", "Hybrid - Petrol", "hybrid"), ("transmission", "Düz", "manual"),
        ("transmission", "АКПП", "automatic"),
        ("transmission", "手自一体", "automatic"), ("transmission", "Boîte manuelle", "manual"),
        ("body", "Универсал", "estate"), ("body", "SUV/Fuoristrada/Pick-up", "suv"), ("body", "Berlina", "sedan"),
        ("drive", "Önden Çekiş", "front"), ("drive", "Front-wheel drive", "front"), ("drive", "4x4 (stały)", "4x4"),
        ("steering", "Right-hand drive", "right"), ("steering", "Left wheel", "left"),
        ("steering", "Правый", "right"),
        ("colour", "Gris Métallisé", "grey"), ("colour", "чёрный", "black"), ("colour", "White / Black", "white"),
        ("condition", "İkinci El", "used"), ("condition", "gebraucht", "used"), ("seller", "Particulier", "private"),
    ],
)  # fmt: skip
def test_a_word_becomes_canonical(field: str, text: str, word: str) -> None:
    assert canonical_word(field, text) == word


def test_an_unknown_word_stays_as_it_is() -> None:
    assert category("colour", "Carnelian  red") == "Carnelian red"


@pytest.mark.parametrize(("text", "word"), [("Да", "yes"), ("nie", "no"), ("FALSE", "no"), ("Ouais", None)])
def test_yes_and_no(text: str, word: str | None) -> None:
    assert yes_no(text) == word


@pytest.mark.parametrize(("text", "count"), [("zwei", 2), ("3rd Owner", 3), ("Test Drive Car", 0), ("some", None)])
def test_words_that_count(text: str, count: float | None) -> None:
    assert count_word(text) == count


def test_a_word_is_found_inside_a_longer_text() -> None:
    assert word_inside("fuel", "2.0 л / 150 л.с. / Бензин") == "petrol"
    assert word_inside("fuel", "a fine car") is None


@pytest.mark.parametrize("field", [*WORD_FIELDS, "yes_no"])
def test_no_word_stands_for_two_things_in_one_field(field: str) -> None:
    seen: dict[str, str] = {}
    for key, words in table("words")[field].items():
        for word in {fold(word) for word in split_words(words)} - {""}:
            assert seen.setdefault(word, key) == key, f"{word}: {seen[word]} and {key}"


def test_canonical_words_look_themselves_up() -> None:
    for field in WORD_FIELDS:
        for key in table("words")[field]:
            assert lookup("words", field)[fold(key)] == key
