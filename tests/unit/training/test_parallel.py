import threading
import time

import pytest

from car_price_prediction.training.parallel import SELDOM_MET, cores, run_all, threads


def test_results_come_in_the_order_of_the_jobs_whatever_takes_longest() -> None:
    def slow() -> str:
        time.sleep(0.05)
        return "slow"

    finished: list[int] = []
    assert run_all([slow, lambda: "quick", lambda: "third"], lambda: finished.append(1)) == ["slow", "quick", "third"]
    assert len(finished) == 3


def test_the_first_failure_is_raised_and_what_has_not_begun_does_not_begin() -> None:
    begun: list[int] = []
    release = threading.Event()

    def fails() -> None:
        raise ValueError("no")

    def waits() -> None:
        begun.append(1)
        release.wait(5)

    try:
        with pytest.raises(ValueError, match="no"):
            run_all([fails, *[waits] * 50])
    finally:
        release.set()
    assert len(begun) <= 8


def test_no_jobs_give_no_results() -> None:
    assert run_all([]) == []


MACHINE = 4


def test_a_fit_of_many_rows_takes_the_cores_that_others_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("car_price_prediction.training.parallel.cores", lambda: MACHINE)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)

    def many() -> int:
        return threads(SELDOM_MET)

    assert run_all([many]) == [4]
    assert run_all([many] * 2) == [2, 2]
    assert run_all([many] * 3) == [1, 1, 1]
    assert run_all([threads, lambda: threads(SELDOM_MET - 1)]) == [1, 1]
    assert threads(SELDOM_MET) == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert run_all([many]) == [2]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, MACHINE),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, MACHINE),
        ({"cpu.max": "1600000 100000\n"}, MACHINE),
        ({"cpu.max": "what?\n"}, MACHINE),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, MACHINE),
        ({"cpu/cpu.cfs_quota_us": "300000\n"}, MACHINE),
    ],
)
def test_a_containers_limit_is_seen(tmp_path, monkeypatch, files, expected):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(MACHINE)), raising=False)
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    assert cores(tmp_path) == expected
