"""From files to the graph, the exports and the report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.build import build
from kg.errors import KgError
from kg.extract import describe, each, extract
from kg.model import Article, Mention, Skip, Span
from kg.read import parse, read
from kg.recognise import recognise
from kg.sources import document
from kg.store import Store

ROOT = Path(__file__).parent.parent
SAMPLE = next((ROOT / "data" / "articles").glob("*.txt"))
BODY = "นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงคมนาคม เป็นประธานเปิดการประชุมคณะกรรมการพัฒนาระบบราง\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for articles."""
    path = tmp_path / "articles"
    path.mkdir()
    return path


def release(text: str, number: int = 1) -> str:
    return f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ข่าว\n{text}\nที่มา : https://www.thaigov.go.th/news/{number}"


def test_every_file_ends_in_the_graph_or_as_a_skip_with_its_reason(folder: Path, tmp_path: Path) -> None:
    """One bad file never stops the others, and the report adds up."""
    shutil.copy(SAMPLE, folder / "a.txt")
    (folder / "b.txt").write_bytes(b"")
    (folder / "c.txt").write_bytes(b"\x00\x01\x02")
    (folder / "d.txt").write_text(release(BODY), encoding="utf-8")
    (folder / "e.txt").write_text(release(BODY), encoding="utf-8")
    report = build([folder], tmp_path / "store", tmp_path / "exports")
    assert report.articles == 2
    assert [(Path(skip.label).name, skip.reason) for skip in report.skips] == [
        ("b.txt", "empty"),
        ("c.txt", "binary"),
        ("e.txt", "repeated"),
    ]


def test_a_fault_that_one_article_brings_out_is_a_skip(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even an unexpected exception costs no more than its article, and stands in the report in one line."""

    def faulty(article: Article) -> list[Mention]:
        if article.name == "b":
            raise ZeroDivisionError("on\nso many lines")
        return recognise(article)

    monkeypatch.setattr("kg.extract.recognise", faulty)
    for number, name in enumerate("abc"):
        (folder / f"{name}.txt").write_text(release(BODY, number), encoding="utf-8")
    report = build([folder], tmp_path / "store", tmp_path / "exports")
    assert report.articles == 2
    assert [skip.reason for skip in report.skips] == ["failed"]
    assert f"{folder / 'b.txt'}: failed: ZeroDivisionError: on so many lines" in str(report)


def test_the_report_counts_what_the_graph_holds(folder: Path, tmp_path: Path) -> None:
    """Entities by class, each once however many articles name it; claims by relation and status."""
    (folder / "a.txt").write_text(release(BODY, 1), encoding="utf-8")
    (folder / "b.txt").write_text(release(BODY, 2), encoding="utf-8")
    report = build([folder], tmp_path / "store", tmp_path / "exports")
    assert report.entities["PERSON"] == 1
    assert report.claims["chairs", "actual"] == 2
    assert not report.violations
    lines = [line.split() for line in str(report).splitlines()]
    assert ["articles", "2"] in lines
    assert ["PERSON", "1"] in lines
    assert ["chairs", "actual", "2"] in lines
    assert ["violations", "0"] in lines


def test_a_build_without_articles_leaves_the_graph_as_it_was(folder: Path, tmp_path: Path) -> None:
    """A wrong path must not empty a good store; the error tells the reasons."""
    (folder / "a.txt").write_text(release(BODY), encoding="utf-8")
    build([folder], tmp_path / "store", tmp_path / "exports")
    before = list(Store.open(tmp_path / "store").lines())
    (folder / "a.txt").write_bytes(b"")
    with pytest.raises(KgError, match=r"no article among 1 files of .*: empty"):
        build([folder], tmp_path / "store", tmp_path / "exports")
    with pytest.raises(KgError, match=r"no article among 0 files of .*: no \.txt file there"):
        build([tmp_path / "exports"], tmp_path / "store", tmp_path / "exports")
    assert list(Store.open(tmp_path / "store").lines()) == before


def test_the_exports_are_those_that_are_committed(sample: Path) -> None:
    """The same input gives the same bytes: after a change of the rules, run make and commit exports/."""
    built = {path.name: path.read_bytes() for path in (sample / "exports").iterdir()}
    committed = {path.name: path.read_bytes() for path in (ROOT / "exports").iterdir()}
    assert built.keys() == committed.keys()
    assert [name for name in sorted(built) if built[name] != committed[name]] == []


def test_the_order_of_the_files_does_not_change_the_graph(folder: Path, tmp_path: Path) -> None:
    """A build of the same articles is the same graph, wherever and in which order they are found."""
    for number, name in enumerate("ab"):
        (folder / f"{name}.txt").write_text(release(BODY, number), encoding="utf-8")
    build([folder / "a.txt", folder / "b.txt"], tmp_path / "one", tmp_path / "exports")
    build([folder / "b.txt", folder / "a.txt"], tmp_path / "two", tmp_path / "exports")
    assert list(Store.open(tmp_path / "one").lines()) == list(Store.open(tmp_path / "two").lines())


def test_spans_leave_the_stages_as_runs_of_the_raw_text() -> None:
    """Invisible characters move the offsets, and change nothing else of what an article says."""
    plain = read(document(SAMPLE))
    noisy = parse(
        "noisy", "\ufeff" + plain.text.replace("ประธาน", "ประ\u200bธาน").replace(" ครั้งที่", "\xa0ครั้งที่")
    )
    expected, found = extract(plain), extract(noisy)
    assert len(found.claims) == len(expected.claims)
    for one, other in zip(expected.claims, found.claims, strict=True):
        assert (one.relation, one.status, one.rule) == (other.relation, other.status, other.rule)
        quote = other.evidence.of(noisy.text)
        assert quote.replace("\u200b", "").split() == one.evidence.of(plain.text).split()
    for one_entity, other_entity in zip(expected.entities, found.entities, strict=True):
        assert one_entity.iri == other_entity.iri
        assert all(isinstance(span, Span) and span.length for span in other_entity.mentions)


def test_each_names_the_file_of_every_result(folder: Path) -> None:
    """Results come in the order of the files, each with its path."""
    (folder / "a.txt").write_text(release(BODY), encoding="utf-8")
    (folder / "b.txt").write_bytes(b"")
    described, skip = each([folder], describe)
    assert isinstance(skip, Skip)
    assert not isinstance(described, Skip)
    assert described[0].article.name == "a"
