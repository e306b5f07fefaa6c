import threading
import time

import pytest

from car_price_prediction.training.parallel import run_all


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
