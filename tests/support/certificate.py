"""A certificate for localhost, signed by itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def make_certificate(folder: Path) -> Path:
    """Return a file with a certificate and its key that everybody may read. Skips where openssl is not there."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost")
    command = ["openssl", "req", "-x509", *new, "-keyout", str(folder / "key"), "-out", str(folder / "crt")]
    subprocess.run(command, check=True, capture_output=True)
    whole = folder / "whole.pem"
    whole.write_text((folder / "crt").read_text() + (folder / "key").read_text())
    whole.chmod(0o644)
    return whole
