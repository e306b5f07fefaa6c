from car_price_prediction.doctor import valuations
from car_price_prediction.doctor.context import Context
from car_price_prediction.settings import Settings


def looked(tmp_path, url):
    return valuations.database(Context(Settings(artifacts=tmp_path, valuations_url=url)))


def test_where_none_is_kept_nothing_is_looked_at(tmp_path):
    assert looked(tmp_path, None).status == "skipped"


def test_a_database_that_answers_is_well(tmp_path):
    found = looked(tmp_path, "sqlite")
    assert (found.status, found.message.endswith("holds 0")) == ("ok", True)


def test_one_that_does_not_answer_is_told_without_its_password(tmp_path):
    found = looked(tmp_path, "postgresql://ann:secret@127.0.0.1:1/x")
    assert found.status == "failed"
    assert "127.0.0.1" in found.message
    assert "secret" not in found.message + found.hint
    assert found.hint


def test_an_address_that_is_none_is_told(tmp_path):
    assert looked(tmp_path, "nonsense://x").status == "failed"
