"""Where the work runs: processes that die, and a Dask cluster."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import corpora
from servers import free_port

from kg.cache import FILE
from kg.engine import Engine

ROOT = Path(__file__).parent.parent
POISON = 57


def double(batch: Sequence[int]) -> list[int]:
    """The work of the tests; one number kills its process each time."""
    if POISON in batch:
        os._exit(1)
    return [2 * each for each in batch]


def double_once(batch: Sequence[tuple[int, str]]) -> list[int]:
    """The same, but the process is killed the first time only."""
    for number, mark in batch:
        if number == POISON and not Path(mark).exists():
            Path(mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [2 * number for number, _ in batch]


def batches(size: int = 100) -> Iterator[list[int]]:
    for start in range(0, size, 5):
        yield list(range(start, start + 5))


def results(found: Iterator[list[int]]) -> list[int]:
    return sorted(each for some in found for each in some)


def test_one_item_that_kills_its_worker_costs_no_other() -> None:
    """It is told apart, whatever else was under way, and what comes after it is done too."""
    with Engine(workers=2) as engine:
        found = results(engine.map(double, batches(), lambda item: [-item]))
    assert found == sorted([-POISON, *(2 * each for each in range(100) if each != POISON)])


def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    """As the system does where memory is short: its work is done again."""
    mark = str(tmp_path / "killed")
    work = ([(each, mark) for each in batch] for batch in batches())
    with Engine(workers=2) as engine:
        found = results(engine.map(double_once, work, lambda item: [-item[0]]))
    assert Path(mark).exists()
    assert found == [2 * each for each in range(100)]


@contextmanager
def cluster(
    folder: Path, tree: Path = ROOT
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]], subprocess.Popen[bytes]]]:
    """A Dask scheduler with two workers that have the kg in ``tree``: its address, the workers, itself."""
    dask = [sys.executable, "-m", "dask"]
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as held, (folder / "log").open("wb") as log:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            command = [*dask, *arguments, "--no-dashboard", "--host", "127.0.0.1"]
            process = held.enter_context(
                subprocess.Popen(
                    command,
                    cwd=folder,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "PYTHONPATH": str(tree)},
                )
            )
            held.callback(process.kill)
            return process

        scheduler = start("scheduler", "--port", str(port))
        workers = [start("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
        yield address, workers, scheduler


def built(articles: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    to = ["--store", str(out / "store"), "--exports", str(out / "exports")]
    command = [sys.executable, "-m", "kg", "build", str(articles), *to, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def extracted(store: Path) -> int:
    """How many articles are kept there by now."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{store / FILE}?mode=ro", uri=True)) as rows:
        ((count,),) = rows.execute("SELECT count(*) FROM extraction")
        return int(count)
    return 0


def ended(run: subprocess.Popen[bytes]) -> str:
    """What a build that went well printed on stderr."""
    _, err = run.communicate(timeout=120)
    assert run.returncode == 0, err.decode()
    return err.decode()


def test_a_cluster_builds_the_same_graph_even_where_it_loses_a_worker(tmp_path: Path) -> None:
    """One of two workers is killed midway; a lost scheduler is one line, and the next build goes on."""
    articles = corpora.folder(tmp_path / "articles", range(160))
    here, there, later = tmp_path / "here", tmp_path / "there", tmp_path / "later"
    with cluster(tmp_path) as (address, workers, scheduler):
        alone = built(articles, here, "--workers", "1")
        run = built(articles, there, "--scheduler", address)
        while extracted(there / "store") == 0:
            assert run.poll() is None, run.communicate()[1].decode()
            time.sleep(0.01)
        workers[0].kill()
        ended(run)
        ended(alone)
        graph = (here / "exports" / "graph.nq").read_bytes()
        assert (there / "exports" / "graph.nq").read_bytes() == graph
        run = built(articles, later, "--scheduler", address)
        while extracted(later / "store") == 0:
            assert run.poll() is None, run.communicate()[1].decode()
            time.sleep(0.005)
        scheduler.kill()
        _, err = run.communicate(timeout=120)
        assert run.returncode == 2, err.decode()
        assert err.decode().startswith(f"kg: lost the Dask scheduler: {address}: ")
        assert err.count(b"\n") == 1, err.decode()
        assert extracted(later / "store") < 160
        ended(built(articles, later, "--workers", "1"))
        assert (later / "exports" / "graph.nq").read_bytes() == graph


def test_a_worker_with_another_kg_is_told_in_one_line(tmp_path: Path) -> None:
    """What it draws would be kept as if this kg had drawn it."""
    tree = tmp_path / "tree"
    for name in ("kg", "data", "ontology"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (tree / "kg" / "relate.py").open("a", encoding="utf-8") as file:
        file.write("# newer\n")
    articles = corpora.folder(tmp_path / "articles", range(3))
    with cluster(tmp_path, tree) as (address, *_):
        run = built(articles, tmp_path / "out", "--scheduler", address)
        _, err = run.communicate(timeout=120)
    assert run.returncode == 2, err.decode()
    assert err.decode().startswith("kg: another kg on the worker ")
    assert err.count(b"\n") == 1, err.decode()
    assert extracted(tmp_path / "out" / "store") == 0
