from car_price_prediction.valuations.database import Database
from car_price_prediction.valuations.segments import full_segments
from car_price_prediction.valuations.store import Valuations
from support.kept import KeptHere, wait_until
from support.web import FABIA, client_of


def test_what_was_answered_can_be_looked_up_and_deleted(keeping, kept):
    sent = FABIA | {"asking_price": 9_000}
    quote = keeping.post("/predict/price", json=sent, headers={"X-Request-ID": "mine"}).json
    wait_until(lambda: kept.counts.written)
    address = f"/valuations/{quote['valuation_id']}"
    found = keeping.get(address).json
    same = ("price", "low", "high", "currency", "coverage", "confidence", "comparables", "warnings", "model_version")
    assert {name: found[name] for name in same} == {name: quote[name] for name in same}
    assert (found["source"], found["request_id"], found["car"]) == ("price", "mine", sent)
    assert keeping.delete(address).status_code == 204
    for ask in (keeping.get, keeping.delete):
        assert (ask(address).status_code, ask(address).json["code"]) == (404, "no_such_valuation")


def test_of_a_batch_every_car_that_got_a_price_is_kept(keeping, kept):
    results = keeping.post("/predict/batch", json=[FABIA, {"make": "Skoda"}, FABIA]).json["results"]
    wait_until(lambda: kept.counts.written == 2)
    assert keeping.get(f"/valuations/{results[2]['valuation_id']}").json["source"] == "batch"


def test_warnings_of_fields_that_are_not_used_are_kept_with_the_others(keeping, kept):
    sent = FABIA | {"owners": 2}
    quotes = [
        keeping.post("/predict/price", json=sent).json,
        *keeping.post("/predict/batch", json=[sent]).json["results"],
    ]
    wait_until(lambda: kept.counts.written == 2)
    for quote in quotes:
        assert any(warning["code"] == "not_used" for warning in quote["warnings"])
        assert keeping.get(f"/valuations/{quote['valuation_id']}").json["warnings"] == quote["warnings"]


def test_answers_with_reasons_are_kept_and_refusals_are_not(keeping, kept):
    quote = keeping.post("/predict/price?explain=1", json=FABIA).json
    assert keeping.post("/predict/price", json={"make": "Skoda"}).status_code == 422
    kept.stop()
    assert Valuations(kept.database).count() == 1
    assert Valuations(kept.database).get(quote["valuation_id"])


def test_where_nothing_is_kept_it_is_said_how_to(client):
    for ask in (client.get, client.delete):
        answer = ask("/valuations/x")
        assert (answer.status_code, answer.json["code"]) == (404, "valuations_not_kept")
        assert "CAR_PRICE_VALUATIONS_URL" in answer.json["hint"]


def test_a_database_that_does_not_answer_fails_no_price(valuer, tmp_path):
    database = Database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    kept = KeptHere(database, tmp_path / "waiting")
    client = client_of(valuer, kept=kept)
    assert client.post("/predict/price", json=FABIA).status_code == 200
    answer = client.get("/valuations/x")
    assert (answer.status_code, answer.json["code"]) == (503, "valuations_unavailable")
    kept.pair.journal.stop()
    kept.pair.writer.stop(0)
    assert (kept.counts.written, kept.counts.dropped) == (0, 0)
    assert [segment.count for segment in full_segments(tmp_path / "waiting")] == [1]
