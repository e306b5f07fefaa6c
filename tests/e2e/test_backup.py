"""What a backup holds comes back, after everything was lost."""

import shutil
import subprocess
import sys
from pathlib import Path

from support.stack import ROOT, docker


def make(stack, *words):
    compose = f"{Path(sys.prefix) / 'bin' / 'docker-compose'} -p {stack.name} -f docker-compose.yml -f override.yml"
    command = ["make", "-f", str(ROOT / "Makefile"), *words, f"COMPOSE={compose}"]
    found = subprocess.run(command, cwd=stack.folder, env=stack.environ, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_models_and_runs_come_back(well):
    version, runs = well.ask("/info/status")[1]["model_version"], well.runs()
    make(well, "backup", "BACKUP=kept/backup.tar.gz")
    well.compose("down", "--volumes")
    docker("run", "--rm", "-u", "0:0", "-v", f"{well.folder}:/project", "--entrypoint", "rm", "car-price-prediction",
           "-rf", "/project/artifacts")  # fmt: skip
    shutil.rmtree(well.folder / "artifacts", ignore_errors=True)
    make(well, "restore", "BACKUP=kept/backup.tar.gz")
    assert well.wait_until_priced()["model_version"] == version
    well.wait_until_tracked()
    assert well.runs() == runs
