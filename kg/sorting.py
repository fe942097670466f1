"""Lines sorted on disk, so that memory does not grow with their number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

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
        if not runs:
            yield from sorted(set(held))
            return
        runs.append(_written(held, scratch / str(len(runs))))
        files = [stack.enter_context(path.open(encoding="utf-8", newline="\n")) for path in runs]
        yield from _merged(files, max(1, run // len(files)))


def _written(lines: list[str], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in sorted(set(lines)))
    return path


def _merged(files: Sequence[TextIO], size: int) -> Iterator[str]:
    """The lines of sorted files, about ``size`` code points of each at a time.

    What is read goes out as far as no file can hold a smaller line any more: to sort that at once is much
    quicker than to compare line by line.
    """
    blocks: dict[TextIO, list[str]] = {file: [] for file in files}
    while True:
        for file in [file for file, block in blocks.items() if not block]:
            blocks[file] = [line[:-1] for line in file.readlines(size)]
            if not blocks[file]:
                del blocks[file]
        if not blocks:
            return
        last = min(block[-1] for block in blocks.values())
        due: set[str] = set()
        for file, block in blocks.items():
            end = bisect_right(block, last)
            due.update(block[:end])
            blocks[file] = block[end:]
        yield from sorted(due)
