import pytest
from hypothesis import given
from hypothesis import strategies as st

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import InvalidListingError
from car_price_prediction.pricing.fields import FieldInfo
from car_price_prediction.web.reading import ListingReader


def info(name: str, kind: str = "number", **more: object) -> FieldInfo:
    plain = {"low": None, "high": None, "plausible_low": 0.0, "plausible_high": 1e9, "known": (), "aliases": ()}
    return FieldInfo(name=name, label=name.title(), kind=kind, unit="", typical=None, importance=0.1, **plain | more)


FIELDS = [info("make", "category"), info("model", "category"), info("year"), info("mileage_km"), info("levy")]
COLUMNS = [
    Column("Manufacturer", "field", "make", "category"),
    Column("Prod. year", "field", "year", "number"),
    Column("Mileage", "field", "mileage_km", "number", unit="mi"),
    Column("Levy", "extra", "levy", "number"),
    Column("ID", "id", "", "category", why="different in every row"),
    Column("Price", "field", "price", "number"),
]


@pytest.fixture
def reader() -> ListingReader:
    return ListingReader(FIELDS, COLUMNS)


def problems(reader: ListingReader, sent: object) -> dict[str, str]:
    with pytest.raises(InvalidListingError) as caught:
        reader.read(sent)
    return {problem.field: problem.code for problem in caught.value.problems}


def test_canonical_fields_are_read_as_they_are(reader):
    assert reader.read({"make": "Audi", "year": 2015, "levy": 3.5}) == {"make": "Audi", "year": 2015.0, "levy": 3.5}


def test_null_counts_as_absent(reader):
    assert reader.read({"make": "Audi", "year": 2015, "model": None}).get("model") is None


def test_words_are_read_as_training_reads_them(reader):
    assert reader.read({"make": "VW", "year": 2015})["make"] == "Volkswagen"


def test_a_word_for_missing_counts_as_absent(reader):
    assert reader.read({"make": "Audi", "model": "n/a", "year": 2015})["model"] is None


def test_headers_of_the_training_file_are_read_in_its_units(reader):
    listing = reader.read({"Manufacturer": "audi", "Prod. year": 2015, "Mileage": 10_000, "Levy": "-"})
    assert listing == {"make": "Audi", "year": 2015.0, "mileage_km": 16_093.44}


def test_a_unit_in_the_value_outweighs_the_file_s(reader):
    assert reader.read({"Manufacturer": "Audi", "Mileage": "186005 km"})["mileage_km"] == 186_005


def test_case_and_blanks_of_headers_do_not_matter(reader):
    assert reader.read({"manufacturer ": "Audi", "PROD. YEAR": "2015"}) == {"make": "Audi", "year": 2015.0}


def test_a_field_sent_twice_is_a_problem(reader):
    assert problems(reader, {"make": "Audi", "Prod. year": 2010, "year": 2011}) == {"year": "sent_twice"}


def test_a_field_sent_once_and_null_once_is_no_problem(reader):
    assert reader.read({"make": "Audi", "Prod. year": 2010, "year": None}) == {"make": "Audi", "year": 2010.0}


def test_every_problem_is_found_at_once(reader):
    sent = {"make": 5, "year": 3000, "mileage_km": "many", "Levy": [1], "colour": "", "bogus": 1, "Price": 3}
    assert problems(reader, sent) == {
        "make": "wrong_type",
        "year": "out_of_range",
        "mileage_km": "wrong_type",
        "Levy": "wrong_type",
        "colour": "empty",
        "bogus": "unknown_field",
        "Price": "unknown_field",
    }


def test_problems_come_in_the_order_in_which_fields_were_sent(reader):
    assert list(problems(reader, {"zzz": 1, "make": 5, "aaa": 1, "year": "x"})) == ["zzz", "make", "aaa", "year"]


def test_a_problem_is_named_as_its_field_was_sent(reader):
    assert problems(reader, {"Manufacturer": "Audi", "Prod. year": 3000}) == {"Prod. year": "out_of_range"}


def test_an_unreadable_cell_is_a_problem(reader):
    assert problems(reader, {"Manufacturer": "Audi", "Mileage": "a lot"}) == {"Mileage": "unreadable"}


def test_a_needed_field_that_was_sent_badly_is_not_missing_too(reader):
    assert problems(reader, {"make": True, "year": "x"}) == {"make": "wrong_type", "year": "wrong_type"}


def test_needed_fields_are_asked_for_beside_other_problems(reader):
    assert problems(reader, {"bogus": 1}) == {"bogus": "unknown_field", "make": "missing", "year": "missing"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_refused(reader, value):
    assert problems(reader, {"make": "Audi", "year": value}) == {"year": "not_finite"}


@pytest.mark.parametrize("value", [True, "2015", [2015], {}])
def test_a_number_of_another_type_is_refused(reader, value):
    assert problems(reader, {"make": "Audi", "year": value}) == {"year": "wrong_type"}


@pytest.mark.parametrize("value", [320, 1.5, False, ["Audi"]])
def test_a_word_of_another_type_is_refused(reader, value):
    assert problems(reader, {"make": value, "year": 2015}) == {"make": "wrong_type"}


@pytest.mark.parametrize("key", ["make", "Manufacturer"])
def test_a_word_without_end_is_refused(reader, key):
    assert problems(reader, {key: "a" * 10_000, "year": 2015}) == {key: "too_long"}


@pytest.mark.parametrize(("sent", "kind"), [([], "a list"), ("x", "text"), (None, "null"), (3, "a number")])
def test_what_is_no_object_is_refused(reader, sent, kind):
    with pytest.raises(InvalidListingError, match=f"must be a JSON object, not {kind}"):
        reader.read(sent)


def test_an_unknown_field_comes_with_a_suggestion(reader):
    with pytest.raises(InvalidListingError) as caught:
        reader.read({"make": "Audi", "yaer": 2015, "prod year": 3, "qqqq": 1})
    hints = {problem.field: problem.hint for problem in caught.value.problems}
    assert hints["yaer"] == 'did you mean "year"?'
    assert hints["prod year"] == 'did you mean "Prod. year"?'
    assert "/info/features" in hints["qqqq"]


def test_a_column_that_training_left_out_says_why(reader):
    with pytest.raises(InvalidListingError) as caught:
        reader.read({"make": "Audi", "year": 2015, "id": 7})
    assert caught.value.problems[0].hint == "leave it out: different in every row"


def test_a_hundred_thousand_unknown_fields_are_refused_in_few_words(reader):
    found = problems(reader, {f"field {i}": i for i in range(100_000)})
    assert len(found) < 30


def test_a_canonical_field_that_the_model_does_not_use_is_accepted_with_a_warning(reader):
    sent = {"make": "Audi", "year": 2015, "owners": 2, "colour": None}
    assert reader.read(sent)["owners"] == 2
    assert [(w.field, w.code) for w in reader.warnings(sent)] == [("owners", "not_used")]


def test_a_canonical_field_that_the_model_does_not_use_obeys_the_rules_all_the_same(reader):
    assert problems(reader, {"make": "Audi", "year": 2015, "doors": 99}) == {"doors": "out_of_range"}


def test_one_cell_may_hold_several_fields():
    columns = [Column("name", "field", field, "category", derive=field) for field in ("make", "model")]
    reader = ListingReader(FIELDS, columns)
    listing = reader.read({"name": "Maruti Swift Dzire VDI", "year": 2014})
    assert listing["make"] == "Maruti"
    assert problems(reader, {"name": "Maruti Swift", "year": 2014, "make": "Maruti"}) == {"make": "sent_twice"}


@pytest.mark.parametrize("name", ["copy", "json", "levy (USD)", "_x", "model_dump", "class"])
def test_an_extra_feature_may_be_called_anything(name):
    reader = ListingReader([*FIELDS, info(name)], [])
    assert reader.read({"make": "Audi", "year": 2015, name: 3})[name] == 3


WORDS = st.sampled_from(
    ["Audi", " Audi", "VW", "n/a", "", " ", "\u3000x", "x\u00a0", "\x00", "\ud800", "é" * 200, "e" * 201]
)
NUMBERS = st.sampled_from([0, -0.0, 2015, 2015.5, True, 2**53 + 1, 10**30, 1e300, float("inf"), float("nan")])


@given(
    st.dictionaries(
        st.sampled_from(["make", "model", "year", "mileage_km", "levy"]),
        st.one_of(st.none(), WORDS, NUMBERS, st.text(max_size=5), st.floats(), st.integers(), st.just([])),
    )
)
def test_what_is_read_quickly_is_what_the_schema_makes_of_it(sent):
    reader = ListingReader(FIELDS, COLUMNS)
    quickly = reader._quickly(sent)
    if quickly is not None:
        found = reader.validate(sent)
        for name in ("make", "model"):
            if found.get(name) is not None:
                found[name] = reader.word(name, found[name])
        assert sorted(map(repr, quickly.items())) == sorted(map(repr, found.items()))


def test_an_ordinary_car_is_read_quickly(reader):
    assert reader._quickly({"make": "VW", "year": 2015, "model": None}) == {
        "make": "Volkswagen",
        "year": 2015.0,
        "model": None,
    }
