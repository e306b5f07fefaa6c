import os
import re

import pytest

from car_price_prediction.domain.errors import SettingsError
from car_price_prediction.jobs.folder import FRESH_S, SENT, JobFolder, safe_name


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x", "/", "", ".", "a\0b", "x" * 500, "Ж" * 500, "cars*.csv", ".hidden", "~$a"]
)
def test_whatever_a_file_is_called_it_stays_where_it_belongs(tmp_path, name):
    folder = JobFolder(tmp_path / "jobs")
    job_id = folder.new()
    path = folder.sent(job_id, name)
    path.write_bytes(b"x")
    assert path.parent == folder.folder / job_id / SENT
    assert safe_name(path.name) == path.name


def test_only_its_user_looks_into_it(tmp_path):
    folder = JobFolder(tmp_path / "deep" / "jobs")
    assert folder.folder.stat().st_mode & 0o777 == 0o700
    assert folder.of(folder.new()).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("job_id", ["", "..", "../x", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n"])
def test_what_is_no_id_leads_nowhere(tmp_path, job_id):
    with pytest.raises(ValueError, match=f"^{re.escape(job_id)}$"):
        JobFolder(tmp_path).of(job_id)


def test_old_folders_without_a_job_are_removed(tmp_path):
    folder = JobFolder(tmp_path)
    old, known, fresh = folder.new(), folder.new(), folder.new()
    for job_id in (old, known):
        os.utime(folder.of(job_id), (0, 0))
    (tmp_path / "other").mkdir()
    (tmp_path / "file-left").mkdir()
    os.utime(tmp_path / "file-left", (0, 0))
    folder.remove_unknown({known})
    assert {path.name for path in tmp_path.iterdir()} == {known, fresh, "other"}
    assert FRESH_S > 0


def test_a_folder_that_cannot_be_used_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="cannot be made"):
        JobFolder(tmp_path / "file" / "jobs")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(SettingsError, match="may be written"):
        JobFolder(tmp_path / "link")
