"""The model registry in MLflow, and how versions move through it."""
