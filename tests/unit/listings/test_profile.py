from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.columns import Understanding
from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.listings.profile import Profile, apply_profile, profile_text, read_profile
from support.market import HEADER, loaded_market

FULL = pl.DataFrame(schema=dict.fromkeys([*HEADER.split(","), "_source", "_row"], pl.String))


@pytest.fixture
def profile() -> Profile:
    return Profile.model_validate(tomllib.loads(profile_text(loaded_market().understanding)))


def test_a_saved_profile_says_what_was_understood(profile: Profile):
    understood = loaded_market().understanding
    applied = apply_profile(profile, FULL, LoadOptions())
    assert set(applied.columns) == set(understood.columns)
    assert (applied.currency, applied.mileage_unit) == ("EUR", "km")


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(header=words, field=words.filter(bool), why=words, unit=st.sampled_from(["", "mi", "cm3"]), extra=st.booleans())
def test_any_column_comes_back_as_it_was_saved(header: str, field: str, why: str, unit: str, extra: bool):
    column = Column(header, "extra" if extra else "field", field, "number", unit, ",", "age", 1.0, why)
    text = profile_text(Understanding(columns=(column,), currency=None, mileage_unit="mi", notes=()))
    assert Profile.model_validate(tomllib.loads(text)).columns() == (column,)


def test_missing_columns_are_an_error_that_names_them_all(profile: Profile):
    with pytest.raises(ListingsError, match='lacks what the profile names: "Fuel", "Year"'):
        apply_profile(profile, FULL.drop("Year", "Fuel"), LoadOptions())


def test_a_left_out_column_may_be_missing(profile: Profile):
    assert apply_profile(profile, FULL.drop("ad id"), LoadOptions())


def test_a_new_column_is_left_out_and_said(profile: Profile):
    applied = apply_profile(profile, FULL.with_columns(Extra=pl.lit("x")), LoadOptions())
    assert applied.columns[-1].header == "Extra"
    assert not applied.columns[-1].used
    assert any('"Extra"' in note for note in applied.notes)


@pytest.mark.parametrize(
    "options", [LoadOptions(currency="USD"), LoadOptions(mileage_unit="mi"), LoadOptions(columns={"price": "Fuel"})]
)
def test_an_option_that_says_otherwise_is_refused(profile: Profile, options: LoadOptions):
    with pytest.raises(ListingsError, match="cannot be used beside a profile"):
        apply_profile(profile, FULL, options)


def test_an_option_that_says_the_same_is_no_contradiction(profile: Profile):
    assert apply_profile(profile, FULL, LoadOptions(currency="EUR", mileage_unit="km")).currency == "EUR"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = 1", "column: field required"),
        ("format = 2\ncolumn = []", "format"),
        ("format = 1\n[[column]]\nheader = 'a'\nfield = 'b'\nkind = 'word'", "column.1.kind"),
        ("format = 1\ncolumn = []\ncolour = 3", "colour"),
        ("format =", "not TOML"),
    ],
)
def test_a_profile_that_cannot_be_used_says_where(tmp_path: Path, text: str, said: str):
    path = tmp_path / "market.toml"
    path.write_text(text)
    with pytest.raises(ListingsError, match=said):
        read_profile(path)


def test_a_profile_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(ListingsError, match="there is no profile"):
        read_profile(tmp_path / "none.toml")
