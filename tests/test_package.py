"""The wheel: what a person installs who has no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from conftest import ARTICLES

ROOT = Path(__file__).parent.parent


def test_the_wheel_builds_the_same_graph_as_the_checkout(sample: Path, tmp_path: Path) -> None:
    """The ontology, the data and the parts of the page come with the package."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    command = [sys.executable, "-m", "kg", "build", str(ARTICLES), "--store", "store", "--exports", "exports"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True)
    for path in (sample / "exports").iterdir():
        assert (tmp_path / "exports" / path.name).read_bytes() == path.read_bytes()
