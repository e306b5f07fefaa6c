"""What pytest leaves alone, and what holds for every property test."""

from hypothesis import settings

# MLflow runs this file by its path; importing it takes seconds and sets a global of MLflow's.
collect_ignore = ["src/car_price_prediction/training/mlflow_model.py"]

# No timing is asserted: machines are shared.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
