import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from car_price_prediction.jobs.runner import Limits
from support.web import client_of, uploads_of, valuer_of

HEADER = b"make,model,year,mileage_km\n"
KINDS = ["text/csv", "application/octet-stream", "multipart/form-data", "multipart/form-data; boundary=x", "", "a/b; c"]
FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
PIECES = [HEADER, b"Skoda,Fabia,2015,80000\n", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b'{"make": "Audi"}\n', b"["]
PIECES += [FORM, b"\r\n--x--\r\n", b"\r\n--x\r\n", b'"', b"\0" * 40, b"\xff"]
BODIES = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join))


@pytest.fixture(scope="module")
def client(trained_artifacts):
    return client_of(valuer_of(trained_artifacts))


@settings(max_examples=50)
@given(body=BODIES, kind=st.sampled_from(KINDS), path=st.sampled_from(["/predict/file", "/jobs?start=0"]))
def test_whatever_is_sent_is_answered_or_refused_with_a_reason(client, body, kind, path):
    answer = client.post(path, data=body, content_type=kind)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json["code"]
    elif path.startswith("/jobs"):
        assert client.delete(answer.headers["Location"]).status_code == 204


def test_there_is_room_for_so_much_and_no_more(valuer):
    client = client_of(valuer, uploads=uploads_of(Limits(folder_bytes=20_000)))
    body = HEADER + b"Skoda,Fabia,2015,80000\n" * 300
    answer = client.post("/jobs", data=body)
    assert (answer.status_code, answer.json["code"]) == (507, "no_room")


def test_without_a_model_no_file_is_taken():
    client = client_of(None)
    for path in ("/predict/file", "/jobs"):
        assert client.post(path, data=HEADER).json["code"] == "no_model"
