"""Builds that are stopped: killed, interrupted, without space, without leave to write, two at a time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import corpora
from nursery import nursery

from kg.errors import KgError
from kg.extract import describe, each
from kg.model import Skip
from kg.store import Store

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


def gone(leader: int) -> bool:
    """Whether all processes of a session end soon."""
    until = time.monotonic() + 20
    while session(leader) and time.monotonic() < until:
        time.sleep(0.02)
    return not session(leader)


def described(articles: Path) -> bytes:
    """The graph of a folder, drawn here and now."""
    found = each([articles], describe)
    lines = {line for told in found if not isinstance(told, Skip) for line in told[1]}
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def test_a_build_that_is_killed_at_any_moment_goes_on_to_the_same_graph(tmp_path: Path) -> None:
    """Readers see the old graph whole until the new one is, and no worker outlives its build.

    The articles change each time that the graph has come to be theirs: all of them, or a few, of which the
    new snapshot is made by sharing files.
    """
    chance = random.Random(20)
    articles, out = tmp_path / "articles", tmp_path / "out"
    corpora.folder(articles, range(SIZE), edition=0)
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
            assert found == described(articles)
            graph, edition, window = found, edition + 1, window / 1.4
            corpora.folder(articles, range(FEW if edition % 4 else SIZE), edition)
    assert edition > 1
    assert built(articles, out) == built(articles, tmp_path / "whole")
    assert all(map(gone, leaders))
