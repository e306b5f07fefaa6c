import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.package.columns import map_distinct
from car_price_prediction.package.encoder import Encoder, Feature
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.package.keys import joined_key, key_of
from car_price_prediction.training.features import fit_encoder

WORDS = st.one_of(st.none(), st.sampled_from(["Audi", "audi ", "BMW", "ŠKODA", "škoda", "", "x y", "x  Y", "7"]))
NUMBERS = st.one_of(st.none(), st.floats(-1e9, 1e9), st.sampled_from([2015.0, 2.0, 1.6, 0.1 + 0.2]))
CARS = st.lists(
    st.fixed_dictionaries({"make": WORDS, "model": WORDS, "year": NUMBERS, "engine_l": NUMBERS}), max_size=30
)


def frame_of(cars: list[dict]) -> pl.DataFrame:
    schema = {"make": pl.String, "model": pl.String, "year": pl.Float64, "engine_l": pl.Float64}
    return pl.DataFrame(cars, schema=schema)


@given(CARS, CARS)
def test_a_table_and_its_rows_are_encoded_alike(seen: list[dict], asked: list[dict]) -> None:
    encoder = fit_encoder(frame_of(seen), ["make", "model", "year", "engine_l"])
    encode = encoder.row_encoder()
    matrix = encode_frame(encoder, frame_of(asked))
    assert matrix.shape == (len(asked), len(encoder.features))
    for row, car in zip(matrix.tolist(), asked, strict=True):
        assert [repr(float(x)) for x in encode(car)] == [repr(x) for x in row]


def test_an_absent_column_counts_as_missing() -> None:
    encoder = Encoder(
        features=(
            Feature(name="make", kind="category", fields=("make",), codes={"": 3}),
            Feature(name="year", kind="number", fields=("year",)),
        )
    )
    assert encode_frame(encoder, pl.DataFrame({"x": [1, 2]}))[:, 0].tolist() == [3, 3]
    assert math.isnan(encoder.row_encoder()({})[1])


@pytest.mark.parametrize(("value", "key"), [("  ÉLAN\u00a0S ", "élan s"), (2015.0, "2015"), (1.6, "1.6"), (None, "")])
def test_keys_ignore_case_blanks_and_trailing_zeros(value: str | float | None, key: str) -> None:
    assert key_of(value) == key


def test_a_joined_key_does_not_confuse_its_parts() -> None:
    assert joined_key(["a b", "c"]) != joined_key(["a", "b c"])


def test_a_function_is_called_once_for_each_distinct_value() -> None:
    calls = []

    def upper(word: str | None) -> str | None:
        calls.append(word)
        return word and word.upper()

    out = map_distinct(pl.Series(["a", "b", "a", None, "b", None]), upper, pl.String)
    assert out.to_list() == ["A", "B", "A", None, "B", None]
    assert len(calls) == 3
