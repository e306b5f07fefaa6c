"""The service on one machine without containers: the API, the page and an MLflow server under one command."""
