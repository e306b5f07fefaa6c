"""Compiles the evaluation of trees into the wheel where a compiler is; else LightGBM's library does its work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src", "car_price_prediction", "package")
OPTIONS = ("-O3", "-shared", "-fPIC")


class CompileTrees(BuildHookInterface[Any]):
    """Makes ``_trees.so`` beside ``_trees.c``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and mark the wheel as one for this platform."""
        compiler = shutil.which(os.environ.get("CC", "cc"))
        source, target = (Path(self.root) / FOLDER / name for name in ("_trees.c", "_trees.so"))
        target.unlink(missing_ok=True)
        if compiler is None:
            self.app.display_warning("no C compiler is here: LightGBM's library will evaluate the trees")
            return
        done = subprocess.run([compiler, *OPTIONS, str(source), "-o", str(target)], check=False)
        if done.returncode:
            self.app.display_warning("the trees cannot be compiled: LightGBM's library will evaluate them")
            target.unlink(missing_ok=True)
            return
        build_data["artifacts"].append(str(FOLDER / "_trees.so"))
        if version != "editable":
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"], build_data["tag"] = False, f"py3-none-{platform}"
