"""A second build does what is new: of articles, and of what kg knows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import corpora
import pytest

from kg.build import build
from kg.graph import article_iri
from kg.knowledge import knowledge
from kg.read import parse
from kg.report import Report
from kg.store import Changes, Store

ROOT = Path(__file__).parent.parent
COPY = """รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-{title}

วันอังคารที่ {day} กุมภาพันธ์ 2567
{title}
{body}
ผู้สื่อข่าวรายงานเพิ่มเติม จากห้องประชุมใหญ่ ในช่วงเช้าวันเดียวกัน โดยมีผู้เข้าร่วมจำนวนมาก พร้อมด้วยคณะทำงาน

ที่มา : {url}"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds write no exports, which take longer than all else and are the same from the same store."""
    monkeypatch.setattr("kg.export.export", lambda *_: ("graphml", "csv"))


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return corpora.folder(tmp_path / "articles", range(1, 61))


def run(articles: Path, store: Path, least: float = 0.0) -> Report:
    return build([articles], store, store.parent / "exports", workers=1, least=least)


def iri(number: int) -> str:
    return article_iri(parse("", corpora.release(number)))


def lines(store: Path) -> list[str]:
    return list(Store.open(store).lines())


def snapshot(store: Path) -> str:
    return (store / "current").read_text()


def test_a_second_build_of_the_same_articles_does_nothing(
    articles: Path, tmp_path: Path, quick: None
) -> None:
    """Nothing is extracted, no snapshot published, and the report is the same."""
    store = tmp_path / "store"
    first = run(articles, store)
    before = snapshot(store)
    second = run(articles, store)
    assert (first.extracted, second.extracted) == (60, 0)
    assert (first.changes, second.changes) == (Changes(60, 0, 0), Changes())
    assert snapshot(store) == before
    assert str(second) == str(first)


def test_the_exports_are_those_of_the_store_that_was_built_last(tmp_path: Path) -> None:
    """Also where another store's were written into the same folder in between, or one was removed."""
    one, other = (corpora.folder(tmp_path / name, [number]) for name, number in (("one", 1), ("other", 2)))
    exported = tmp_path / "exports" / "graph.nq"
    run(one, tmp_path / "first")
    before = exported.read_bytes()
    run(other, tmp_path / "second")
    assert exported.read_bytes() != before
    run(one, tmp_path / "first")
    assert exported.read_bytes() == before
    exported.unlink()
    run(one, tmp_path / "first")
    assert exported.read_bytes() == before


def test_what_has_changed_is_replaced_and_nothing_else(articles: Path, tmp_path: Path, quick: None) -> None:
    """A changed, a new and a missing article; what none mentions any more is gone from the graph."""
    store = tmp_path / "store"
    lone = articles / "90000.txt"
    text = corpora.release(90000).replace("ธนา แสงทอง", "ทวี คนเดียว")
    assert "ทวี คนเดียว" in text
    lone.write_text(text, encoding="utf-8")
    run(articles, store)
    before = lines(store)
    assert any("ทวี คนเดียว" in line for line in before)
    lone.unlink()
    corpora.folder(articles, [7], edition=2)
    corpora.folder(articles, [61, 62])
    report = run(articles, store)
    assert report.extracted == 3
    assert report.changes == Changes(added=2, replaced=1, removed=1)
    assert snapshot(store) == "snapshot-000002\n"
    run(articles, tmp_path / "fresh")
    after = lines(store)
    assert after == lines(tmp_path / "fresh")
    assert not any("ทวี คนเดียว" in line for line in after)
    changed = {line.split()[-2].strip("<>") for line in set(before) ^ set(after)}
    assert changed == {iri(number) for number in (7, 61, 62, 90000)}


def test_a_copy_adds_no_claims_to_the_report(articles: Path, tmp_path: Path, quick: None) -> None:
    """The same release under two numbers says what it says once, whichever of the two comes later."""
    store = tmp_path / "store"
    told = {"title": "กระทรวงคมนาคมประชุมคณะกรรมการ", "body": corpora.body(4)}
    for number, day in ((100, 6), (101, 7)):
        text = COPY.format(day=day, url=corpora.url(number), **told)
        (articles / f"{number}.txt").write_text(text, encoding="utf-8")
        report = run(articles, store)
        assert (report.articles, report.copies) == (number - 39, number - 100)
        if number == 100:
            alone = report
    assert alone.claims == report.claims
    (articles / "100.txt").unlink()  # now the other is no copy
    assert run(articles, store).claims == alone.claims
    run(articles, tmp_path / "fresh")
    assert lines(store) == lines(tmp_path / "fresh")


def test_a_change_of_kg_replaces_the_copies(
    articles: Path, tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a copy keeps of its lines is for the code to say; the other graphs are their extractions."""
    store = tmp_path / "store"
    for number, day in ((100, 6), (101, 7)):
        told = {"title": "กระทรวงคมนาคมประชุมคณะกรรมการ", "body": corpora.body(4)}
        text = COPY.format(day=day, url=corpora.url(number), **told)
        (articles / f"{number}.txt").write_text(text, encoding="utf-8")
    assert run(articles, store).copies == 1
    changed = replace(knowledge(), core="of another kg")
    monkeypatch.setattr("kg.build.knowledge", lambda: changed)
    assert run(articles, store).changes == Changes(replaced=1)


def test_claims_under_the_least_score_are_left_out(articles: Path, tmp_path: Path, quick: None) -> None:
    """Another --min-score is another graph, even over the extractions of the first."""
    store = tmp_path / "store"
    every = run(articles, store)
    scores = [float(line.split('"')[1]) for line in lines(store) if "#score>" in line]
    least = sorted(scores)[len(scores) // 2]
    assert min(scores) < least
    some = run(articles, store, least)
    assert some.claims.total() == sum(score >= least for score in scores) < every.claims.total()
    run(articles, tmp_path / "fresh", least)
    assert lines(store) == lines(tmp_path / "fresh")
    assert str(run(articles, store)) == str(every)


# -- what kg knows ---------------------------------------------------------------------------------------


class Tree:
    """A copy of kg whose data may be changed, and the store that it builds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in ("kg", "data", "ontology"):
            shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))

    def edit(self, file: str, old: str, new: str) -> None:
        """Write ``new`` for the first ``old`` in a file."""
        text = (self.path / file).read_text("utf-8")
        assert old in text
        (self.path / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    def build(self, articles: Path, store: str = "store") -> dict[str, Any]:
        """The report of a build without exports."""
        to = ["--store", str(self.path / store), "--exports", str(self.path / "exports"), "--workers", "1"]
        environment = {**os.environ, "PYTHONPATH": str(self.path)}
        program = "import sys, kg.cli, kg.export; kg.export.export = lambda *_: (); sys.exit(kg.cli.main())"
        command = [sys.executable, "-c", program, "build", str(articles), *to]
        done = subprocess.run(command, cwd=self.path, env=environment, capture_output=True, check=False)
        assert not done.stderr, done.stderr.decode()
        report: dict[str, Any] = json.loads((self.path / store / "report.json").read_text("utf-8"))
        return report


def test_a_change_of_what_kg_knows_touches_only_the_articles_it_acts_in(
    articles: Path, tmp_path: Path
) -> None:
    """A row of the registry those that name it, a rule those with its cue; a shape is checked anew."""
    tree = Tree(tmp_path / "tree")
    naming = sum("กรมการค้าภายใน" in text.read_text("utf-8") for text in articles.iterdir())
    cued = sum("เป็นประธาน" in text.read_text("utf-8") for text in articles.iterdir())
    assert tree.build(articles)["extracted"] == 60
    tree.edit("data/registry/organisations.tsv", "Department of Internal Trade", "Bureau of Inner Trade")
    assert tree.build(articles)["extracted"] == naming == 15
    tree.edit("data/thai/rules/events.toml", "score = 0.95", "score = 0.123")
    assert tree.build(articles)["extracted"] == cued == 15
    found = lines(tree.path / "store")
    assert any("Bureau of Inner Trade" in line for line in found)
    assert any('#score> "0.123"' in line for line in found)
    shape = (tree.path / "ontology" / "shapes.ttl").read_text("utf-8")
    shape += (
        "kg:Odd a sh:NodeShape; sh:targetClass kg:Claim; sh:property [sh:path kg:status; sh:maxCount 0] ."
    )
    (tree.path / "ontology" / "shapes.ttl").write_text(shape, encoding="utf-8")
    checked = tree.build(articles)
    assert checked["extracted"] == 0
    assert len(checked["violations"]) == sum(each["count"] for each in checked["claims"])
    fresh = tree.build(articles, "fresh")
    assert fresh["extracted"] == 60
    assert fresh["violations"] == checked["violations"]
    assert lines(tree.path / "fresh") == found
