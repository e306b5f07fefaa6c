"""The least that a Flask application can do: what `serving.py` compares with."""

from flask import Flask, Response

app = Flask(__name__)


@app.post("/empty")
def empty() -> Response:
    """Answer with next to nothing."""
    return Response(b"{}", 200, content_type="application/json")
