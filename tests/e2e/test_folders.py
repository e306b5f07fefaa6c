"""The service writes to its folders, and their user reads and deletes what it wrote, whoever made them."""

import pytest

from support.stack import Stack, docker

IMAGE = "car-price-prediction"
USER = "1234:1234"
WRITE = """umask 002
mkdir -p artifacts/models/v1 && echo model >artifacts/models/v1/manifest.json && echo line >>logs/running_logs.log
cat artifacts/mine 2>/dev/null || true"""


@pytest.fixture
def project(started, tmp_path):
    """A further copy of the project, whose `docker-compose.yml` belongs to a user of the host."""
    stack = Stack(tmp_path)
    as_user(stack, "0:0", "chown 1234:1234 docker-compose.yml; chmod 755 .")
    yield stack
    as_user(stack, "0:0", "rm -rf artifacts logs")
    stack.remove()


def as_user(stack, user, script):
    """Run a script as some user of the host would, in the project's folder."""
    mounted = ("-v", f"{stack.folder}:/project", "-w", "/project", "--cap-drop", "ALL", "--cap-add", "CHOWN")
    more = ("--cap-add", "DAC_OVERRIDE", "--cap-add", "FOWNER") if user == "0:0" else ()
    return docker("run", "--rm", "-u", user, *mounted, *more, "--entrypoint", "sh", IMAGE, "-euc", script)


@pytest.mark.parametrize("made", ["by Docker", "by root", "by the user", "by another user"])
def test_whoever_made_the_folders(project, made):
    owner = {"by root": "0:0", "by the user": USER, "by another user": "4321:4321"}.get(made)
    if owner:
        make = "mkdir artifacts logs; echo mine >artifacts/mine; chmod 600 artifacts/mine; chmod 700 artifacts logs"
        as_user(project, "0:0", f"{make}; chown -R {owner} artifacts logs")
    project.compose("run", "--rm", "prepare")
    service = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", "car-price-api", "-euc", WRITE)
    assert owner is None or "mine" in project.compose(*service)
    project.compose(*service)
    found = as_user(
        project, USER, "cat artifacts/models/v1/manifest.json logs/running_logs.log; rm -r artifacts/* logs/*"
    )
    assert found.splitlines()[0] == "model"
