"""What a build tells of itself: how far it is, on a terminal and in a log, and its report."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import sys
import threading
from contextlib import suppress
from pathlib import Path

import corpora
import pytest

from kg.cli import main
from kg.progress import Progress

STAGES = {"extract", "load", "check"}
SILENT = {"merge", "index", "export", "count"}
LINE = re.compile(r"(\w+): (\d+) %, (\d+) articles, \d+ a second(?:, (?:\d+:)?\d+:\d\d left)?")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds tell how far they are from their first moment on, and each time that they may."""
    for name in ("_QUIET", "_TERMINAL", "_LOG"):
        monkeypatch.setattr(Progress, name, 0.0)


def built(tmp_path: Path, size: int = 150) -> int:
    articles = corpora.folder(tmp_path / "articles", range(size))
    (articles / "empty.txt").touch()
    to = ["--store", str(tmp_path / "store"), "--exports", str(tmp_path / "exports")]
    return main(["build", str(articles), *to, "--workers", "1"])


def steps(lines: list[str]) -> list[tuple[str, int]]:
    """Stage and percentage of each line that does not only name the stage which begins."""
    found = [LINE.fullmatch(line) for line in lines if line not in STAGES | SILENT]
    assert None not in found, lines
    return [(match[1], int(match[2])) for match in found if match]


def grows(found: list[tuple[str, int]]) -> bool:
    """Whether each stage comes once, and its share grows to no more than all."""
    stages = list(dict.fromkeys(stage for stage, _ in found))
    each = [[share for stage, share in found if stage == name] for name in stages]
    return [share for some in each for share in some] == [share for _, share in found] and all(
        some == sorted(some) and some[-1] <= 100 for some in each
    )


def test_in_a_log_each_step_is_a_line(
    tmp_path: Path, at_once: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole lines without control characters, on stderr alone."""
    monkeypatch.setattr("kg.export.export", lambda *_: ("graphml", "csv"))
    assert built(tmp_path) == 0
    out, err = capsys.readouterr()
    found = steps(err.splitlines())
    assert {stage for stage, _ in found} >= STAGES
    assert set(err.splitlines()) >= STAGES | SILENT
    assert grows(found)
    assert not LINE.search(out)


def test_on_a_terminal_one_line_changes_and_is_gone_at_the_end(
    tmp_path: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is written over the one before; nothing of it stays on the screen."""
    monkeypatch.setattr("kg.export.export", lambda *_: ("graphml", "csv"))
    ours, theirs = pty.openpty()
    pieces: list[bytes] = []

    def read() -> None:
        with suppress(OSError):  # at its end
            while piece := os.read(ours, 1 << 16):
                pieces.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    with io.TextIOWrapper(io.FileIO(theirs, "w")) as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert built(tmp_path) == 0
    reader.join()
    os.close(ours)
    written = b"".join(pieces).decode()
    assert "\n" not in written
    *lines, last = written.removeprefix("\r").split("\x1b[K")
    assert last == ""
    assert lines.pop() == "\r"
    assert grows(steps([line.removeprefix("\r") for line in lines]))


def test_a_build_of_a_moment_says_nothing_of_its_progress(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line comes after some seconds."""
    monkeypatch.setattr("kg.export.export", lambda *_: ("graphml", "csv"))
    monkeypatch.setattr(Progress, "_QUIET", 60.0)
    assert built(tmp_path, 3) == 0
    assert capsys.readouterr().err == ""


def test_the_report_for_programs_holds_what_the_printed_one_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each number and each skip of the text stands in report.json, and what else there is to know."""
    monkeypatch.setattr("kg.export.export", lambda *_: ("graphml", "csv"))
    built(tmp_path, 40)
    lines = filter(None, map(str.split, capsys.readouterr().out.splitlines()))
    printed = {tuple(line[:-1]): line[-1] for line in lines}
    report = json.loads((tmp_path / "store" / "report.json").read_text("utf-8"))
    assert printed["articles",] == str(report["articles"]) == str(report["extracted"]) == "40"
    assert printed["skipped",] == str(len(report["skipped"])) == "1"
    assert report["skipped"] == [
        {"document": str(tmp_path / "articles" / "empty.txt"), "reason": "empty", "message": "empty"}
    ]
    assert printed["entities",] == str(sum(report["entities"].values()))
    for type_, count in report["entities"].items():
        assert printed[type_,] == str(count)
    assert printed["claims",] == str(sum(each["count"] for each in report["claims"]))
    for each in report["claims"]:
        assert printed[each["relation"], each["status"]] == str(each["count"])
    assert printed["violations",] == str(len(report["violations"])) == "0"
    assert report["graphs"]["added"] >= 40
    assert report["seconds"].keys() >= {"extract", "merge", "load", "export", "check", "count"}
