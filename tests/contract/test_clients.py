"""Clients against the real server: ours, the ones that the docs show, and one generated from the OpenAPI document."""

import contextlib
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from car_price_prediction.client import CarProblem, Client, InvalidCarError, ProblemError, Quote
from support.server import running_server
from support.web import FABIA

DOCS = Path(__file__).parents[2] / "docs"
CARS = "make,model,year,mileage_km,fuel\n" + "Skoda,Fabia,2015,80000,Petrol\n" * 30


@pytest.fixture(scope="module")
def server(trained_artifacts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    with running_server(trained_artifacts, folder, max_file_rows="1000", max_batch="500") as found:
        yield found


@pytest.fixture
def client(server):
    with Client(f"http://127.0.0.1:{server.port}") as found:
        yield found


@pytest.fixture
def cars(tmp_path, monkeypatch):
    (tmp_path / "cars.csv").write_text(CARS)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cars.csv"


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


def test_one_car_and_many_get_the_same_price(client):
    quote = client.price(FABIA | {"asking_price": 6_000}, explain=True, comparables=3, what_if=["year"])
    assert quote.low <= quote.price <= quote.high
    assert quote.deal.asking_price == 6_000
    assert quote.breakdown
    assert len(quote.nearest["listings"]) == 3
    many = client.price_many([FABIA] * 600 + [{"make": 1}])
    assert {type(one) for one in many[:600]} == {Quote}
    assert {one.price for one in many[:600]} == {quote.price}
    assert isinstance(many[600], CarProblem)
    assert {error.field for error in many[600].errors} >= {"make"}


def test_what_is_wrong_with_a_car_and_a_request_is_told(client):
    with pytest.raises(InvalidCarError) as refused:
        client.price({"make": "Skoda", "year": 3000, "wheels": 4})
    assert {error.field for error in refused.value.errors} == {"year", "wheels"}
    with pytest.raises(ProblemError) as problem:
        client.price(FABIA, what_if=["colour"])
    assert (problem.value.status, problem.value.code) == (400, "bad_query")


def test_the_service_tells_of_itself(client):
    status, features = client.status(), client.features()
    assert status.model_version == features.model_version == client.model()["version"]
    assert {"make", "year"} <= {field.name for field in features.fields}


def test_a_small_file_is_answered_at_once_and_a_long_one_as_a_job(client, cars):
    client.price_file(cars, cars.with_name("small.parquet"))
    cars.write_text(CARS + "Skoda,Fabia,2015,80000,Petrol\n" * 2_000)
    states = []
    client.price_file(cars, cars.with_name("long.parquet"), progress=lambda job: states.append(job.state))
    small, long = (pl.read_parquet(cars.with_name(f"{name}.parquet")) for name in ("small", "long"))
    assert states[-1] == "done"
    assert (small.height, long.height) == (30, 2_030)
    assert set(small["price"]) == set(long["price"])


def test_the_pages_examples_in_python_run(server, cars):
    names = {}
    for block in blocks("client.md", "python"):
        exec(block.replace("localhost:5000", f"127.0.0.1:{server.port}"), names)  # noqa: S102 - our own page
    with contextlib.closing(names["client"]):
        assert pl.read_csv("priced.csv").height == pl.read_parquet("priced.parquet").height == 30


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize("block", blocks("api.md", "sh"), ids=lambda block: block.split("/")[1].split(" ")[0])
def test_the_pages_examples_with_curl_run(server, cars, block):
    script = block.replace("localhost:5000", f"127.0.0.1:{server.port}")
    done = subprocess.run(["sh", "-euc", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert "price" in done.stdout or Path("priced.csv").read_text().startswith("make,model")


def test_a_client_generated_from_the_document_prices_a_car(server, client, tmp_path, monkeypatch):
    made = tmp_path / "generated_client"
    document = tmp_path / "openapi.json"
    document.write_bytes(server.ask_raw("GET", "/openapi.json")[2])
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # it runs ruff
    command = ["openapi-python-client", "generate", "--path", document, "--meta", "none", "--output-path", made]
    subprocess.run([*command, "--fail-on-warning"], check=True, capture_output=True, cwd=tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    generated = importlib.import_module("generated_client")
    call = importlib.import_module("generated_client.api.predict.price")
    listing = importlib.import_module("generated_client.models.listing").Listing
    with generated.Client(f"http://127.0.0.1:{server.port}") as session:
        quote = call.sync(client=session, body=listing.from_dict(FABIA))
    assert quote.price == client.price(FABIA).price
