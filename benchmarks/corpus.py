"""What a whole corpus costs, and how that grows: ``python benchmarks/corpus.py FOLDER-OR-ARCHIVE``.

For each of ``--sizes`` the first so many articles are built with ``kg build`` on all cores, into a temporary
folder; then again with nothing changed, and again after one article has changed. In the same run pyoxigraph
alone loads the N-Quads that the build exported. Memory is sampled from /proc, so this wants Linux.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.model import Document
from kg.sources import Sources

SIZES = (5_000, 20_000, 69_077)
SAMPLED = 0.1  # seconds between two looks at the memory
STORE = ("extract", "merge", "load")  # the stages of a build that end in a store to be queried
CHANGED = "\nเพิ่มเติมจากข่าวเดิม\n".encode()

Figures = dict[str, float]


@dataclass
class Memory:
    """Peaks in bytes: of the process that builds, and of it and its workers together (shared pages twice)."""

    parent: int = 0
    all: int = 0

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Sample until the process has ended."""
        while process.poll() is None:
            own, *others = [_status(each) for each in _family(process.pid)]
            self.parent = max(self.parent, own.get("VmHWM", 0))
            self.all = max(self.all, sum(each.get("VmRSS", 0) for each in (own, *others)))
            time.sleep(SAMPLED)


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _status(pid: int) -> dict[str, int]:
    """The sizes in the status of a process, in bytes; {} when it is gone."""
    with suppress(OSError):
        rows = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return {row[0][:-1]: int(row[1]) * 1024 for row in rows if row[-1] == "kB"}
    return {}


def build(articles: Path, folder: Path) -> tuple[float, Memory, Mapping[str, float], int]:
    """Run ``kg build``: its seconds, memory, seconds by stage, and how many articles the graph has."""
    places = ("--store", folder / "store", "--exports", folder / "exports")
    command = [sys.executable, "-m", "kg", "build", *map(str, (articles, *places))]
    memory = Memory()
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        watcher = threading.Thread(target=memory.watch, args=(process,))
        watcher.start()
        status = process.wait()
        seconds = time.monotonic() - start
        watcher.join()
    if status == 2:
        sys.exit("kg build failed")
    report = json.loads((folder / "store" / "report.json").read_text("utf-8"))
    return seconds, memory, report["seconds"], report["articles"]


def loaded(quads: Path, folder: Path) -> float:
    """Seconds that pyoxigraph alone takes for the same N-Quads."""
    start = time.monotonic()
    store = ox.Store(str(folder / "alone"))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.flush()
    return time.monotonic() - start


def size(path: Path) -> int:
    """Bytes of a file, or of all files under a folder."""
    return sum(each.stat().st_size for each in [path, *path.rglob("*")] if each.is_file())


def measure(articles: Path, folder: Path) -> Figures:
    """The figures of one size, by what a reader calls them."""
    whole, memory, stages, count = build(articles, folder)
    exported = folder / "exports" / "graph.nq"
    with exported.open("rb") as file:
        quads = sum(1 for _ in file)
    alone = loaded(exported, folder)
    again, *_ = build(articles, folder)
    changed = min(articles.iterdir())
    title, _, rest = changed.read_bytes().partition(b"\n")
    changed.write_bytes(title + CHANGED + rest)
    after, *_ = build(articles, folder)
    changed.write_bytes(title + b"\n" + rest)
    (snapshot,) = (folder / "store").glob("snapshot-*")
    ready = sum(stages[stage] for stage in STORE)
    return {
        "articles in the graph": count,
        "quads": quads,
        "articles a second, files to store": count / ready,
        **{f"seconds: {stage}": seconds for stage, seconds in stages.items()},
        "seconds: whole build": whole,
        "seconds: build again, nothing changed": again,
        "seconds: build again, one article changed": after,
        "quads a second: load": quads / stages["load"],
        "quads a second: pyoxigraph alone": quads / alone,
        "rate of loading to pyoxigraph's": alone / stages["load"],
        "MB of memory: parent": memory.parent / 1e6,
        "MB of memory: with workers": memory.all / 1e6,
        "MB on disk: quads": size(snapshot / "quads") / 1e6,
        "MB on disk: search index": (size(snapshot) - size(snapshot / "quads")) / 1e6,
        "MB on disk: extractions": size(folder / "store" / "extractions.sqlite") / 1e6,
        "MB on disk: exports": size(folder / "exports") / 1e6,
    }


def table(measured: Mapping[int, Figures]) -> Iterator[str]:
    """Markdown: a row for each figure, a column for each size, with the ratio to the first."""
    sizes = list(measured)
    yield "| documents | " + " | ".join(f"{each:,}" for each in sizes) + " | growth |"
    yield "| --- |" + " ---: |" * (len(sizes) + 1)
    yield "| documents, to the smallest | " + " | ".join(_times(each / sizes[0]) for each in sizes) + " | |"
    for name, first in measured[sizes[0]].items():
        values = [measured[each][name] for each in sizes]
        growth = ", ".join(_times(value / first) for value in values[1:] if first)
        yield f"| {name} | {' | '.join(map(_figure, values))} | {growth} |"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _times(ratio: float) -> str:
    return f"× {ratio:.3g}"


def main() -> None:
    """Build each size from the smallest on, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="a folder of articles, or an archive of them")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="default: %(default)s")
    arguments = parser.parse_args()
    documents = (each for each in Sources([arguments.corpus]) if isinstance(each, Document))
    measured: dict[int, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles"
        articles.mkdir()
        written = 0
        for wanted in sorted(arguments.sizes):
            while written < wanted and (document := next(documents, None)):
                (articles / f"{written:09}.txt").write_bytes(document.data)
                written += 1
            if written not in measured:
                with tempfile.TemporaryDirectory(dir=folder) as fresh:
                    measured[written] = measure(articles, Path(fresh))
                print(f"{written} documents: {measured[written]}", file=sys.stderr, flush=True)
    print(f"{len(os.sched_getaffinity(0))} cores")
    print("\n".join(table(measured)))


if __name__ == "__main__":
    main()
