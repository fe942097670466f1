"""What kg reads from real articles: the facts of the first one, and spans that reproduce the text."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import gold
import pytest
from conftest import ARTICLES

from kg.extract import extract
from kg.model import Article, Extraction, Span, Status
from kg.read import articles, parse, read
from kg.sources import document
from kg.vocabulary import relations

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "gold"


@pytest.fixture(scope="module")
def first() -> Extraction:
    """The extraction of the first article."""
    return extract(read(document(next(ARTICLES.glob("*.txt")))))


def facts(extraction: Extraction) -> set[tuple[str, str, str, str]]:
    """(relation, subject, object, status) by name; a passage by its first 15 characters."""
    names = {entity.id: entity.name for entity in extraction.entities}
    text = extraction.article.text
    return {
        (
            claim.relation,
            names[claim.subject],
            claim.object.of(text)[:15] if isinstance(claim.object, Span) else names[claim.object],
            claim.status.value,
        )
        for claim in extraction.claims
    }


MINISTRY = "กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม"
OFFICE = "สำนักงานคณะกรรมการการรักษาความมั่นคงปลอดภัยไซเบอร์แห่งชาติ"
MEETING = "การประชุมคณะทำงาน อาเซียน - ญี่ปุ่น ว่าด้วยการรักษาความมั่นคงปลอดภัยไซเบอร์ ครั้งที่ 1 ประจำปี 2567"
WISIT = "วิศิษฏ์ วิศิษฏ์สรอรรถ"


@pytest.mark.parametrize(
    ("relation", "subject", "object_", "status"),
    [
        ("holds_position", WISIT, "ปลัดกระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม", "actual"),
        ("works_for", WISIT, MINISTRY, "actual"),
        ("chairs", WISIT, MEETING, "actual"),
        ("also_known_as", MINISTRY, "ดีอี", "actual"),
        ("also_known_as", OFFICE, "สกมช.", "actual"),
        ("co_hosts", MINISTRY, MEETING, "actual"),
        ("co_hosts", OFFICE, MEETING, "actual"),
        ("part_of", OFFICE, MINISTRY, "actual"),
        ("attends", "ธีรวุฒิ วิทยากรณ์", MEETING, "actual"),
        ("held_on", MEETING, "2024-02-06", "actual"),
        ("held_at", MEETING, "กรุงเทพมหานคร", "actual"),
        ("cooperates_with", "อาเซียน", "ญี่ปุ่น", "actual"),
        ("cooperates_with", "ศูนย์ AJCCBC", "แคนาดา", "planned"),
        ("cooperates_with", "ศูนย์ AJCCBC", "สหรัฐอเมริกา", "planned"),
        ("runs", "ศูนย์ AJCCBC", "หลักสูตร OT Security", "planned"),
    ],
)
def test_facts_of_the_first_article(
    first: Extraction, relation: str, subject: str, object_: str, status: str
) -> None:
    """Names as the registry has them, and what is planned kept apart."""
    assert (relation, subject, object_, status) in facts(first)


def test_relations_since_when_and_said_by_whom(first: Extraction) -> None:
    """Wisit says that ASEAN and Japan have cooperated since 1973."""
    names = {entity.id: entity.name for entity in first.entities}
    (claim,) = (claim for claim in first.claims if claim.since)
    assert (names[claim.subject], names[str(claim.object)], claim.since) == ("อาเซียน", "ญี่ปุ่น", "1973")
    assert names[str(claim.said_by)] == WISIT


RELEASE = (
    "ข่าวกระทรวง\n\nวันอังคารที่ 6 กุมภาพันธ์ 2567\n{}\nที่มา : https://www.thaigov.go.th/news/contents/details/1\n"
)


def read_sentence(sentence: str) -> set[tuple[str, str, str, str]]:
    """The facts of a release with one sentence."""
    return facts(extract(parse("sentence", RELEASE.format(sentence))))


def test_what_is_planned_is_no_fact_yet() -> None:
    """ "จะ" makes a plan of what is a fact without it."""
    actual = read_sentence("วันนี้ นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงแรงงาน ได้หารือกับนายจอห์น สมิธ เอกอัครราชทูตญี่ปุ่น")
    planned = read_sentence("นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงแรงงาน จะหารือกับนายจอห์น สมิธ เอกอัครราชทูตญี่ปุ่น")
    assert ("meets", "สมชาย ใจดี", "จอห์น สมิธ", "actual") in actual
    assert ("meets", "สมชาย ใจดี", "จอห์น สมิธ", "planned") in planned


def test_a_statement_that_is_denied_makes_no_fact() -> None:
    """ "ไม่ได้หารือ" is no meeting."""
    denied = read_sentence("นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงแรงงาน ไม่ได้หารือกับนายจอห์น สมิธ เอกอัครราชทูตญี่ปุ่น")
    assert not any(relation == "meets" for relation, *_ in denied)


def check(extraction: Extraction) -> None:
    """Every span lies in the text and holds what it is said to hold; claims fit the ontology."""
    text = extraction.article.text
    types = {entity.id: entity.type for entity in extraction.entities}
    assert len(types) == len({entity.iri for entity in extraction.entities})
    for entity in extraction.entities:
        assert entity.mentions
        for span in entity.mentions:
            assert 0 <= span.start < span.end <= len(text)
            assert span.of(text).strip() == span.of(text)
    for claim in extraction.claims:
        relation = next(each for each in relations().values() if each.name == claim.relation)
        assert types[claim.subject] in relation.domain
        assert 0 <= claim.evidence.start < claim.evidence.end <= len(text)
        assert 0 < claim.score <= 1
        assert claim.status in Status
        if isinstance(claim.object, Span):
            assert claim.object.of(text).strip()
        else:
            assert types[claim.object] in relation.range
            assert claim.object != claim.subject


def test_spans_of_the_first_article(first: Extraction) -> None:
    """Of the article that stands in this repository."""
    check(first)


@gold.needs_gold
def test_spans_of_real_articles() -> None:
    """Of the annotated articles, each as it is and with every line in random order."""
    shuffle = random.Random(1).shuffle
    for article in articles([SHARED / "docs", SHARED / "docs-en"]):
        assert isinstance(article, Article)
        check(extract(article))
        lines = article.text.splitlines(keepends=True)
        shuffle(lines)
        check(extract(parse(article.name, "".join(lines))))


@gold.needs_gold
def test_the_scores_do_not_fall(tmp_path: Path) -> None:
    """Facts and identity over the annotated articles, a little below what benchmarks/README.md reports."""
    lines = subprocess.run(
        [sys.executable, "-m", "kg", "extract", str(SHARED / "docs")], capture_output=True, check=True
    )
    extracted = tmp_path / "facts.jsonl"
    extracted.write_bytes(lines.stdout)

    def score(script: str, *arguments: Path | str) -> dict[str, object]:
        command = [sys.executable, str(SHARED / script), str(SHARED / "dev"), str(SHARED / "docs")]
        done = subprocess.run([*command, *map(str, arguments)], capture_output=True, check=True)
        found: dict[str, object] = json.loads(done.stdout)
        return found

    facts_ = score("score.py", extracted, "--json")
    assert isinstance(facts_["facts"], dict)
    assert facts_["facts"]["f1"] >= 0.8
    assert facts_["facts"]["precision"] >= 0.93
    assert isinstance(facts_["entities_found"], float)
    assert facts_["entities_found"] >= 0.92
    identity = score("score_identity.py", SHARED / "dev-identity.json", extracted)
    assert isinstance(identity["f1"], float)
    assert identity["f1"] >= 0.96
