from datetime import UTC, datetime

import pytest

from car_price_prediction.valuations.outcomes import Outcome, Outcomes
from car_price_prediction.web.headers import KEY_NAME
from support.kept import wait_until
from support.web import FABIA, client_of

SALE = {"price": 9_000, "sold_on": "2024-01-31"}


def test_a_sale_is_told_by_the_id_of_its_valuation(keeping, kept):
    name = keeping.post("/predict/price", json=FABIA).json["valuation_id"]
    wait_until(lambda: kept.counts.written)
    sent = [SALE | {"valuation_id": name}]
    (first,) = keeping.post("/outcomes", json=sent).json["results"]
    assert first == {"state": "new", "valuation_id": name, "note": "kept"}
    assert keeping.post("/outcomes", json=sent).json["results"][0]["state"] == "same"
    sent[0]["price"] = 8_000
    assert keeping.post("/outcomes", json=sent).json["results"][0]["state"] == "replaced"
    sent[0]["price"] = 9_000
    assert "again=1" in keeping.post("/outcomes", json=sent).json["results"][0]["note"]
    assert keeping.post("/outcomes?again=1", json=sent).json["results"][0]["state"] == "replaced"


def test_every_row_has_its_result_and_the_bad_ones_all_their_reasons(keeping):
    sent = [
        SALE | {"car": FABIA | {"mileage_km": "far", "wheels": 4}},
        {"price": -1, "sold_on": "2026-02-30", "colour": "red"},
        SALE,
        SALE | {"sold_on": "2999-01-01", "valuation_id": "a"},
        SALE | {"sold_on": "0001-01-01", "car": FABIA},
        7,
        SALE | {"car": FABIA, "reference": "mine"},
    ]
    results = keeping.post("/outcomes", json=sent).json["results"]
    told = [[error["field"] for error in one["problem"]["errors"]] if "problem" in one else one for one in results]
    assert set(told[0]) == {"car.mileage_km", "car.wheels"}
    assert set(told[1]) == {"price", "sold_on", "colour"}
    assert told[2:6] == [[""], ["sold_on"], ["sold_on"], [""]]
    assert told[6]["state"] == "new"
    assert "no kept valuation is found" in told[6]["note"]


def test_a_name_that_no_database_holds_is_refused(keeping):
    names = [{"valuation_id": "x" * 65}, {"valuation_id": "a\x00"}, {"valuation_id": "a", "reference": "b\x00c"}]
    results = keeping.post("/outcomes", json=[SALE | name for name in names]).json["results"]
    told = [one["problem"]["errors"][0]["field"] for one in results]
    assert told == ["valuation_id", "valuation_id", "reference"]


def test_two_keys_may_use_the_same_references(keeping):
    sent = [SALE | {"car": FABIA, "reference": "4711"}]
    for key in ("shop", "lot"):
        told = {"environ_overrides": {KEY_NAME: key}}
        states = [keeping.post("/outcomes", json=sent, **told).json["results"][0]["state"] for _ in range(2)]
        assert states == ["new", "same"]


def test_a_price_below_one_is_refused(keeping):
    sent = [SALE | {"valuation_id": "a", "price": price} for price in (5e-324, 0.5, 1)]
    assert ["problem" in one for one in keeping.post("/outcomes", json=sent).json["results"]] == [True, True, False]


@pytest.mark.parametrize(("body", "status"), [({}, 422), ([SALE] * 8, 413)])
def test_what_is_no_list_or_too_long_is_refused(keeping, body, status):
    assert keeping.post("/outcomes", json=body).status_code == status


def test_where_nothing_is_kept_it_is_said(client):
    assert client.post("/outcomes", json=[]).json["code"] == "valuations_not_kept"


@pytest.mark.parametrize(("language", "said"), [("en", "What cars really sold for"), ("de", "Was Autos wirklich")])
def test_the_model_page_tells_of_sales_once_there_are_any(valuer, keeping, kept, language, said):
    assert 'id="outcomes"' not in keeping.get("/model").text
    quote = keeping.post("/predict/price", json=FABIA).json
    wait_until(lambda: kept.counts.written)
    today = datetime.now(UTC).date().isoformat()
    sale = {"valuation_id": quote["valuation_id"], "price": quote["price"], "sold_on": today}
    assert keeping.post("/outcomes", json=[sale]).json["results"][0]["state"] == "new"
    assert 'id="outcomes"' not in keeping.get("/model").text, "it is scored anew after ten minutes only"
    page = client_of(valuer, kept=kept).get(f"/model?lang={language}").text
    assert said in page
    assert today[:7] in page


def test_a_sale_that_cannot_be_scored_leaves_the_model_page_without_its_section(keeping, kept, caplog):
    quote = keeping.post("/predict/price", json=FABIA).json
    wait_until(lambda: kept.counts.written)
    today = datetime.now(UTC).date()
    Outcomes(kept.database).take([Outcome(5e-324, today, valuation_id=quote["valuation_id"])])
    answer = keeping.get("/model")
    assert answer.status_code == 200
    assert 'id="outcomes"' not in answer.text
    assert "sales cannot be" in caplog.text
    caplog.clear()
    assert keeping.get("/model").status_code == 200
    assert caplog.text == "", "it is tried anew after ten minutes only"
