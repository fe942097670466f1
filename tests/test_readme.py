"""The README's examples: each command in a ``console`` block is run, and gives what stands below it.

After a change of the rules, ``KG_README=write pytest tests/test_readme.py`` writes the new output.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ARTICLES

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def test_the_examples_give_what_the_readme_shows(tmp_path: Path) -> None:
    """The commands run in their order in a folder that holds data/articles alone."""
    shutil.copytree(ARTICLES, tmp_path / "data" / "articles")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    readme = README.read_text(encoding="utf-8")

    def run(block: re.Match[str]) -> str:
        shown = []
        for command in re.findall(r"^\$ (.*)", block[0], re.MULTILINE):
            done = subprocess.run(
                command,
                shell=True,
                cwd=tmp_path,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                encoding="utf-8",
            )
            shown.append(f"$ {command}\n{done.stdout}{done.stderr}")
        return "\n".join(shown)

    assert len(_BLOCK.findall(readme)) > 5
    actual = _BLOCK.sub(run, readme)
    if os.environ.get("KG_README") == "write":
        README.write_text(actual, encoding="utf-8")
    assert actual == readme


def test_the_files_that_the_readme_names_are_there() -> None:
    """Paths in the README, and the picture."""
    readme = README.read_text(encoding="utf-8")
    named = re.findall(r"`((?:kg|data|ontology|tests|docs|benchmarks)/[a-z./_-]*)`|\]\(([^)]+)\)", readme)
    modules = re.findall(r"`([a-z]+\.py)`", readme)
    assert named
    assert modules
    for path in [*(first or second for first, second in named), *(f"kg/{name}" for name in modules)]:
        assert (README.parent / path).exists(), path
