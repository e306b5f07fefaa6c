"""One run on this machine: MLflow, the API and page, and a model for them, from start to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from car_price_prediction.domain.errors import LocalRunError

from .children import Children, StopRequested
from .plan import MLFLOW_ENVIRON, Commands, Plan
from .ports import reachable_host
from .probe import State, ask
from .signals import StopRequests
from .wanted import why_train

MLFLOW_START_S = 90.0
API_START_S = 60.0

Say = Callable[[str], None]


def run_session(plan: Plan, commands: Commands, environ: Mapping[str, str], say: Say) -> None:
    """Start everything, stay until somebody asks to stop, stop everything.

    Parameters
    ----------
    plan : Plan
        Already checked: see `checks.find_problems`.
    commands : Commands
        Of the plan: see `plan.commands_of`.
    environ : mapping of str to str
        The environment of the children, with the plan's `running_settings`.
    say : callable
        Gets each line for the user.

    Raises
    ------
    LocalRunError
        Where something cannot start, or ends by itself; everything is stopped by then.
    """
    with StopRequests() as requests:
        try:
            with Children(requests, environ) as children:
                _start(plan, commands, children, say)
                say("Ctrl-C stops everything")
                children.wait(lambda: False)
        except StopRequested:
            say("stopped")


def run_training(plan: Plan, commands: Commands, environ: Mapping[str, str], say: Say) -> None:
    """Train where there is no such model as the plan asks for, and start nothing.

    Parameters
    ----------
    plan, commands, environ, say
        As `run_session` takes them.

    Raises
    ------
    LocalRunError
        Where training fails.
    """
    reason = why_train(plan)
    if not reason:
        say("the model that is there will do")
        return
    say(f"training: {reason}")
    with StopRequests() as requests:
        try:
            with Children(requests, environ) as children:
                _train(plan, commands, children, say)
        except StopRequested:
            say("stopped")


def _start(plan: Plan, commands: Commands, children: Children, say: Say) -> None:
    settings, logs = plan.settings, plan.settings.logs
    # The API first: it says why it is not ready yet from its first second on, and never waits for MLflow.
    children.start("the API", commands.serve, log=logs / "running_logs.log")
    if plan.own_mlflow:
        children.start("MLflow", commands.mlflow, log=logs / "mlflow.log", environ=MLFLOW_ENVIRON)
    reason = why_train(plan)
    if reason:
        say(f"training: {reason}")
        _train(plan, commands, children, say)
    _wait_for_api(plan, children)
    address = f"http://{reachable_host(settings.host)}:{settings.port}"
    say(f"page      {address}/")
    say(f"API       {address}/predict/price   (docs: {address}/api/docs)")
    if plan.own_mlflow:
        say(f"MLflow    {plan.mlflow_url}/")
    else:
        say(f"MLflow    {plan.mlflow_url}   (from MLFLOW_TRACKING_URI; none was started)")
    say(f"logs      {logs}/")


def _train(plan: Plan, commands: Commands, children: Children, say: Say) -> None:
    if not plan.data:
        plan.sample_file.parent.mkdir(parents=True, exist_ok=True)
        children.run("making the sample market", commands.sample)
    if not children.wait(lambda: _mlflow_is_up(plan), timeout_s=MLFLOW_START_S):
        say(f"MLflow does not answer after {MLFLOW_START_S:.0f} s: training goes on without it")
    children.run("training", commands.train)


def _mlflow_is_up(plan: Plan) -> bool:
    if plan.own_mlflow:
        return ask("127.0.0.1", plan.settings.mlflow_port, "/health").code == 200
    # Started together with this program, as in a compose file, it may take some seconds as well.
    server = urlsplit(plan.settings.mlflow_tracking_uri or "")
    if server.scheme != "http" or plan.serves:
        return True
    return ask(server.hostname or "", server.port or 80, f"{server.path.rstrip('/')}/health").code == 200


def _wait_for_api(plan: Plan, children: Children) -> None:
    host, port, log = reachable_host(plan.settings.host), plan.settings.port, plan.settings.logs / "running_logs.log"
    last = State(0)

    def is_ready() -> bool:
        nonlocal last
        last = ask(host, port, "/info/status")
        return last.code == 200

    if not children.wait(is_ready, timeout_s=API_START_S):
        why = last.reason or (f"it answers {last.code}" if last.code else "it does not answer")
        raise LocalRunError(f"the API is not ready after {API_START_S:.0f} s: {why}", hint=f"its log is {log}")
