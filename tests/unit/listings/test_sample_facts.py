from __future__ import annotations

import pytest

from car_price_prediction.listings.sample_facts import REFERENCE_YEAR, integers, load_facts, numbers, parse_engine

FACTS = load_facts()


def test_every_model_is_of_a_known_make_segment_and_body() -> None:
    for model in FACTS.models:
        assert model["make"] in FACTS.makes
        assert model["segment"] in FACTS.segments
        assert set(model["bodies"].split("|")) <= set(FACTS.bodies)
        assert model["drive"] in ("front", "rear")


def test_every_make_has_models_and_trims() -> None:
    assert {model["make"] for model in FACTS.models} == set(FACTS.makes)
    assert {make["trims"] for make in FACTS.makes.values()} == set(FACTS.trims)
    assert all(3 <= len(words.values) <= 4 for words in FACTS.trims.values())


def test_every_model_has_an_engine_in_every_year_that_it_was_built() -> None:
    for model in FACTS.models:
        for year in range(int(model["built_from"]), int(model["built_to"]) + 1):
            assert FACTS.engines_of(model["engines"], year)


def test_no_family_of_engines_is_left_over() -> None:
    assert {model["engines"] for model in FACTS.models} == set(FACTS.engines)


def test_an_engine_that_nobody_built_is_an_error() -> None:
    with pytest.raises(LookupError, match="kaefer engine for 2020"):
        FACTS.engines_of("kaefer", 2020)


def test_no_model_stands_twice() -> None:
    names = [(model["make"], model["model"]) for model in FACTS.models]
    assert len(set(names)) == len(names)


def test_numbers_of_the_models_are_plausible() -> None:
    first, last = integers(FACTS.models, "built_from"), integers(FACTS.models, "built_to")
    assert (first <= last).all()
    assert last.max() == REFERENCE_YEAR
    assert (numbers(FACTS.models, "popularity") > 0).all()
    for column, low, high in (("list_eur", 9_000, 200_000), ("doors", 2, 5), ("seats", 2, 9), ("awd_share", 0, 1)):
        values = numbers(FACTS.models, column)
        assert low <= values.min() <= values.max() <= high


def test_shares_of_words_add_up() -> None:
    for words in [*FACTS.words.values(), *FACTS.trims.values()]:
        assert words.shares.sum() == pytest.approx(1)


def test_ages_rise() -> None:
    assert FACTS.age_years[0] == 0
    assert (FACTS.age_years[1:] > FACTS.age_years[:-1]).all()


@pytest.mark.parametrize(
    ("text", "cylinders"), [("1.0p55", 3), ("1.4p90", 4), ("3.0d190/6", 6), ("2.5p160", 4), ("5.0p283", 8)]
)
def test_cylinders_are_the_usual_ones_unless_told(text: str, cylinders: int) -> None:
    assert parse_engine(text).cylinders == cylinders
