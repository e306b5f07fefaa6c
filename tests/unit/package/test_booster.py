import pytest

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.booster import Booster


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "booster.txt"
    path.write_text("not a model")
    with pytest.raises(PackageError, match="LightGBM"):
        Booster(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PackageError, match="LightGBM"):
        Booster(tmp_path / "booster.txt")
