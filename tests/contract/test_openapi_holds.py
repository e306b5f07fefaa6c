"""Every call of the OpenAPI document, with bodies made from its schemas and against them: it answers as it says.

`make fuzz` asks for more.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.server import running_server

CASES = int(os.environ.get("CASES", "150"))
UNHURRIED = list(HealthCheck)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def operations(trained_artifacts, tmp_path_factory):
    with running_server(trained_artifacts, tmp_path_factory.mktemp("openapi")) as server:
        document = schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")
        yield [found.ok() for found in document.get_all_operations()]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_call_answers_as_the_document_says(operations, mode):
    assert operations
    each = max(CASES // (2 * len(operations)), 5)
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not operation.body and not operation.query:
            continue

        @settings(max_examples=each, deadline=None, derandomize=True, database=None, suppress_health_check=UNHURRIED)
        @given(operation.as_strategy(generation_mode=mode))
        def check(case):
            case.call_and_validate(checks=CHECKS)

        check()
