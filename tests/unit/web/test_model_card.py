import shutil

import pytest

from car_price_prediction.package.contents import EVALUATION
from car_price_prediction.package.store import ModelStore
from car_price_prediction.web.language import languages
from car_price_prediction.web.model_card import ModelCards
from car_price_prediction.web.versions import moves, published
from support.versions import copy_version
from support.web import valuer_of

EN = languages()["en"]


@pytest.fixture
def valuer(trained_artifacts):
    return valuer_of(trained_artifacts)


@pytest.fixture
def store(trained_artifacts, tmp_path):
    shutil.copytree(trained_artifacts, tmp_path / "artifacts")
    return ModelStore(tmp_path / "artifacts")


def test_accuracy_is_told_in_plain_words(valuer, store):
    card = ModelCards(store).of(valuer, EN)
    mdape = EN.percent(valuer.manifest.metrics["mdape"], 1)
    assert card.sentences[0].startswith(f"Half of the estimates are within {mdape} of the asking price.")
    assert "they held" in card.sentences[3]
    assert card.tiles[0] == (mdape, "median error")
    assert [plot.key for plot in card.plots] == ["prices", "coverage", "errors", "bands"]
    assert all(plot.svg.startswith("<svg") and "style=" not in plot.svg for plot in card.plots)


def test_importance_and_groups_have_bars_of_their_share(valuer, store):
    card = ModelCards(store).of(valuer, EN)
    assert [line.width for line in card.importance] == sorted((line.width for line in card.importance), reverse=True)
    assert card.importance[0].width == 100
    assert {line.name for line in card.groups["make"]} >= {"Skoda", "BMW", "Kia"}
    assert max(line.width for line in card.groups["make"]) == 100


@pytest.mark.parametrize("damage", ["missing", "not json"])
def test_a_version_without_an_evaluation_still_has_a_card(valuer, store, damage):
    path = store.models / valuer.manifest.version / EVALUATION
    path.unlink() if damage == "missing" else path.write_text("{")
    card = ModelCards(store).of(valuer, EN)
    assert (card.sentences, card.plots, card.groups, card.weak) == ([], (), {}, [])
    assert len(card.tiles) == 3


def test_without_a_store_the_model_in_memory_is_told_of(valuer, client):
    card = ModelCards(None).of(valuer, EN)
    assert (card.versions, card.moves) == ([], [])
    assert "This version carries no evaluation." in client.get("/model").text


def test_versions_are_told_newest_first_with_the_one_that_answers(valuer, store):
    version = valuer.manifest.version
    package = store.load(version)
    other = copy_version(store, package, 7)
    found = published(store, version, EN)
    assert [(one.name, one.answers) for one in found] == [(version, True), (other, False)]
    assert found[1].trained == "8 January 2026"
    (store.models / other / "manifest.json").write_text("{}")
    assert published(store, version, EN)[1].trained == ""


def test_the_history_tells_when_who_what_and_why(valuer, store):
    first = valuer.manifest.version
    other = copy_version(store, store.load(first), 7)
    store.set_current(other, who="Ada", why="later listings")
    newest, oldest = moves(store, EN)
    assert (newest.who, newest.why, newest.change) == ("Ada", "later listings", f"{other}, after {first}")
    assert newest.when.endswith("UTC")
    assert oldest.change == f"{first}, the first"


def test_a_line_of_the_history_that_tells_little_is_shown_as_it_is(store):
    with store.history_file.open("a") as file:
        file.write('{"when": "long ago", "to": "1"}\n')
    move = moves(store, EN)[0]
    assert (move.when, move.who, move.why) == ("long ago", "", "")
