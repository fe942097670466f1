"""Releases under two numbers are one; those written after one pattern are not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import ARTICLES
from stores import write

from kg.check import check
from kg.duplicates import copies, share, sketch
from kg.extract import describe
from kg.model import Article
from kg.network import network
from kg.query import ask
from kg.read import parse, read
from kg.search import index
from kg.sources import document
from kg.store import Store
from kg.verify import verify

RELEASE = """รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-{title}

วัน{day}
พิมพ์
{title}
{body}

ที่มา : https://www.thaigov.go.th/news/contents/details/{number}"""

MASKS = "รปอ.วรวรรณ ประชุมความคืบหน้าโครงการผลิตหน้ากากผ้าเพื่อลดปัญหาการขาดแคลนหน้ากากอนามัย"
ABOUT_MASKS = """นางวรวรรณ ชิตอรุณ รองปลัดกระทรวงอุตสาหกรรม  ประชุมความคืบหน้าโครงการผลิตหน้ากากผ้าเพื่อลดปัญหาการขาดแคลนหน้ากากอนามัย ณ ห้องประชุม อก.1 ชั้น 2 สำนักงานปลัดกระทรวงอุตสาหกรรม
วันนี้ (9 เม.ย. 63) นางวรวรรณ ชิตอรุณ รองปลัดกระทรวงอุตสาหกรรม เป็นประธานการประชุมคณะกรรมการกำกับและบริหารโครงการผลิตหน้ากากผ้าเพื่อลดปัญหาการขาดแคลนหน้ากากอนามัยและป้องกันการระบาดของโรคติเชื้อไวรัสโคดรนา 2019 (COVID-19) แก่ประชาชน เพื่อรับฟังรายงานความคืบหน้าของโครงการฯ โดยมี นายเดชา จาตุธนานันท์ นายนิรันดร์ ยิ่งมหิศรานนท์ ผู้ตรวจราชการกระทรวงอุตสาหกรรม และผู้บริหารกระทรวงอุตสาหกรรม ร่วมด้วย ณ ห้องประชุม อก.1 ชั้น 2 สำนักงานปลัดกระทรวงอุตสาหกรรม"""  # noqa: E501


def release(number: int, title: str, body: str, day: str = "พฤหัสบดีที่ 9 เมษายน 2563") -> Article:
    return parse(str(number), RELEASE.format(number=number, title=title, body=body, day=day))


FIRST = release(28692, MASKS, ABOUT_MASKS)
SECOND = release(28696, f"{MASKS} [กระทรวงอุตสาหกรรม]", ABOUT_MASKS.replace("  ", " "))

VACCINE = "โครงการกระจายวัคซีนทางเลือกให้กับประชาชนในพื้นที่ปากเกร็ด จ.นนทบุรี (สำนักงานปลัดกระทรวงกลาโหม พื้นที่ ศรีสมาน)"
ABOUT_VACCINE = """สู่เป้าหมาย 33,000 คน ภายใน กันยายน 2564
อัปเดต “ศูนย์ฉีดวัคซีนทางเลือก ซิโนฟาร์ม”อำนวยความสะดวกให้ประชาชน พื้นที่ปากเกร็ด จ.นนทบุรี
ฉีดวันที่ {} ก.ย.64 จำนวน {} คน
ฉีดไปแล้ว {} คน
ต้องฉีดอีก {} คน"""
WEEKLY = [
    release(45793, VACCINE, ABOUT_VACCINE.format(13, 750, "23,900", "9,100"), "อังคารที่ 14 กันยายน 2564"),
    release(46233, VACCINE, ABOUT_VACCINE.format(26, 250, "33,000", 0), "จันทร์ที่ 27 กันยายน 2564"),
]


def row(iri: str, article: Article, day: str | None = "2020-04-09") -> tuple[str, str | None, bytes]:
    return iri, day, sketch(article)


def test_a_release_that_is_published_again_is_a_copy() -> None:
    """A ministry's name behind the headline does not make it another."""
    assert copies([row("b", SECOND), row("a", FIRST)]) == {"b": "a"}


def test_a_sketch_is_small_and_the_same_on_every_machine() -> None:
    """Its bytes are kept from one run to the next, so a change of them must be meant."""
    assert sketch(FIRST).hex().startswith("102e6c451ae3149325")
    assert len(sketch(read(document(next(ARTICLES.glob("*.txt")))))) <= 289


def test_the_original_is_the_first_in_time_then_by_name() -> None:
    """In whatever order the articles come, and the dated before those without a date."""
    rows = [row("a", SECOND, "2020-04-11"), row("c", FIRST, "2020-04-09"), row("b", SECOND, "2020-04-09")]
    for seed in range(6):
        random.Random(seed).shuffle(rows)
        assert copies(rows) == {"a": "b", "c": "b"}
    assert copies([row("a", FIRST, None), row("b", FIRST, "2020-04-09")]) == {"a": "b"}


def test_a_chain_of_copies_leads_to_one_original() -> None:
    """What was published again after 50 days and once more after 50 is one release."""
    rows = [row("a", FIRST, "2020-03-01"), row("b", FIRST, "2020-04-20"), row("c", FIRST, "2020-06-09")]
    assert copies(rows) == {"b": "a", "c": "a"}
    assert copies([rows[0], rows[2]]) == {}


def test_a_report_after_one_pattern_is_no_copy() -> None:
    """Each has figures of its own, though their words are the same."""
    one, other = WEEKLY
    assert copies([row("a", one), row("b", other)]) == {}
    assert copies([row("a", one), row("b", one)]) == {"b": "a"}


def test_what_is_too_short_to_be_known_again_is_no_copy() -> None:
    """Cabinet summaries without a text, and the like."""
    short = release(1, "สรุปข่าวการประชุมคณะรัฐมนตรี", "รายละเอียดตามเอกสารแนบ")
    assert copies([row("a", short), row("b", short)]) == {}


@pytest.fixture(scope="module")
def graphs() -> tuple[list[str], list[str]]:
    """What the copy says beyond its original, and what the original says."""
    (_, original), (_, copy) = describe(FIRST), describe(SECOND)
    return share(copy, original, original[0].split()[-2][1:-1]), original


def test_a_shared_claim_is_stated_once_with_two_sources(graphs: tuple[list[str], list[str]]) -> None:
    """The copy keeps its entities; its claims become second sources, and what it alone says stays."""
    copy, original = graphs
    before = describe(SECOND)[1]
    also = [line for line in copy if "#alsoIn>" in line]
    claims = {line.split()[0] for line in original if "#Claim>" in line}
    own = {line.split()[0] for line in copy if "#Claim>" in line}
    assert len(also) >= 4
    assert {line.split()[0] for line in also} <= claims
    assert len(own) + len(also) == len([line for line in before if "#Claim>" in line])
    assert [line for line in copy if "#copyOf>" in line]
    labels = [line for line in before if "#label>" in line]
    assert labels == [line for line in copy if "#label>" in line]
    assert copy == sorted(set(copy))


def test_offices_of_one_name_are_one_in_a_release_and_its_copy() -> None:
    """Each article has its own นายกรัฐมนตรี, but a copy tells of the same."""
    body = ABOUT_MASKS + "\nนายกรัฐมนตรีเป็นประธานการประชุมคณะกรรมการสิ่งแวดล้อมแห่งชาติ ครั้งที่ 1/2563"
    (_, original), (_, copy) = (describe(release(number, MASKS, body)) for number in (1, 2))
    held = [line for line in original if "#chairs>" in line and "#predicate>" in line]
    assert len(held) == 2
    assert not [line for line in share(copy, original, "x") if "#chairs>" in line]


def test_the_graph_with_a_copy_is_whole(graphs: tuple[list[str], list[str]]) -> None:
    """It conforms to the shapes, the copy also on its own."""
    copy, original = graphs
    assert check([*copy, *original]).violations == ()
    assert check(copy).violations == ()


def test_a_copy_without_its_original_is_named_by_the_shapes(graphs: tuple[list[str], list[str]]) -> None:
    """A second source must be a copy."""
    lines = [line for line in graphs[0] if "#copyOf>" not in line]
    assert "a copy needs exactly one original, an IRI" in {each.message for each in check(lines).violations}


def test_the_second_source_is_shown_and_verified(graphs: tuple[list[str], list[str]], tmp_path: Path) -> None:
    """In the receipt and on the edge; and the copy is read again to see that it holds."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for article in (FIRST, SECOND):
        (folder / f"{article.name}.txt").write_text(article.text, "utf-8")
    write(tmp_path / "store", [*graphs[0], *graphs[1]], index)
    store = Store.open(tmp_path / "store")
    shared = next(line for line in graphs[0] if "#alsoIn>" in line).split()[0][1:-1]
    assert "https://www.thaigov.go.th/news/contents/details/28696" in ask(store, "receipt", {"claim": shared})
    edges = {key: each for _, _, key, each in network(store).edges(keys=True, data=True)}
    assert edges[shared]["also"] == "https://www.thaigov.go.th/news/contents/details/28696"
    claims = sum(" <http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate> " in line for line in graphs[1])
    found = verify([folder], store)
    assert found.failures == []
    assert found.receipts > claims
    (folder / "28696.txt").write_text(
        FIRST.text.replace("28692", "28696").replace("วรวรรณ", "วรรณา"), "utf-8"
    )
    assert shared in {failure.claim for failure in verify([folder], store).failures}
