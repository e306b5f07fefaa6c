import pytest

from car_price_prediction.domain.errors import SettingsError
from car_price_prediction.settings import Settings
from car_price_prediction.variables import read_settings, variable_of, written_settings


def test_nothing_set_gives_the_defaults():
    assert read_settings({}) == Settings()


def test_a_value_comes_from_its_variable():
    assert read_settings({"CAR_PRICE_WORKERS": "3", "HOME": "/home/ann"}).workers == 3


def test_a_value_comes_from_the_file_that_its_variable_names(tmp_path):
    (tmp_path / "uri").write_text("http://mlflow.example\n")
    settings = read_settings({"MLFLOW_TRACKING_URI_FILE": str(tmp_path / "uri")})
    assert settings.mlflow_tracking_uri == "http://mlflow.example"


def test_an_empty_value_counts_as_not_set(tmp_path):
    (tmp_path / "empty").write_text("\n")
    assert read_settings({"CAR_PRICE_PORT": "", "CAR_PRICE_HOST_FILE": str(tmp_path / "empty")}) == Settings()


def test_every_problem_is_told_at_once(tmp_path):
    environ = {
        "CAR_PRICE_PORT": "0",
        "CAR_PRICE_WORKERS": "many",
        "CAR_PRICE_WORKER": "1",
        "CAR_PRICE_HOST": "a",
        "CAR_PRICE_HOST_FILE": "b",
        "CAR_PRICE_LOGS_FILE": str(tmp_path / "nope"),
    }
    with pytest.raises(SettingsError) as found:
        read_settings(environ)
    problems = found.value.message.split("; ")
    assert sorted(problem.split(":")[0] for problem in problems) == [
        "CAR_PRICE_HOST",
        "CAR_PRICE_LOGS_FILE",
        "CAR_PRICE_PORT",
        "CAR_PRICE_WORKER",
        "CAR_PRICE_WORKERS",
    ]
    assert "docs/settings.md" in found.value.hint


def test_a_file_that_is_no_text_is_a_problem(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="it is not text"):
        read_settings({"CAR_PRICE_HOST_FILE": str(tmp_path / "binary")})


def test_the_tests_own_variable_is_no_unknown_setting():
    assert read_settings({"CAR_PRICE_REAL_DATA": "/data"}) == Settings()


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_says_what_it_is(name):
    assert Settings.model_fields[name].description


def test_what_is_written_is_read_back_whatever_was_set_before(tmp_path):
    settings = read_settings({"CAR_PRICE_ARTIFACTS": "there", "CAR_PRICE_RELOAD_S": "2.5", "CAR_PRICE_PORT": "5002"})
    before = {"PATH": "/bin", "CAR_PRICE_PORT_FILE": "gone", "CAR_PRICE_HOST": "0.0.0.0"}  # noqa: S104
    environ = written_settings(settings, before)
    assert read_settings(environ) == settings
    assert environ["PATH"] == "/bin"


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_mlflows_address_keeps_its_own_name():
    assert variable_of("mlflow_tracking_uri") == "MLFLOW_TRACKING_URI"


@pytest.mark.parametrize("value", ["*", "https://a.example/", "a.example", "https://A.example", "https://a, https://b"])
def test_an_origin_that_no_browser_would_send_is_refused(value):
    with pytest.raises(SettingsError, match="CAR_PRICE_CORS_ORIGINS"):
        read_settings({"CAR_PRICE_CORS_ORIGINS": value})


def test_origins_and_hosts_are_lists():
    settings = read_settings(
        {"CAR_PRICE_CORS_ORIGINS": "https://a.example,http://localhost:3000", "CAR_PRICE_ALLOWED_HOSTS": "a.example"}
    )
    assert settings.origins == ("https://a.example", "http://localhost:3000")
    assert settings.hosts == ("a.example", "localhost", "127.0.0.1")
    assert (Settings().origins, Settings().hosts) == ((), ())
