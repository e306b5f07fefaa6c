import threading
import time

import pytest

from car_price_prediction.jobs.job import Findings, FoundColumn, Wish
from car_price_prediction.jobs.store import GIVEN_UP, MOST_ATTEMPTS, JobStore

FOUND = Findings(3, (FoundColumn("km", "mileage_km", "km", "75000", "the header"),), ("fuel",), None, "v1")


@pytest.fixture
def store(tmp_path):
    return JobStore(tmp_path / "jobs.sqlite", lease_s=60)


def impatient(store):
    """Look at the same jobs as one to whom every worker has been silent for too long."""
    return JobStore(store._file, lease_s=-1)


def add(store, name="cars.csv", owner="ann", keep_s=60, **wish):
    return store.add(name, Wish(**wish), owner=owner, keep_s=keep_s)


def test_jobs_are_taken_in_their_order_each_once(store):
    jobs = [add(store, f"{i}.csv", columns={"year": "y", "fuel": None}) for i in range(3)]
    claims = [store.claim(at_once=3) for _ in range(4)]
    assert [claim and claim.job.id for claim in claims] == [*(job.id for job in jobs), None]
    assert claims[0].job.wish == Wish(columns={"year": "y", "fuel": None})


def test_no_more_are_worked_on_at_once_than_may_be(store):
    first, second = add(store), add(store)
    claim = store.claim(at_once=1)
    assert (claim.job.id, store.claim(at_once=1)) == (first.id, None)
    store.finish(claim, rows=3, with_problems=1, result="r")
    assert store.claim(at_once=1).job.id == second.id
    assert store.claim(at_once=0) is None


def test_many_workers_never_take_the_same_job(store):
    wanted = {add(store).id for _ in range(20)}
    taken = []

    def take():
        while claim := store.claim(at_once=100):
            taken.append(claim.job.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), set(taken)) == (20, wanted)


def test_a_silent_worker_loses_its_job_and_cannot_end_it_any_more(store):
    job = add(store)
    first = store.claim(at_once=1)
    second = impatient(store).claim(at_once=1)
    assert (second.job.id, second.token != first.token) == (job.id, True)
    assert not store.beat(first, 5)
    assert not store.finish(first, rows=1, with_problems=0, result="first")
    assert not store.fail(first, "no")
    assert store.beat(second, 2)
    assert store.finish(second, rows=3, with_problems=1, result="second")
    done = store.get(job.id)
    assert (done.state, done.rows_done, done.rows_with_problems, done.result) == ("done", 3, 1, "second")


def test_a_job_whose_workers_die_is_given_up(store):
    job, late = add(store), impatient(store)
    for _ in range(MOST_ATTEMPTS):
        assert late.claim(at_once=1)
    assert late.claim(at_once=1) is None
    assert (store.get(job.id).state, store.get(job.id).problem) == ("failed", GIVEN_UP)
    job = add(store)
    for _ in range(MOST_ATTEMPTS):
        store.give_back(store.claim(at_once=1))
    assert store.get(job.id).state == "failed"


def test_a_server_that_stops_is_not_held_against_the_job(store):
    job = add(store)
    for _ in range(MOST_ATTEMPTS * 2):
        store.give_back(store.claim(at_once=1), innocent=True)
    assert store.get(job.id).state == "queued"


def test_a_job_that_is_only_read_waits_to_be_started(store):
    job = add(store, price=False)
    claim = store.claim(at_once=1)
    assert store.note(claim, FOUND)
    assert store.wait(claim)
    assert (store.get(job.id).state, store.get(job.id).findings) == ("waiting", FOUND)
    assert store.claim(at_once=1) is None
    assert store.start(job.id, Wish(columns={"fuel": "f"}))
    assert not store.start(job.id, Wish())
    assert store.claim(at_once=1).job.wish.columns == {"fuel": "f"}


def test_what_is_cancelled_is_not_worked_on_and_what_is_done_is_not_cancelled(store):
    job = add(store)
    claim = store.claim(at_once=1)
    assert store.cancel(job.id)
    assert not store.beat(claim, 1)
    store.give_back(claim)
    assert (store.get(job.id).state, store.cancel(job.id)) == ("cancelled", False)
    assert store.forget(job.id)
    assert (store.get(job.id), store.forget(job.id)) == (None, False)


def test_unfinished_jobs_are_counted_by_owner(store):
    add(store), add(store), add(store, owner="bob")
    store.finish(store.claim(at_once=1), rows=0, with_problems=0, result="r")
    assert [store.unfinished(owner) for owner in ("ann", "bob", "eve", None)] == [1, 1, 0, 2]


def test_what_has_expired_is_gone(store):
    old, new = add(store, keep_s=0.001), add(store)
    time.sleep(0.002)
    assert store.get(old.id) is None
    assert store.claim(at_once=1).job.id == new.id
    assert store.forget_expired() == [old.id]
    assert store.known() == {new.id}
