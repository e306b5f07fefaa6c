"""What is said far below is told in every language: held against the source, and against files of many markets."""

import ast
import json
from pathlib import Path

import pytest

import car_price_prediction
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.columns import understand
from car_price_prediction.listings.read import read_listings
from car_price_prediction.web.language import DEFAULT, languages
from car_price_prediction.web.retelling import BETWEEN, SENTENCES, retold

SOURCE = Path(car_price_prediction.__file__).parent
FILES = Path(__file__).parents[2] / "data" / "files"
READ = ("delimited", "streams", "unpack", "kinds", "columnar", "json_rows", "refusal")
MODULES = [f"listings/{name}.py" for name in READ]
MODULES += ["batch/opened.py", "jobs/worker.py", "web/files.py", "web/jobs.py"]
MODULES += ["web/priced_file.py", "web/uploads.py"]
OF_THE_COMMAND_LINE = "--"
"""Hints that hold it are put in the API's words."""
CODES = sorted(set(languages()) - {DEFAULT})


def untold(text, code):
    """Return the sentences of a text that its language lacks."""
    told = retold(text, languages()[code])
    parts = (BETWEEN.join(told.split(BETWEEN)[i:j]) for i in range(9) for j in range(i + 1, 10))
    return [
        part
        for part in {*parts}
        if part and part in text and retold(part, languages()[code]) == part and has_words(part)
    ]


def has_words(text):
    return any(letter.isalpha() for letter in text)


def written(node):
    """Return a text of the source with a figure for each value; None where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else figure(part) for part in node.values)
    return None


def figure(value):
    return "7%" if value.format_spec and "%" in ast.unparse(value.format_spec) else "7"


def said_in(module):
    for call in ast.walk(ast.parse((SOURCE / module).read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("ListingsError", "RequestProblem"):
            said = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "hint")]
            texts = (written(node) for node in said)
            yield from (text for text in texts if text and " " in text and OF_THE_COMMAND_LINE not in text)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("module", MODULES)
def test_every_refusal_of_a_file_is_told(module, code):
    found = list(said_in(module))
    assert [text for text in found if retold(text, languages()[code]) == text] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "path", sorted(FILES.glob("columns/*")) + sorted(FILES.glob("markets/*")), ids=lambda p: p.name
)
def test_what_columns_are_taken_for_is_told(path, code):
    if path.suffix == ".toml":
        pytest.skip("what is expected of the others")
    try:
        columns = understand(read_listings([str(path)]).cells, need_price=False).columns
        said = [column.why for column in columns]
    except ListingsError as error:
        said = [error.message]
    assert {text: lacking for text in said if (lacking := untold(text, code))} == {}


@pytest.mark.parametrize("code", sorted(path.stem for path in SENTENCES.glob("*.json")))
def test_sentences_name_what_the_english_ones_name(code):
    for english, told in json.loads((SENTENCES / f"{code}.json").read_text()).items():
        names = {part.partition("}")[0] for part in english.split("{")[1:]}
        assert {part.partition("}")[0] for part in told.split("{")[1:]} <= names, english


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'Fuel "a; b" was not among the training listings, or only once; Body is not given',
            "Kraftstoff „a; b“ kam in den Anzeigen nicht oder nur einmal vor; Karosserie ist nicht angegeben",
        ),
        (
            "Year 3000 is not plausible: expected 1885 to 2027; priced without it",
            "Baujahr 3000 kann nicht stimmen: erwartet wird 1885 bis 2027; ohne diesen Wert geschätzt",
        ),
        (
            "Mileage 2.5e+06 km is not plausible: expected 0 to 2000000 km",
            "Kilometerstand 2,5e+06 km kann nicht stimmen: erwartet wird 0 bis 2000000 km",
        ),
        ('header "km": names the listing, not the car', "Überschrift „km“: benennt die Anzeige, nicht das Auto"),
        ("no column was found for make or model", "für Marke oder Modell wurde keine Spalte gefunden"),
        ("1,200 to 13,400", "1.200 bis 13.400"),
    ],
)
def test_sentences_are_told_in_german(text, told):
    assert retold(text, languages()["de"]) == told


def test_a_text_that_never_ends_stays_what_it_is():
    text = "; ".join(["Fuel is not given"] * 1_000)
    assert retold(text, languages()["de"]) == text


def test_a_long_text_is_not_searched_for_sentences():
    text = "there is nothing at /" + "; ".join(["a in " * 100] * 50)
    assert retold(text, languages()["de"]) == text
