"""What pytest leaves alone."""

# MLflow runs this file by its path; importing it takes seconds and sets a global of MLflow's.
collect_ignore = ["src/car_price_prediction/training/mlflow_model.py"]
