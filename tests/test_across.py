"""What many articles together tell: tenures, who an office meant, and events that are one."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest
from stores import write

from kg.across import Note, graphs, notes
from kg.check import check
from kg.extract import describe, extract
from kg.graph import article_iri, quads
from kg.model import Article
from kg.query import ask
from kg.read import parse
from kg.store import Rows, Store
from kg.verify import verify

Row = tuple[str, str | None, list[Note]]

PRAYUT = "พลเอก ประยุทธ์ จันทร์โอชา นายกรัฐมนตรี ลงพื้นที่ จ.นราธิวาส เพื่อตรวจเยี่ยมศูนย์บัญชาการเหตุการณ์"
SRETTHA = "นายเศรษฐา ทวีสิน นายกรัฐมนตรี แสดงความเสียใจต่อกรณีการเสียชีวิตของ พ.ต.ต. ศิวกร สายบัว"
FINANCE = "นายเศรษฐา ทวีสิน นายกรัฐมนตรีและรัฐมนตรีว่าการกระทรวงการคลัง เป็นประธานการประชุมคณะรัฐมนตรี"
ALONE = "นายกรัฐมนตรีได้พบหารือกับ Mr. Jamie Dimon CEO ของบริษัท JPMorgan chase"
MISTAKE = "นายอนุทิน ชาญวีรกูล นายกรัฐมนตรี เป็นประธานการประชุม"
CABINET = "นายเศรษฐา ทวีสิน นายกรัฐมนตรี เป็นประธานการประชุมคณะรัฐมนตรี เมื่อวันที่ {} กันยายน 2566"
SUMMIT = [
    "กรมอาเซียน จัดการประชุมสุดยอดอาเซียน ครั้งที่ 43 ระหว่างวันที่ 4-7 กันยายน 2566",
    "นายเศรษฐา ทวีสิน นายกรัฐมนตรี เข้าร่วมการประชุมสุดยอดอาเซียน (ASEAN Summit) ครั้งที่ 43",
]
MONTHS = {8: "สิงหาคม", 9: "กันยายน", 10: "ตุลาคม"}


def release(number: int, day: str, body: str) -> Article:
    """A release of a day of 2023 ("09-23")."""
    month, date = map(int, day.split("-"))
    head = f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-ข่าวที่ {number}\n\nวันพุธที่ {date} {MONTHS[month]} 2566"
    source = f"ที่มา : https://www.thaigov.go.th/news/contents/details/{number}"
    return parse(str(number), f"{head}\n{body}\n\n{source}")


def news(*told: tuple[str, str]) -> tuple[list[Row], list[str]]:
    """The notes of releases, given by day and body, and the statements of their graphs."""
    articles = [release(number, day, body) for number, (day, body) in enumerate(told, start=1)]
    extractions = [extract(article) for article in articles]
    rows = [(article_iri(each.article), each.article.published, notes(each)) for each in extractions]
    return rows, [line for each in extractions for line in quads(each)]


def stored(path: Path, rows: list[Row], lines: list[str]) -> Store:
    write(path, [*lines, *(line for _, graph in graphs(rows) for line in graph)])
    return Store.open(path)


def asked(store: Store, question: str, **given: str) -> list[list[str]]:
    """The rows of an answer, without its heads."""
    return [line.split("\t") for line in ask(store, question, given, "tsv").splitlines()[1:]]


def means(store: Store) -> list[tuple[str, str]]:
    """What each thing that was identified is called, and as whom or what."""
    answer = store.query(
        "SELECT DISTINCT ?called ?name { ?thing kg:identifiedAs ?identity ; rdfs:label ?called . "
        "?identity rdfs:label ?name } ORDER BY ?called ?name"
    )
    assert isinstance(answer, Rows)
    return [(called.value, name.value) for called, name in answer.rows if called and name]


YEAR = [
    ("08-04", PRAYUT),
    ("08-12", PRAYUT),
    ("08-16", ALONE),
    ("08-30", PRAYUT),
    ("09-05", ALONE),
    ("09-08", SRETTHA),
    ("09-12", FINANCE),
    ("09-20", FINANCE),
    ("09-24", ALONE),
    ("10-02", SRETTHA),
]


@pytest.fixture(scope="module")
def year() -> tuple[list[Row], list[str]]:
    return news(*YEAR)


@pytest.fixture(scope="module")
def store(year: tuple[list[Row], list[str]], tmp_path_factory: pytest.TempPathFactory) -> Store:
    return stored(tmp_path_factory.mktemp("across") / "store", *year)


def test_a_post_is_held_by_one_after_the_other(store: Store) -> None:
    """Each tenure reaches from the first article that shows it to the last."""
    found = [row[1:5] for row in asked(store, "tenure", post="นายกรัฐมนตรี")]
    day = '"{}"^^<http://www.w3.org/2001/XMLSchema#date>'.format
    number = '"{}"^^<http://www.w3.org/2001/XMLSchema#integer>'.format
    assert found == [
        [day("2023-08-04"), day("2023-08-30"), '"ประยุทธ์ จันทร์โอชา"@th', number(3)],
        [day("2023-09-08"), day("2023-10-02"), '"เศรษฐา ทวีสิน"@th', number(4)],
    ]
    (then,) = asked(store, "tenure", post="นายกรัฐมนตรี", on="2023-09-20")
    assert then[3] == '"เศรษฐา ทวีสิน"@th'
    assert [row[3] for row in asked(store, "tenure", on="2023-08")] == ['"ประยุทธ์ จันทร์โอชา"@th']


def test_a_tenure_has_two_claims_as_receipts(store: Store) -> None:
    """The first and the last, which ``kg ask receipt`` shows."""
    (then,) = asked(store, "tenure", post="รัฐมนตรีว่าการกระทรวงการคลัง")
    for claim in then[5:7]:
        assert "เศรษฐา ทวีสิน" in ask(store, "receipt", {"claim": claim.strip("<>")})


def test_an_office_is_its_holder_of_the_day_and_nobody_at_a_handover(store: Store) -> None:
    """On 5 September the one was seen last and the other not yet."""
    called = [row[0] for row in asked(store, "meant", name="นายกรัฐมนตรี")]
    assert means(store) == [
        ("นายกรัฐมนตรี", "ประยุทธ์ จันทร์โอชา"),
        ("นายกรัฐมนตรี", "เศรษฐา ทวีสิน"),
    ]
    assert len(called) == 2
    (why,) = [row for row in asked(store, "meant") if "ประยุทธ์" in row[1]]
    assert "ข่าววันที่ 2023-08-12 และ 2023-08-30" in why[2]


def test_a_mistake_within_a_tenure_does_not_end_it(tmp_path: Path) -> None:
    """Few articles that show another holder are taken for mistakes; more are a tenure."""
    held = [(f"09-{day:02}", SRETTHA) for day in range(2, 14)]
    rows, lines = news(
        *held, ("09-07", MISTAKE), ("09-08", MISTAKE), *((day, SRETTHA) for day in ("10-02", "10-03"))
    )
    found = asked(stored(tmp_path / "one", rows, lines), "tenure", post="นายกรัฐมนตรี")
    assert [row[3] for row in found] == ['"เศรษฐา ทวีสิน"@th']
    rows, lines = news(("08-04", PRAYUT), ("08-05", PRAYUT), *held[:2], ("10-02", PRAYUT), ("10-03", PRAYUT))
    found = asked(stored(tmp_path / "two", rows, lines), "tenure", post="นายกรัฐมนตรี")
    assert [row[3][1:4] for row in found] == ["ประ", "เศร", "ประ"]


def test_acting_for_a_post_is_another_post(tmp_path: Path) -> None:
    """Who acts for the prime minister does not hold that post."""
    acting = "นายภูมิธรรม เวชยชัย รองนายกรัฐมนตรี รักษาราชการแทนนายกรัฐมนตรี เป็นประธานการประชุม"
    rows, lines = news(("09-20", acting), ("09-21", acting))
    store = stored(tmp_path / "store", rows, lines)
    assert asked(store, "tenure", post="นายกรัฐมนตรี") == []
    assert len(asked(store, "tenure", post="รักษาราชการแทนนายกรัฐมนตรี")) == 1


def test_the_prime_minister_of_another_country_is_not_ours(tmp_path: Path) -> None:
    """Neither holds he the post, nor is he meant by its name alone."""
    visit = "นายกรัฐมนตรีหารือกับนายลี เซียนลุง นายกรัฐมนตรีสิงคโปร์ เมื่อวันที่ 24 กันยายน 2566"
    rows, lines = news(("09-20", SRETTHA), ("09-24", visit), ("09-28", SRETTHA))
    store = stored(tmp_path / "store", rows, lines)
    assert len(asked(store, "tenure")) == 1
    assert means(store) == [("นายกรัฐมนตรี", "เศรษฐา ทวีสิน")]


def test_a_kind_of_post_has_no_tenure(tmp_path: Path) -> None:
    """ "อธิบดี" without its department is another post in each article."""
    body = "นายประพิศ จันทร์มา อธิบดี กล่าวว่า ปริมาณน้ำในอ่างเก็บน้ำเพิ่มขึ้น"
    rows, lines = news(("09-20", body), ("09-21", body))
    assert "#holdsPosition>" in "\n".join(lines)
    assert asked(stored(tmp_path / "store", rows, lines), "tenure") == []


def test_a_numbered_event_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    """The number tells it from its like, so that no day is needed."""
    rows, lines = news(("08-29", SUMMIT[0]), ("09-05", SUMMIT[1]))
    ((called, name),) = means(stored(tmp_path / "store", rows, lines))
    assert called.replace("(ASEAN Summit) ", "") == name == "การประชุมสุดยอดอาเซียน ครั้งที่ 43"


def test_a_recurring_event_is_one_only_on_one_day(tmp_path: Path) -> None:
    """The cabinet meets each week under one name: what two articles tell of one day is one meeting."""
    rows, lines = news(*((f"09-{day}", CABINET.format(held)) for day, held in ((19, 19), (20, 19), (26, 26))))
    meetings = {line.split()[0] for line in lines if "#Event>" in line}
    assert len(meetings) == 3
    same = [line for _, graph in graphs(rows) for line in graph if "#identifiedAs>" in line]
    assert len(same) == 1
    days = {
        line.split()[0]: line.split('"')[1] for line in lines if "#heldOn>" in line and "/event/" in line[:50]
    }
    one, _, other, *_ = same[0].split()
    assert days[one] == days[other] == "2023-09-19"


def test_the_order_of_the_articles_does_not_matter(year: tuple[list[Row], list[str]]) -> None:
    """The same graphs with the same lines, each once."""
    rows = list(year[0])
    first = list(graphs(rows))
    random.Random(1).shuffle(rows)
    assert list(graphs(rows)) == first
    names = [name for name, _ in first]
    assert len(names) == len(set(names))
    assert all(lines == sorted(set(lines)) for _, lines in first)
    assert all(line.endswith(f" <{name}> .") for name, lines in first for line in lines)


def test_a_day_of_news_changes_few_graphs(year: tuple[list[Row], list[str]]) -> None:
    """Those of its posts, and that of its month."""
    before = dict(graphs(year[0]))
    after = dict(
        graphs([*year[0], ("https://example.org/new", "2023-10-03", news(("10-03", SRETTHA))[0][0][2])])
    )
    changed = [name for name, lines in after.items() if before.get(name) != lines]
    assert len(changed) == 1


def test_copies_show_nothing_anew_but_their_offices_are_identified(year: tuple[list[Row], list[str]]) -> None:
    """A claim in a copy is the claim of its original."""
    rows = year[0]
    copies = {iri for iri, day, _ in rows if day in ("2023-08-04", "2023-08-16")}
    found: dict[str, list[str]] = defaultdict(list)
    for line in (line for _, graph in graphs(rows, copies) for line in graph):
        found[line.split()[1].rpartition("#")[2].strip(">")].append(line)
    assert '"2023-08-12"' in next(line for line in found["firstSeen"] if "2023-08" in line)
    assert len(found["identifiedAs"]) == 2


def test_articles_without_a_day_are_left_out() -> None:
    """They tell nothing of when."""
    rows = [(iri, None, told) for iri, _, told in news(("09-20", SRETTHA), ("09-21", SRETTHA))[0]]
    assert list(graphs(rows)) == []


def test_the_graphs_conform_each_by_itself(year: tuple[list[Row], list[str]]) -> None:
    """And what is missing in one is told."""
    made = list(graphs(year[0]))
    assert len(made) >= 3
    for _, lines in made:
        assert check(lines).violations == ()
    lines = [line for line in made[0][1] if "#lastSeen>" not in line]
    assert "last seen" in " ".join(each.message for each in check(lines).violations)


def test_verify_looks_only_at_articles(year: tuple[list[Row], list[str]], tmp_path: Path) -> None:
    """What stands beside their graphs has its receipts in them."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, (day, body) in enumerate(YEAR, start=1):
        (folder / f"{number}.txt").write_text(release(number, day, body).text, "utf-8")
    found = verify([folder], stored(tmp_path / "store", *year))
    assert (found.articles, found.failures) == (len(YEAR), [])


def test_receipts_in_tenures_are_claims_of_the_articles() -> None:
    """The IRI of a claim is the same in the notes and in the graph of its article."""
    article = release(1, "09-08", SRETTHA)
    claims = {line.split()[0].strip("<>") for line in describe(article)[1] if "#Claim>" in line}
    held = [note for note in notes(extract(article)) if note[0] == "held"]
    assert held
    assert {note[4] for note in held} <= claims
