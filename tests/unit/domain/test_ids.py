import re
import time

from car_price_prediction.domain import ids
from car_price_prediction.domain.ids import new_id, new_ids


def test_ids_of_one_time_are_beside_each_other_and_all_different(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.9)
    early = new_ids(1_000)
    monkeypatch.setattr(time, "time", lambda: 1_700_000_001.0)
    late = new_ids(1_000)
    assert max(early) < min(late)
    assert len({*early, *late}) == 2_000
    assert all(re.fullmatch("[0-9a-f]{24}", one) for one in (*early, *late))
    assert {int(one[:8], 16) for one in early} == {1_700_000_000}


def test_what_follows_the_time_is_random_all_through():
    rest = [one[8:] for one in new_ids(2_000)]
    assert all(len({one[at] for one in rest}) == 16 for at in range(16))


def test_one_at_a_time_they_are_as_many_at_once(monkeypatch):
    monkeypatch.setattr(ids, "_left", [])
    assert len({new_id() for _ in range(2 * ids.AT_ONCE + 1)}) == 2 * ids.AT_ONCE + 1
    assert len(ids._left) == ids.AT_ONCE - 1
