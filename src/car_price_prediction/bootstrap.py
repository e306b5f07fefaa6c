"""The composition root: the only place that reads the environment and builds things out of settings."""

from __future__ import annotations

import os
from pathlib import Path

from .package.contents import read_contents
from .package.store import ModelStore
from .pricing.valuer import Valuer
from .settings import Settings, read_settings, written_settings


def settings_from_environment() -> Settings:
    """Read the settings from this process's environment.

    Raises
    ------
    SettingsError
        Where a variable is unknown or cannot be used.
    """
    return read_settings(os.environ)


def environment_with(settings: Settings) -> dict[str, str]:
    """Return this process's environment with exactly these settings in it, for a child process to read."""
    return written_settings(settings, os.environ)


def current_valuer(artifacts: Path) -> Valuer:
    """Return the valuer of the current model of an artifacts folder.

    Raises
    ------
    NoModelError
        Where there is none yet.
    PackageError
        Where it is damaged.
    """
    store = ModelStore(artifacts)
    return Valuer(read_contents(store.load(store.current_version())))
