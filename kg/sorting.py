"""Lines sorted on disk, so that memory does not grow with their number."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

_RUN = 16_000_000  # code points sorted in memory: about 100 MB


def sorted_lines(lines: Iterable[str], folder: Path, run: int = _RUN) -> Iterator[str]:
    """``lines``, which hold no newline, sorted by code points and each once.

    What is more than ``run`` code points goes to temporary files in ``folder``, gone at the end.
    """
    with ExitStack() as stack:
        runs: list[Path] = []
        held: list[str] = []
        size = 0
        for line in lines:
            held.append(line)
            size += len(line)
            if size >= run:
                if not runs:
                    scratch = Path(stack.enter_context(TemporaryDirectory(dir=folder, prefix=".sort-")))
                runs.append(_written(held, scratch / str(len(runs))))
                held, size = [], 0
        held.sort()
        sources: list[Iterable[str]] = [held]
        for path in runs:
            file = stack.enter_context(path.open(encoding="utf-8", newline="\n"))
            sources.append(line[:-1] for line in file)
        for line, _ in groupby(heapq.merge(*sources)):
            yield line


def _written(lines: list[str], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in sorted(set(lines)))
    return path
