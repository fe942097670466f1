"""Search over names and quotes, in the index of a real store."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
from conftest import ARTICLES
from stores import write

from kg.errors import KgError
from kg.extract import describe
from kg.graph import quads
from kg.model import Article, Claim, Entity, Extraction, Span, Status
from kg.read import read
from kg.search import FILE, found, index, named, search
from kg.sources import document
from kg.store import Store
from kg.vocabulary import ID, KG

SENTENCES = (
    "สมชาย  ใจดี เป็นประธาน การประชุม G7 ณ ปารีส",
    "สมชาย ใจดี ประธานการประชุมอาเซียน กับสหภาพยุโรป (EU) ปี ๒๕๖๗",
    'ราคายางพารา "สูง" 50% * OR NEAR(a b) museum 100_000',
    "พยายามทํางานใน\u200bประ\u200bเทศ ด้าน ยา",
)


def told(number: int, quote: str, name: str = "", published: str = "2024-01-01") -> list[str]:
    """An article in which a person chairs an event by ``quote``."""
    url = f"https://www.thaigov.go.th/news/contents/details/{number}"
    article = Article("t", quote, quote, Span(0, 1), (), "th", f"{number:064}", url=url, published=published)
    person = Entity("p", "PERSON", "สมชาย ใจดี", f"{ID}person/{1:016x}", ())
    event = Entity("e", "EVENT", name or f"งานที่ {number}", f"{ID}event/{number:016x}", (), label_en="Expo")
    claim = Claim("chairs", "p", "e", Status.PLANNED, Span(0, len(quote)), "hand", 0.5)
    return quads(Extraction(article, (person, event), (claim,)))


def stored(path: Path, *lines: str) -> Store:
    write(path, lines, index)
    return Store.open(path)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    lines = [line for number, quote in enumerate(SENTENCES) for line in told(number, quote)]
    return stored(tmp_path_factory.mktemp("search"), *lines)


def quotes(store: Store, *words: str) -> list[int]:
    """The numbers of the sentences found."""
    return sorted(SENTENCES.index(hit.text) for hit in found(store, words, kind="Claim"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ประชุม"], [0, 1]),
        (["ชุมอาเซ"], [1]),
        (["ยางพารา"], [2]),
        (["ประชุม", "ปารีส"], [0]),
        (["ปารีส ประชุม"], [0]),
        (["ประชุม", "ยางพารา"], []),
        (["G7"], [0]),
        (["g7"], [0]),
        (["EU"], [1]),  # and not in "museum"
        (["MUSEUM"], [2]),
        (["ยา"], [3]),  # and not in ยางพารา or พยายาม
        (["ณ"], [0]),
        (["ปี"], [1]),
        (["50"], [2]),
        (["2567"], [1]),
        (["ประเทศ"], [3]),
        (["ทำงาน"], [3]),
        (["ประเทศ", "ยา"], [3]),
        (["EU", "ปี", "ประชุม"], [1]),
        (["สมชาย ใจดี"], [0, 1]),
        (["ไม่มีคำนี้"], []),
    ],
)
def test_words_are_found_in_quotes(store: Store, words: list[str], expected: list[int]) -> None:
    """Anywhere in a run of Thai, all of them, the short ones as words, however they are written."""
    assert quotes(store, *words) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"สูง"', [2]),
        ("50%", [2]),
        ("100_000", [2]),
        ("NEAR(a", [2]),
        ("* NOT", []),
        ("text:ประชุม", []),
        ("ประ*", []),
        ("^สมชาย", []),
        ("'; DROP TABLE entry; --", []),
        ("ประชุม\x00", [0, 1]),
        ("\x03Claim\x03", []),
        ("\x02สมชาย", [0, 1]),
    ],
)
def test_text_is_no_syntax(store: Store, text: str, expected: list[int]) -> None:
    """What full-text search or SQL would take for its own is searched for as it stands."""
    assert quotes(store, text) == expected
    assert quotes(store, "ประชุม") == [0, 1]


@pytest.mark.parametrize("words", [["%"], ["*"], [" "], ['""']])
def test_without_a_word_nothing_is_searched(store: Store, words: list[str]) -> None:
    with pytest.raises(KgError, match="nothing to search for"):
        found(store, words)


def test_matches_are_marked_in_the_text_as_it_stands(store: Store) -> None:
    (hit,) = found(store, ["ประเทศ", "ทำงาน", "ยา"])
    assert [hit.text[start:end] for start, end in hit.marks] == ["ทํางาน", "ประ\u200bเทศ", "ยา"]
    (hit,) = found(store, ["สหภาพยุโรป", "ภาพ"])
    assert [hit.text[start:end] for start, end in hit.marks] == ["สหภาพยุโรป"]


def test_names_come_first_and_of_these_the_same_and_the_frequent(tmp_path: Path) -> None:
    """Then the claims, the new before the old."""
    lines = [
        *told(1, "เปิด มหกรรมข้าวหอมมะลิโลก แล้ว", "มหกรรมข้าวหอมมะลิโลก", "2020-01-01"),
        *told(2, "เปิด มหกรรมข้าวหอม ใหม่", "มหกรรมข้าวหอม", "2024-01-01"),
        *told(3, "เปิด มหกรรมข้าว", "มหกรรมข้าว", "2022-01-01"),
    ]
    again = [line.replace("details/1", "details/9") for line in told(1, "x", "มหกรรมข้าวหอมมะลิโลก")]
    store = stored(tmp_path, *lines, *(line.replace("/article/", "/article/0") for line in again))
    texts = [hit.text for hit in found(store, ["มหกรรมข้าว"])]
    assert texts == [
        "มหกรรมข้าว",
        "มหกรรมข้าวหอมมะลิโลก",
        "มหกรรมข้าวหอม",
        "เปิด มหกรรมข้าวหอม ใหม่",
        "เปิด มหกรรมข้าว",
        "เปิด มหกรรมข้าวหอมมะลิโลก แล้ว",
    ]
    assert [hit.text for hit in found(store, ["มหกรรมข้าว"], limit=2)] == texts[:2]
    assert [hit.text for hit in found(store, ["มหกรรมข้าว"], kind="event")] == texts[:3]


def test_a_thing_is_found_once_by_any_of_its_names(sample: Path) -> None:
    """By an alias and an English name too; it is shown under its label."""
    store = Store.open(sample / "store")
    (hit,) = found(store, ["ดีอี"], kind="ORG")
    assert hit.kind == "Organization"
    (row,) = json.loads(search(store, ["สกมช"], kind="Organization", format="json"))["results"]["bindings"]
    assert row["name"]["value"] == "สำนักงานคณะกรรมการการรักษาความมั่นคงปลอดภัยไซเบอร์แห่งชาติ"
    assert row["match"]["value"] == "[สกมช]."


def test_a_claim_is_shown_with_its_quote_its_article_and_its_day(store: Store) -> None:
    """The whole quote for programs."""
    (row,) = json.loads(search(store, ["EU"], format="json"))["results"]["bindings"]
    assert {name: term["value"] for name, term in row.items()} == {
        "kind": "Claim",
        "name": "สมชาย ใจดี เป็นประธาน งานที่ 1",
        "match": SENTENCES[1].replace("EU", "[EU]"),
        "status": "planned",
        "date": "2024-01-01",
        "article": "https://www.thaigov.go.th/news/contents/details/1",
        "iri": found(store, ["EU"])[0].iri,
    }


def test_a_table_shows_the_match_of_a_long_text(store: Store) -> None:
    """The text begins shortly before it."""
    shown = search(store, ["ประชุม"])
    assert "…" in shown
    assert shown.count("[ประชุม]") == 2


def test_the_kind_must_be_known(store: Store) -> None:
    with pytest.raises(KgError, match="unknown class: 'Planet': use one of Claim, Country, "):
        found(store, ["ประชุม"], kind="Planet")


def test_a_store_without_its_index_is_told(tmp_path: Path) -> None:
    write(tmp_path, told(1, SENTENCES[0]))
    with pytest.raises(KgError, match=r"no search index: .*: run `kg build` again"):
        found(Store.open(tmp_path), ["ประชุม"])


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    store = stored(tmp_path, *told(1, SENTENCES[0]))
    (store.path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(KgError, match=r"cannot read the search index: .*: run `kg build` again"):
        found(store, ["ประชุม"])


def test_an_index_is_replaced_with_its_snapshot(tmp_path: Path) -> None:
    """What reads the old graph goes on to search in it."""
    old = stored(tmp_path, *told(1, SENTENCES[0]))
    new = stored(tmp_path, *told(2, SENTENCES[1]))
    assert quotes(old, "ประชุม") == [0]
    assert quotes(new, "ประชุม") == [1]
    assert old.path != new.path
    assert (new.path / FILE).exists()


def test_an_index_that_cannot_be_written_leaves_the_graph(tmp_path: Path) -> None:
    """The graph is published before it is indexed: it answers queries, and the next build indexes it."""

    def fails(store: Store, _: Store | None) -> None:
        (store.path / FILE).mkdir()
        with pytest.raises(KgError, match="cannot write"):
            index(store)
        (store.path / FILE).rmdir()

    write(tmp_path, told(1, SENTENCES[0]), fails)
    store = Store.open(tmp_path)
    assert store.query("ASK { ?claim kg:quote ?quote }") is True
    with pytest.raises(KgError, match="no search index"):
        found(store, ["ประชุม"])
    index(store)
    assert quotes(store, "ประชุม") == [0]


def test_what_a_name_may_mean(store: Store) -> None:
    """Exactly it, else what begins with it, else what holds it."""
    person = f"{ID}person/{1:016x}"
    assert named(store, "สมชาย  ใจดี") == {person: "สมชาย ใจดี"}
    assert named(store, "สมชาย") == {person: "สมชาย ใจดี"}
    assert named(store, "ใจดี") == {person: "สมชาย ใจดี"}
    assert len(named(store, "EXPO")) == 4
    assert named(store, "ประชุม") == {}
    assert named(store, " ") == {}


def test_a_label_goes_before_an_alias(tmp_path: Path) -> None:
    """What an article wrongly takes for another name does not make a thing unclear."""
    event = f"<{ID}event/{2:016x}>"
    alias = f'{event} <{KG}alsoKnownAs> "งานที่ 1"@th <{ID}article/{2:016x}> .'
    store = stored(tmp_path, *told(1, SENTENCES[0]), *told(2, SENTENCES[1]), alias)
    assert named(store, "งานที่ 1") == {f"{ID}event/{1:016x}": "งานที่ 1"}
    assert {hit.iri for hit in found(store, ["งานที่", "1"])} >= {f"{ID}event/{n:016x}" for n in (1, 2)}


def test_every_quote_and_name_of_an_article_is_found(sample: Path, tmp_path: Path) -> None:
    """By its first and its last letters, in the graph of the sample."""
    (path,) = ARTICLES.glob("*.txt")
    _, lines = describe(read(document(path)))
    store = stored(tmp_path, *lines)
    texts = {line.split('"')[1] for line in lines if "#quote>" in line or "#label>" in line}
    assert len(texts) > 20
    for text in texts:
        for part in (text[:12], text[-12:]):
            if words := [word for word in part.split() if len(word) > 2]:
                assert text in {hit.text for hit in found(store, words, limit=100)}


def rows(store: Store) -> tuple[int, list[tuple[object, ...]]]:
    """How many entries of the index were added to that of the snapshot before, and all things."""
    with closing(sqlite3.connect(store.path / FILE)) as database:
        ((base,),) = database.execute("PRAGMA user_version")
        ((late,),) = database.execute("SELECT count(*) FROM entry WHERE id > ?", (base,))
        return late, database.execute("SELECT * FROM thing ORDER BY iri").fetchall()


def test_an_index_that_is_carried_on_answers_as_one_made_anew(tmp_path: Path) -> None:
    """Through articles that come, change and go, and with them names, ranks and whole things."""
    rng = random.Random(3)
    names = ("งานกาชาด", "งานกาชาด ประจำปี", "มหกรรมหนังสือ", "สัปดาห์หนังสือ", "Expo")
    corpus: dict[int, list[str]] = {}

    def tell(number: int) -> None:
        quote = f"{rng.choice(SENTENCES)} {rng.choice(('ก', 'ข', 'ค'))}"
        corpus[number] = told(number, quote, rng.choice(names), rng.choice(("2024-01-01", "2024-02", "2025")))

    for number in range(60):
        tell(number)
    added = []
    for step in range(12):
        carried = stored(tmp_path / "carried", *chain.from_iterable(corpus.values()))
        anew = stored(tmp_path / str(step), *chain.from_iterable(corpus.values()))
        late, things = rows(carried)
        added.append(late)
        assert (0, things) == rows(anew)
        for word in ("ประชุม", "งาน", "หนังสือ", "Expo", "สมชาย", "EU", "ก"):
            assert found(carried, [word], 1000) == found(anew, [word], 1000)
        assert named(carried, "งานกาชาด") == named(anew, "งานกาชาด")
        for number in rng.sample(sorted(corpus), 2):
            del corpus[number]
        for number in (*rng.sample(sorted(corpus), 2), 100 + step):
            tell(number)
    assert added[0] == 0
    assert 0 < added[1] < added[2]
    assert 0 in added[2:]  # where too many entries were late, it was made anew
