"""The receipts: those of a fresh build hold, and each way to break one is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ARTICLES
from stores import write

from kg.store import Store
from kg.verify import Verification, verify

Lines = list[str]
SAMPLE = next(ARTICLES.glob("*.txt"))


def tampered(sample: Path, store: Path, change: Callable[[Lines], Lines]) -> Verification:
    """The verification of the sample's graph after ``change`` was made to it behind kg's back."""
    write(store, change(list(Store.open(sample / "store").lines())))
    return verify([ARTICLES], Store.open(store))


def one_claim(lines: Lines, relation: str) -> str:
    """The IRI of the first claim of a relation, in angle brackets."""
    return next(
        line.split()[0]
        for line in lines
        if f"#predicate> <https://w3id.org/thaikg/ontology#{relation}>" in line
    )


def test_the_receipts_of_a_fresh_build_hold(sample: Path) -> None:
    """Every receipt is checked, and none fails."""
    result = verify([ARTICLES], Store.open(sample / "store"))
    assert result.articles == 1
    assert result.receipts >= 20
    assert result.failures == []


@pytest.mark.parametrize(
    ("property_", "value", "reason"),
    [
        ("quote", '"เป็นประธานปิดการประชุม"@th', r"its quote is not what stands at \d+-\d+"),
        (
            "begin",
            '"0"^^<http://www.w3.org/2001/XMLSchema#integer>',
            r"its quote is not what stands at 0-\d+",
        ),
        ("end", '"end"', r"it has no offsets: \d+-end"),
        ("rule", '"another"', "the rules draw it with another rule"),
        (
            "score",
            '"0.99999"^^<http://www.w3.org/2001/XMLSchema#decimal>',
            "the rules draw it with another score",
        ),
        ("status", "<https://w3id.org/thaikg/ontology#Planned>", "the rules draw it with another status"),
    ],
)
def test_a_statement_of_a_claim_that_was_changed_fails(
    sample: Path, tmp_path: Path, property_: str, value: str, reason: str
) -> None:
    """The quote, the offsets and what the rules drew are each compared; the failure names the claim."""
    claim = ""

    def change(lines: Lines) -> Lines:
        nonlocal claim
        claim = one_claim(lines, "chairs")
        pattern = rf"^({re.escape(claim)} <[^>]*#{property_}>) .* (<[^>]*> \.)$"
        return [re.sub(pattern, rf"\1 {value} \2", line) for line in lines]

    (failure,) = tampered(sample, tmp_path / "store", change).failures
    assert f"<{failure.claim}>" == claim
    assert failure.article.startswith("https://w3id.org/thaikg/id/article/")
    assert re.fullmatch(reason, failure.reason)


def test_a_claim_without_a_quote_fails(sample: Path, tmp_path: Path) -> None:
    """A claim that shows no words has no receipt."""

    def change(lines: Lines) -> Lines:
        claim = one_claim(lines, "chairs")
        return [line for line in lines if not (line.startswith(claim) and "#quote>" in line)]

    (failure,) = tampered(sample, tmp_path / "store", change).failures
    assert failure.reason == "it has no quote"


def test_a_claim_that_the_rules_do_not_draw_fails(sample: Path, tmp_path: Path) -> None:
    """An invented claim, however well it quotes, is found out."""

    def change(lines: Lines) -> Lines:
        claim = one_claim(lines, "chairs")
        invented = claim[:-17] + "0123456789abcdef>"
        return lines + [line.replace(claim, invented) for line in lines if line.startswith(claim)]

    (failure,) = tampered(sample, tmp_path / "store", change).failures
    assert failure.claim.endswith("/0123456789abcdef")
    assert failure.reason == "the rules do not draw it again"


def test_an_article_that_has_changed_fails_with_all_its_receipts(sample: Path, tmp_path: Path) -> None:
    """Quotes that moved are told apart from those that still stand, in an article that is another."""
    text = SAMPLE.read_text(encoding="utf-8")
    (tmp_path / "a.txt").write_text(text.replace("\n\nที่มา", " จบ\n\nที่มา"), encoding="utf-8")
    result = verify([tmp_path / "a.txt"], Store.open(sample / "store"))
    assert len(result.failures) == result.receipts
    assert {failure.reason for failure in result.failures} == {
        "its article has changed: the SHA-256 is another"
    }
    (tmp_path / "a.txt").write_text(text.replace("วันนี้", "ในวันนี้"), encoding="utf-8")
    moved = verify([tmp_path / "a.txt"], Store.open(sample / "store"))
    assert any("its quote is not what stands at" in failure.reason for failure in moved.failures)


def test_an_article_whose_file_is_missing_fails(sample: Path, tmp_path: Path) -> None:
    """Its receipts cannot be checked, so they do not hold."""
    shutil.copy(SAMPLE, tmp_path / "there.txt")
    assert verify([tmp_path], Store.open(sample / "store")).failures == []
    (tmp_path / "there.txt").write_bytes(b"")
    result = verify([tmp_path], Store.open(sample / "store"))
    assert len(result.failures) == result.receipts
    assert {failure.reason for failure in result.failures} == {
        "its article is not among the files that can be read"
    }


def test_an_article_without_claims_is_checked_too(sample: Path, tmp_path: Path) -> None:
    """It has no receipt to name, so the failure names the article alone."""
    (tmp_path / "a.txt").write_text("ข่าว\nฝนตก", encoding="utf-8")
    from kg.build import build

    build([tmp_path / "a.txt"], tmp_path / "store", tmp_path / "exports")
    result = verify([ARTICLES], Store.open(tmp_path / "store"))
    assert (result.articles, result.receipts) == (1, 0)
    assert [failure.claim for failure in result.failures] == [""]


def test_odd_characters_of_a_quote_make_no_difference(tmp_path: Path) -> None:
    """Characters that N-Quads may write in two ways are the same character."""
    from kg.build import build

    body = "นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงคมนาคม\u2028กล่าวว่า “ราง\x85คู่ \\u0085 จะเสร็จในเร็ววันนี้แน่นอน”"
    (tmp_path / "a.txt").write_text(f"ข่าว\n{body}", encoding="utf-8")
    build([tmp_path / "a.txt"], tmp_path / "store", tmp_path / "exports")
    result = verify([tmp_path / "a.txt"], Store.open(tmp_path / "store"))
    assert result.receipts
    assert result.failures == []
