import json

import numpy as np
import polars as pl
import pytest

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.drift.build import MOST_VOCABULARY, reference_of
from car_price_prediction.drift.compare import FEWEST, compare, level_of
from car_price_prediction.drift.report import DriftReport
from car_price_prediction.package.keys import LONGEST
from car_price_prediction.package.reference import REFERENCE, Reference, read_reference

COUNT = 3_000


def cars(count=COUNT, seed=0, **columns):
    draw = np.random.default_rng(seed)
    year = draw.integers(2005, 2025, count).astype(float)
    found = {
        "make": draw.choice(["Audi", "BMW", "Kia", "Skoda"], count),
        "year": year,
        "mileage_km": ((2026 - year) * 13_000 * draw.lognormal(0, 0.4, count)).round(),
        "colour": draw.choice(["red", "blue", None], count, p=[0.5, 0.4, 0.1]),
        "price": draw.lognormal(9, 0.5, count).round(),
    }
    return pl.DataFrame(found | columns)


@pytest.fixture(scope="module")
def reference():
    table = cars()
    return reference_of(table, ["make", "year", "mileage_km", "colour"], table["price"].to_numpy() * 1.01)


def by_name(report):
    return {field.name: field for field in report.fields}


def test_a_reference_is_read_as_it_was_written(reference, tmp_path):
    (tmp_path / REFERENCE).write_text(reference.model_dump_json())
    assert read_reference(tmp_path) == reference
    names = [field.name for field in reference.fields]
    assert names[:4] == ["make", "year", "mileage_km", "colour"]
    assert names[4:] == ["mileage_for_age", "price", "quote", "asked_to_quoted"]


def test_a_package_from_before_says_that_it_keeps_none(tmp_path):
    with pytest.raises(PackageError, match=r"keeps no reference\.json") as caught:
        read_reference(tmp_path)
    assert caught.value.hint == "train it again"


@pytest.mark.parametrize("text", ["{", "{}", '{"cars": "many", "fields": []}'])
def test_a_damaged_reference_is_named(tmp_path, text):
    (tmp_path / REFERENCE).write_text(text)
    with pytest.raises(PackageError, match="is not valid"):
        read_reference(tmp_path)


def test_one_of_another_format_is_refused_and_keys_of_a_newer_program_are_passed_over(reference, tmp_path):
    (tmp_path / REFERENCE).write_text(json.dumps(reference.model_dump() | {"new": 1}))
    assert read_reference(tmp_path) == reference
    (tmp_path / REFERENCE).write_text(reference.model_copy(update={"format": 99}).model_dump_json())
    with pytest.raises(PackageError, match="of format 99"):
        read_reference(tmp_path)


def test_a_reference_is_small_however_many_words_there_are():
    rows = 40_000
    table = pl.DataFrame(
        {
            "make": ["Audi"] * rows,
            "trim": [f"{'x' * 100}{i}" for i in range(rows)],
            "model": [f"m{i}" for i in range(rows)],
        }
    )
    found = reference_of(table, ["make", "model", "trim"])
    make, model, trim = found.fields
    assert (make.vocabulary, model.vocabulary) == (("audi",), None)
    assert all(len(word) <= LONGEST for word in trim.vocabulary or ())
    assert len(found.model_dump_json()) < 100_000
    assert MOST_VOCABULARY * LONGEST < 400_000


def test_re_posts_count_once():
    table = cars(200).with_columns(_group=pl.Series([0] * 100 + list(range(1, 101))))
    assert reference_of(table, ["make"]).cars == 101
    assert compare(reference_of(table, ["make"]), table).cars == 101


def test_unchanged_cars_are_steady(reference):
    report = compare(reference, cars(2_000, seed=1))
    fields = by_name(report)
    assert {fields[name].verdict for name in ("make", "year", "mileage_km", "colour", "mileage_for_age", "price")} == {
        "steady"
    }
    assert fields["quote"].verdict == "too few"
    assert (report.verdict, report.worst, report.drifted) == ("steady", None, ())


def test_other_spellings_are_the_same_word(reference):
    table = cars(2_000, seed=1).with_columns(pl.col("make").str.to_uppercase() + " ")
    assert by_name(compare(reference, table))["make"].verdict == "steady"


def test_what_moved_most_comes_first_and_is_told_in_a_sentence(reference):
    table = cars(2_000, seed=1).with_columns(make=pl.lit("Lada"), mileage_km=pl.col("mileage_km") * 1.6)
    report = compare(reference, table)
    assert report.verdict == "far"
    assert [field.name for field in report.drifted] == ["make", "mileage_for_age", "mileage_km"]
    assert report.worst.sentence().startswith("Make: far from what the model learnt: Lada (new) 100.0% (then 0.0%)")
    assert "median" in by_name(report)["mileage_km"].sentence()
    assert report.unseen == 1


def test_what_single_cars_say_is_not_shown(reference):
    names = [f"secret {i}" for i in range(500)]
    table = cars(2_000, seed=1).with_columns(make=pl.Series([*names, *cars(1_500, seed=2)["make"]]))
    field = by_name(compare(reference, table))["make"]
    assert field.verdict in ("moved", "far")
    assert field.unseen == 0.25
    assert "secret" not in compare(reference, table).as_json()
    assert "(never seen)" in [cell.label for cell in field.moved]


def test_a_field_that_is_told_less_often_is_silent_and_did_not_move(reference):
    table = cars(2_000, seed=1).with_columns(colour=pl.when(pl.Series(np.arange(2_000) % 2 == 0)).then("colour"))
    report = compare(reference, table)
    field = by_name(report)["colour"]
    assert (field.verdict, report.verdict, report.worst) == ("silent", "silent", None)
    assert "of the cars tell it" in field.sentence()


def test_a_field_that_nobody_tells_any_more_is_silent(reference):
    fields = by_name(compare(reference, cars(2_000, seed=1).drop("colour", "price")))
    assert (fields["colour"].verdict, fields["colour"].judged, fields["colour"].missing) == ("silent", False, 1)
    # Requests seldom tell an asking price.
    assert (fields["price"].verdict, fields["price"].judged) == ("too few", False)


def test_few_cars_are_not_judged(reference):
    report = compare(reference, cars(FEWEST - 1, seed=1).with_columns(make=pl.lit("Lada")))
    assert {field.verdict for field in report.fields} == {"too few"}
    assert report.verdict == "too few"
    assert compare(reference, cars(FEWEST).head(0)).cars == 0


def test_columns_that_are_absent_or_of_another_type_do_no_harm(reference):
    table = cars(500, seed=1).select(make=pl.lit(7.0), year=pl.col("year").cast(pl.String), mileage_km=pl.lit("many"))
    fields = by_name(compare(reference, table))
    assert fields["make"].unseen == 1
    assert fields["year"].verdict == "steady"
    assert fields["mileage_km"].verdict == fields["colour"].verdict == "silent"
    assert compare(reference, pl.DataFrame()).cars == 0


def test_a_difference_of_a_size_that_does_not_matter_is_none_however_sure_it_is():
    many = cars(400_000, seed=5)
    reference = reference_of(many, ["year", "mileage_km"])
    later = cars(400_000, seed=6).with_columns(pl.col("mileage_km") * 1.01)
    field = by_name(compare(reference, later))["mileage_for_age"]
    assert field.p < 1e-6
    assert field.verdict == "steady"


def test_looks_that_are_more_frequent_must_be_surer():
    assert level_of(3_600) == pytest.approx(level_of(86_400) / 24)
    assert level_of(0) == level_of(86_400)


def test_a_report_is_read_as_it_was_written(reference):
    report = compare(reference, cars(500, seed=1))
    assert DriftReport.model_validate_json(report.as_json()) == report
    assert isinstance(reference, Reference)
