"""On a German page stands no English but the allowed: every page is walked, with all that may be wrong on it."""

import html
import re
import shutil

import pytest

from car_price_prediction.package.store import ModelStore
from car_price_prediction.web.app import RequestLimits, create_app
from car_price_prediction.web.language import languages
from support.web import FixedHolder, client_of, in_market, uploads_of

ALLOWED = {"English", "JavaScript", "Parquet"}
"""A language calls itself by its own name; names of things are the same everywhere."""
HEADERS = {"Accept": "text/html", "Accept-Language": "de"}
CAR = "/?make=Skoda&model=Fabia&year=2015&mileage=80000&asking_price=7900"
PATHS = [
    *("/", CAR, CAR.replace("7900", "1"), CAR.replace("7900", "99000"), "/cars", "/model", "/nope"),
    *("/?make=Trabant&model=601&year=1950&mileage=900000&asking_price=2", "/?make=Skoda", "/?make=Kia&mileage=20000"),
    *("/?make=Skoda&year=3000&mileage=many&asking_price=-1", "/?make=&year=", "/?make=Kia&year=soon&asking_price=much"),
]


def english_words():
    """Return the pieces of the English catalogue that no German text holds."""
    german = "\n".join(languages()["de"].texts.values())
    pieces = (piece for text in languages()["en"].texts.values() for piece in re.split(r"\{\w+\}", text))
    stripped = {piece.strip(" .,:;()/%—“”") for piece in pieces}
    return {piece for piece in stripped if len(piece) > 3 and piece not in german and piece not in ALLOWED}


def shown(page):
    """Return what a page says: its text, and what is said aloud or by scripts; other attributes are no text."""
    page = re.sub(r"<a [^>]*data-language.*?</a>|<script.*?</script>", "", page, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|alt|title|data-(?!figures|fields|box|by|library|choices)[\w-]+)="([^"]*)"', page)
    return html.unescape("\n".join([re.sub("<[^>]*>", "\n", page), *said]))


def found_in(page):
    text = shown(page)
    return sorted(word for word in english_words() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


@pytest.fixture
def german(trained_artifacts, tmp_path):
    artifacts = shutil.copytree(trained_artifacts, tmp_path / "artifacts")
    valuer = in_market(artifacts, sample=True, name="Sample market")
    limits = RequestLimits(max_body_bytes=100_000, max_batch=5)
    return create_app(FixedHolder(valuer), uploads_of(), limits, store=ModelStore(artifacts)).test_client()


@pytest.mark.parametrize("path", PATHS)
def test_no_page_says_anything_in_english(german, path):
    assert found_in(german.get(path, headers=HEADERS).text) == []


def test_no_wait_for_a_model_is_told_in_english():
    page = client_of(None).get("/", headers=HEADERS).text
    assert found_in(page) == []
    assert "In artifacts liegt noch kein Modell." in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"%PDF-1.7", "File ist ein PDF-Dokument, keine Tabelle."),
        (b"", "Die Datei ist leer."),
        (b"colour,dogs\nred,2\nblue,3\n", "wurde keine Spalte gefunden"),
    ],
)
def test_no_refusal_of_a_file_is_told_in_english(german, body, said):
    answer = german.post("/predict/file", data=body, headers=HEADERS)
    assert found_in(answer.text) == []
    assert said in answer.text


def test_the_walk_would_see_english(german):
    assert "Estimate the price" in found_in(german.get("/?lang=en", headers=HEADERS).text)
