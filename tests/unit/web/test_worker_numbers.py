import os
import subprocess
import sys

import pytest

from car_price_prediction.domain.errors import SettingsError
from car_price_prediction.web.numbers import Numbers
from car_price_prediction.web.numbers_folder import default_folder, prepare_folder, remove_folder
from car_price_prediction.web.worker_numbers import KEPT_DEAD, added_up, forget_dead

WORK = """
import os, pathlib, sys
from car_price_prediction.web.numbers import Numbers
from car_price_prediction.web.worker_numbers import forget_dead
folder = pathlib.Path(sys.argv[1])
forget_dead(folder)
numbers = Numbers(folder)
numbers.counter("cars", "Cars.", {"make": "Kia"})(int(sys.argv[2]))
numbers.histogram("seconds", "Time.", (1.0, 2.0))(1.5)
numbers.gauge("workers", "Workers.")(1)
os._exit(0)  # as one that is killed: nothing is closed
"""


@pytest.fixture
def folder(tmp_path):
    prepare_folder(tmp_path / "numbers")
    return tmp_path / "numbers"


def told(folder):
    with added_up(folder) as numbers:
        return {sample.name: sample.value for metric in numbers.collect() for sample in metric.samples}


def worked(folder, *amounts):
    for amount in amounts:
        subprocess.run([sys.executable, "-c", WORK, str(folder), str(amount)], check=True)


def test_what_processes_counted_adds_up_after_they_ended_and_how_they_were_is_forgotten(folder):
    worked(folder, 3, 4)
    forget_dead(folder)
    found = told(folder)
    assert (found["cars_total"], found["seconds_count"], found["seconds_sum"]) == (7, 2, 3.0)
    assert "workers" not in found


def test_many_that_ended_are_put_together_and_nothing_is_lost(folder, monkeypatch):
    dead = range(2**22 + 1, 2**22 + 1 + 3 * KEPT_DEAD)  # beyond what a process is numbered by
    for turn in range(2):
        for pid in dead:
            with monkeypatch.context() as patched:
                patched.setattr(os, "getpid", lambda pid=pid: pid)
                numbers = Numbers(folder)
                numbers.counter("cars", "Cars.", {"make": "Kia"})(2)
                numbers.histogram("seconds", "Time.", (1.0, 2.0))(0.5 + turn)
                numbers.close()
        before = told(folder)
        forget_dead(folder)
        assert told(folder) == before
        assert len(list(folder.glob("*.db"))) == 2
    assert (before["cars_total"], before["seconds_count"]) == (4 * len(dead), 2 * len(dead))


def test_a_folder_of_an_earlier_server_is_emptied_and_at_the_end_it_goes(folder):
    worked(folder, 3)
    prepare_folder(folder)
    assert told(folder) == {}
    remove_folder(folder)
    assert not folder.exists()


def test_what_others_keep_in_the_folder_stays(folder):
    (folder / "history.db").touch()
    worked(folder, 3)
    prepare_folder(folder)
    remove_folder(folder)
    assert [file.name for file in folder.iterdir()] == ["history.db"]


def test_a_folder_that_is_a_link_or_cannot_be_made_is_refused(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "file").touch()
    for path in (tmp_path / "link", tmp_path / "file" / "below"):
        with pytest.raises(SettingsError) as refused:
            prepare_folder(path)
        assert "CAR_PRICE_METRICS" in refused.value.hint


def test_servers_of_two_ports_have_two_folders():
    assert default_folder(5000) != default_folder(5001)
