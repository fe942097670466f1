"""Builds that are stopped: killed, interrupted, without space, without leave to write, two at a time."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import corpora
import pytest
from nursery import nursery

from kg.build import build
from kg.cache import FILE
from kg.errors import KgError
from kg.store import Store, writing

KILLS = 20
SIZE, FEW = 70, 10  # articles


def arguments(articles: Path, out: Path, *more: str) -> list[str]:
    """A build into the folders ``store`` and ``exports`` of ``out``, by two workers."""
    to = ["--store", str(out / "store"), "--exports", str(out / "exports")]
    return ["build", str(articles), *to, "--workers", "2", *more]


def kg(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def built(articles: Path, out: Path) -> bytes:
    """The graph of a build that runs to its end."""
    run = kg(*arguments(articles, out))
    assert run.returncode == 0, run.stderr
    return (out / "exports" / "graph.nq").read_bytes()


def readable(store: Path) -> bytes | None:
    """What a reader finds in ``store`` now; None: no graph yet."""
    try:
        return b"".join(f"{line}\n".encode() for line in Store.open(store).lines())
    except KgError as error:
        assert str(error).startswith("no store: ")
        return None


def session(leader: int) -> list[int]:
    """The processes that are left of the session of ``leader``, without the dead."""
    left = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(folder.name)) == leader and ") Z " not in (folder / "stat").read_text():
                left.append(int(folder.name))
    return left


def rows(store: Path) -> int:
    """How many extractions are kept in a store."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{store / FILE}?mode=ro", uri=True)) as cache:
        ((count,),) = cache.execute("SELECT count(*) FROM extraction")
        return int(count)
    return 0


def gone(leader: int) -> bool:
    """Whether all processes of a session end soon."""
    until = time.monotonic() + 20
    while session(leader) and time.monotonic() < until:
        time.sleep(0.02)
    return not session(leader)


def test_a_build_that_is_killed_at_any_moment_goes_on_to_the_same_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers see the old graph whole until the new one is, and no worker outlives its build.

    The articles change each time that the graph has come to be theirs: all of them, or a few, of which the
    new snapshot is made by sharing files.
    """
    chance = random.Random(20)
    articles, out, quiet = tmp_path / "articles", tmp_path / "out", tmp_path / "quiet"
    corpora.folder(articles, range(SIZE), edition=0)
    monkeypatch.setattr("kg.export.export", lambda *_: ())
    graph, edition, leaders, killed = None, 0, [], 0
    window = 1.0  # seconds: as long as half of the builds need, on this machine now
    with nursery() as builds:
        while killed < KILLS:
            leaders.append(builds.start(*arguments(articles, out)))
            killed += builds.end(leaders[-1], after=chance.uniform(0, window))
            found = readable(out / "store")
            if found == graph:
                window *= 1.2
                continue
            build([articles], quiet / "store", quiet / "exports", workers=1)
            assert found == readable(quiet / "store")
            graph, edition, window = found, edition + 1, window / 1.4
            corpora.folder(articles, range(FEW if edition % 4 else SIZE), edition)
    assert edition > 1
    assert built(articles, out) == built(articles, tmp_path / "whole")
    assert all(map(gone, leaders))


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, of so many megabytes; the test is skipped where none may be mounted."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def complaint(stderr: str) -> str:
    """What a build wrote on stderr, without the lines that tell how far it is."""
    return re.sub(r"^\w+: \d+ %, .*\n", "", stderr, flags=re.MULTILINE)


def told(run: subprocess.CompletedProcess[str], begin: str) -> None:
    """Hold a command to have failed with one line that begins so."""
    assert run.returncode == 2, run.stderr
    assert complaint(run.stderr).startswith(f"kg: {begin}"), run.stderr
    assert complaint(run.stderr).count("\n") == 1, run.stderr


def test_a_full_disk_is_one_line_and_the_old_graph_still_answers(tmp_path: Path) -> None:
    """Whatever is being written when there is no more space; with space the build goes on."""
    articles = corpora.folder(tmp_path / "articles", range(20))
    with small_disk(tmp_path / "disk", 24) as disk:
        built(articles, disk)
        before = readable(disk / "store")
        corpora.folder(articles, range(120), edition=2)
        for room in (100, 400, 1500):  # kilobytes
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            (disk / "filler").write_bytes(b"0" * (free - room * 1024))
            run = kg(*arguments(articles, disk))
            told(run, "cannot ")
            assert "No space left on device" in run.stderr or "is full" in run.stderr
            assert readable(disk / "store") == before
            (disk / "filler").unlink()
        assert built(articles, disk) == readable(disk / "store") != before


def test_a_limit_on_the_size_of_files_is_told_as_a_full_disk_is(tmp_path: Path) -> None:
    """As a quota or `ulimit -f` sets it."""
    articles = corpora.folder(tmp_path / "articles", range(120))
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({1 << 16}, {1 << 16}))"
    program = f"import sys; from kg.cli import main; {limit}; sys.exit(main())"
    command = [sys.executable, "-c", program, *arguments(articles, tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    told(run, "cannot ")
    assert readable(tmp_path / "store") is None


def test_a_disk_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    """The graph that is there still answers."""
    articles = corpora.folder(tmp_path / "articles", range(10))
    with small_disk(tmp_path / "disk", 24) as disk:
        built(articles, disk)
        before = readable(disk / "store")
        corpora.folder(articles, range(20))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        told(kg(*arguments(articles, disk)), "cannot ")
        told(kg(*arguments(articles, disk / "new")), f"cannot write the store: {disk}/new/store: ")
        assert readable(disk / "store") == before


def test_a_file_in_the_place_of_a_folder_is_one_line(tmp_path: Path) -> None:
    """Neither the store nor the exports can be there."""
    articles = corpora.folder(tmp_path / "articles", range(2))
    (tmp_path / "store").touch()
    told(kg(*arguments(articles, tmp_path)), f"cannot write the store: {tmp_path}/store: ")
    (tmp_path / "store").unlink()
    (tmp_path / "exports").touch()
    told(kg(*arguments(articles, tmp_path)), f"cannot write the exports: {tmp_path}/exports: ")


def test_a_broken_cache_is_one_line_that_tells_how_to_go_on(tmp_path: Path) -> None:
    """It may be removed at any time: what is in it can be extracted again."""
    articles = corpora.folder(tmp_path / "articles", range(2))
    (tmp_path / "store").mkdir()
    cache = tmp_path / "store" / "extractions.sqlite"
    cache.write_bytes(b"no database" * 1000)
    told(kg(*arguments(articles, tmp_path)), f"cannot keep extractions: {cache}: ")
    cache.unlink()
    assert built(articles, tmp_path)


def test_a_second_build_of_one_store_is_refused_at_once(tmp_path: Path) -> None:
    """The first goes on undisturbed, and the second does not wait."""
    articles = corpora.folder(tmp_path / "articles", range(5))
    with writing(tmp_path / "store"):
        begin = time.monotonic()
        told(kg(*arguments(articles, tmp_path)), f"store in use: {tmp_path}/store: ")
        assert time.monotonic() - begin < 20
    assert built(articles, tmp_path)


def test_an_interrupt_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    """Ctrl-C reaches the workers too, which end without a word."""
    articles = corpora.folder(tmp_path / "articles", range(3000))
    command = [sys.executable, "-m", "kg", *arguments(articles, tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        while not (kept := rows(tmp_path / "store")):
            assert run.poll() is None
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGINT)
        try:
            _, error = run.communicate(timeout=60)
        finally:
            run.kill()
    assert (run.returncode, complaint(error)) == (2, "kg: stopped\n")
    assert gone(run.pid)
    assert kept <= rows(tmp_path / "store") < 3000
