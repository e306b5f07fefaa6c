from __future__ import annotations

from pathlib import Path

import pytest

from car_price_prediction.domain.errors import ListingsError, NotEnoughListingsError
from car_price_prediction.listings.load import LoadOptions, fingerprint_of, load_listings
from car_price_prediction.listings.profile import profile_text
from car_price_prediction.package.manifest import Source
from support.market import write_market


def test_a_file_becomes_listings(tmp_path: Path):
    loaded = load_listings([str(write_market(tmp_path / "market.csv"))], LoadOptions())
    assert loaded.listings.height == loaded.rows_read == 120
    assert {"make", "model", "year", "mileage_km", "price", "fuel", "_source", "_row", "_group"} <= set(
        loaded.listings.columns
    )
    assert loaded.understanding.currency == "EUR"
    assert loaded.rejected.is_empty()


def test_too_few_listings_are_refused_with_the_reasons(tmp_path: Path):
    path = write_market(tmp_path / "few.csv", *(f"{i},Kia,Rio,2012,8000{i},0,Petrol" for i in range(3)), cars=40)
    with pytest.raises(
        NotEnoughListingsError, match=r"40 usable listings of 43 rows.*3 rows: the price is zero"
    ) as caught:
        load_listings([str(path)], LoadOptions())
    assert "docs/listings.md" in caught.value.hint


def test_a_column_of_ones_own_choice_is_used(tmp_path: Path):
    path = write_market(tmp_path / "m.csv", header="id,Make,Model,Year,Mileage km,Zahl,Fuel")
    loaded = load_listings([str(path)], LoadOptions(columns={"price": "Zahl"}))
    assert loaded.listings.height == 120


def test_an_unknown_reason_to_keep_is_refused_before_the_file_is_read():
    with pytest.raises(ListingsError, match='no reason "dupes"'):
        load_listings(["no such file.csv"], LoadOptions(keep=frozenset({"dupes"})))


def test_a_profile_reads_the_next_file_the_same(tmp_path: Path):
    path = write_market(tmp_path / "market.csv")
    loaded = load_listings([str(path)], LoadOptions())
    profile = tmp_path / "market.toml"
    profile.write_text(profile_text(loaded.understanding), encoding="utf-8")
    again = load_listings([str(path)], LoadOptions(profile=profile))
    assert again.listings.equals(loaded.listings)


def test_progress_is_told(tmp_path: Path):
    seen: list[tuple[str, int, int]] = []
    load_listings([str(write_market(tmp_path / "m.csv"))], LoadOptions(), lambda *step: seen.append(step))
    assert list(dict.fromkeys(name for name, _, _ in seen)) == [
        "reading m.csv",
        "understanding the columns",
        "reading the values",
        "cleaning",
    ]
    assert all(done <= total for _, done, total in seen)


def test_the_fingerprint_is_of_the_content_and_the_options(tmp_path: Path):
    def of(sha256: str, **options: object) -> str:
        return fingerprint_of([Source(name="a.csv", bytes=1, sha256=sha256)], LoadOptions(**options))  # type: ignore[arg-type]

    profile = tmp_path / "p.toml"
    profile.write_text("format = 1")
    names = [of("aa"), of("bb"), of("aa", keep=frozenset({"duplicate"})), of("aa", mileage_unit="mi")]
    names += [of("aa", columns={"price": "x"}), of("aa", profile=profile)]
    assert len(set(names)) == len(names)
    assert of("aa") == names[0]


def test_a_make_that_no_table_knows_stays_with_a_warning(tmp_path: Path):
    path = write_market(tmp_path / "market.csv", "9,მერსედესი,X,2015,80001,9000,Petrol")
    loaded = load_listings([str(path)], LoadOptions())
    assert 'makes that are not known stay as they are: "მერსედესი" (1 listing)' in loaded.notes
    assert "მერსედესი" in loaded.listings["make"]
