"""Three replicas behind the balancer lose no request that could be saved, whatever happens to one of them."""

import http.client
import shutil
import signal
import ssl
import time

import pytest

from car_price_prediction.package.store import ModelStore
from support.certificate import make_certificate
from support.scaled import BODY, HEADERS, ScaledStack, load, signal_all
from support.stack import docker, wait_until
from support.versions import copy_version
from support.web import FABIA

MOST_FAILED = 0.001
BROKEN = 'CMD ["serve", "--no-such-option"]'


@pytest.fixture(scope="module")
def scaled(stack, tmp_path_factory):
    """A deployment of its own with the first one's model."""
    found = ScaledStack(tmp_path_factory.mktemp("scaled"))
    shutil.copytree(stack.folder / "artifacts", found.folder / "artifacts")
    try:
        found.environ["IMAGE_TAG"] = found.image('LABEL e2e="first"')
        found.compose("up", "-d", "car-price-api", "load-balancer")
        found.wait_until_all_ready()
        yield found
    finally:
        found.remove()


@pytest.fixture
def well(scaled):
    scaled.wait_until_all_ready()
    yield scaled
    scaled.wait_until_all_ready()


def told(what, seen):
    print(f"\n{what}: {seen}")  # noqa: T201 - a figure for whoever reads


def images(stack):
    return [stack.inspect(container)["Config"]["Image"].rpartition(":")[2] for container in stack.replicas()]


def test_each_replica_has_a_port_and_all_share_one(well):
    ports = [well.port_of(container) for container in well.replicas()]
    assert ports == well.replica_ports
    versions = {well.ask("/info/status", port=port)[1]["model_version"] for port in (*ports, well.balancer)}
    assert len(versions) == 1
    assert well.ask("/predict/price", FABIA)[0] == 200
    assert well.ask("/health", port=well.statistics)[0] == 200
    wait_until(lambda: well.health(f"{well.name}-load-balancer-1") == "healthy", 30, "the balancer is healthy")


def test_a_new_model_answers_everywhere_within_two_seconds(well):
    store = ModelStore(well.folder / "artifacts")
    ports = [well.port_of(container) for container in well.replicas()]
    before = store.current_version()
    new = copy_version(store, store.load(before), 1)
    for version in (new, before):
        store.set_current(version, why="a test")
        since = time.monotonic()
        wait_until(
            lambda version=version: (
                {well.ask("/info/status", port=port)[1]["model_version"] for port in ports} == {version}
            ),
            10,
            "every replica has it",
        )
        told("a model change on three replicas", f"{time.monotonic() - since:.1f} s")


@pytest.mark.parametrize(("what", "number"), [("killed", signal.SIGKILL), ("stopped", signal.SIGSTOP)])
def test_a_replica_that_crashes_or_hangs_costs_next_to_nothing(well, what, number):
    victim = well.replicas()[0]
    before = well.inspect(victim)["RestartCount"]
    with load(well.balancer) as seen:
        time.sleep(2)
        signal_all(well, victim, number)
        wait_until(lambda: well.inspect(victim)["RestartCount"] > before, 60, "it is restarted")
        well.wait_until_all_ready()
        time.sleep(2)
    told(f"a replica {what}", seen)
    assert seen.share_failed < MOST_FAILED, seen.failed[:5]


def test_a_replica_that_is_restarted_costs_nothing(well):
    with load(well.balancer) as seen:
        time.sleep(1)
        docker("restart", well.replicas()[1])
        well.wait_until_all_ready()
        time.sleep(2)
    told("a replica restarted", seen)
    assert seen.failed == []


def test_a_rollout_costs_nothing_and_keeps_ports(well):
    tag, before = well.image('LABEL e2e="new"'), well.replicas()
    with load(well.balancer) as seen:
        since = time.monotonic()
        with well.rollout(IMAGE_TAG=tag) as rollout:
            said = rollout.communicate(timeout=300)[1]
        took_s = time.monotonic() - since
        time.sleep(2)
    told(f"a rollout in {took_s:.0f} s", seen)
    assert rollout.returncode == 0, said
    assert seen.failed == []
    assert images(well) == [tag] * 3
    assert set(well.replicas()).isdisjoint(before)
    assert [well.port_of(container) for container in well.replicas()] == well.replica_ports


def test_a_rollout_of_a_broken_image_goes_back_by_itself(well):
    before, tag = well.replicas(), images(well)[0]
    docker("tag", f"car-price-prediction:{well.image(BROKEN)}", f"car-price-prediction:{tag}")
    with load(well.balancer) as seen, well.rollout(IMAGE_TAG=tag) as rollout:
        said = rollout.communicate(timeout=300)[1]
    told("a rollout of a broken image", seen)
    assert rollout.returncode == 1
    assert "No such option" in said
    assert seen.failed == []
    assert well.replicas() == before
    assert well.inspect(f"car-price-prediction:{tag}")["Id"] == well.inspect(before[0])["Image"]


def test_a_rollout_that_is_interrupted_puts_back_what_it_replaced(well):
    before = well.replicas()
    with load(well.balancer) as seen, well.rollout(IMAGE_TAG=well.image('LABEL e2e="newer"')) as rollout:
        wait_until(lambda: len(set(well.replicas()) - set(before)) == 1, 60, "one is replaced")
        well.wait_until_all_ready()
        rollout.send_signal(signal.SIGTERM)
        said = rollout.communicate(timeout=300)[1]
    told("a rollout that was interrupted", seen)
    assert rollout.returncode == 1, said
    assert seen.failed == []
    assert well.replicas() == before


def test_a_certificate_makes_the_balancer_speak_tls_and_nothing_else(well, tmp_path):
    certificate = make_certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(certificate))
    well.environ["TLS_CERTIFICATE"] = str(certificate)
    try:
        well.compose("up", "-d", "--no-deps", "load-balancer")
        well.wait_until_all_ready()
        connection = http.client.HTTPSConnection("localhost", well.balancer, timeout=20, context=context)
        connection.request("POST", "/predict/price", BODY, HEADERS)
        assert connection.getresponse().status == 200
        connection.close()
        assert well.ask("/health/ready")[0] == 0
    finally:
        del well.environ["TLS_CERTIFICATE"]
        well.compose("up", "-d", "--no-deps", "load-balancer")
