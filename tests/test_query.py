"""Answers in every format, and the checked answer of each named question."""

import csv
import io
import json
from collections.abc import Sequence
from xml.etree import ElementTree

import gold
import pytest
from rdflib import Graph
from rdflib.query import Result
from stores import write

from kg.errors import KgError
from kg.graph import quads
from kg.model import Article, Claim, Entity, Extraction, Span, Status
from kg.query import FORMATS, Format, answer, ask, questions
from kg.store import Store
from kg.vocabulary import ID, KG

MEETING = "การประชุมคณะทำงาน อาเซียน - ญี่ปุ่น ว่าด้วยการรักษาความมั่นคงปลอดภัยไซเบอร์ ครั้งที่ 1 ประจำปี 2567"
URL = "https://www.thaigov.go.th/news/contents/details/78489"
SECOND_URL = "https://www.thaigov.go.th/news/contents/details/2"
LABELS = "SELECT ?thing ?label { ?thing a kg:Country ; rdfs:label ?label } ORDER BY ?label"
NASTY = 'SELECT ("=1+1" AS ?a) (-5 AS ?b) ("x\\ty\\u001B[31m\\u202Ez" AS ?c) ("@th" AS ?d) ("กี่" AS ?e) {}'


def second_article() -> Extraction:
    """What the first article does not tell of: co-hosts, a meeting, a budget, a range of dates."""
    text = "กรมการค้า ร่วมกับ Trade Board จัดงาน Expo 5-7 มีนาคม 2567 งบ 1.5 ล้านบาท พบนายสมชาย"

    def at(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    def thing(type_: str, name: str, kind: str, number: int, label_en: str | None = None) -> Entity:
        return Entity(name, type_, name, f"{ID}{kind}/{number:016x}", (Span(0, 1),), label_en=label_en)

    def claim(relation: str, subject: str, object_: str, evidence: str) -> Claim:
        return Claim(relation, subject, object_, Status.ACTUAL, at(evidence), "hand", 0.9)

    entities = (
        thing("ORG", "กรมการค้า", "organization", 1, "Department of Trade"),
        thing("ORG", "Trade Board", "organization", 2),
        thing("ORG", "สมาคมไทย", "organization", 3),
        thing("EVENT", "งาน Expo", "event", 4),
        thing("PERSON", "สมชาย", "person", 5),
        Entity("2024-03-05/2024-03-07", "DATE", "2024-03-05/2024-03-07", "", ()),
        Entity("1500000 THB", "MONEY", "1500000 THB", "", ()),
    )
    claims = (
        claim("co_hosts", "กรมการค้า", "งาน Expo", "กรมการค้า ร่วมกับ Trade Board จัดงาน Expo"),
        claim("co_hosts", "Trade Board", "งาน Expo", "กรมการค้า ร่วมกับ Trade Board จัดงาน Expo"),
        claim("held_on", "งาน Expo", "2024-03-05/2024-03-07", "5-7 มีนาคม 2567"),
        claim("has_budget", "งาน Expo", "1500000 THB", "งบ 1.5 ล้านบาท"),
        claim("meets", "กรมการค้า", "สมชาย", "พบนายสมชาย"),
        claim("hosts", "สมาคมไทย", "งาน Expo", "งาน Expo"),
    )
    title, body = Span(0, 9), (Span(9, len(text)),)
    article = Article("b", text, text, title, body, "th", "1" * 64, url=SECOND_URL, published="2024-03-08")
    return Extraction(article, entities, claims)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("query") / "store"
    write(path, quads(gold.first_article()) + quads(second_article()))
    return Store.open(path)


def asked(store: Store, question: str, columns: Sequence[str], **given: str) -> list[tuple[str, ...]]:
    """The answer to a named question, the given columns of it; "" where nothing is bound."""
    found = json.loads(ask(store, question, given, "json"))["results"]["bindings"]
    return [tuple(row[column]["value"] if column in row else "" for column in columns) for row in found]


def test_who_chairs_what(store: Store) -> None:
    columns = ("who", "what", "status", "source")
    row = ("วิศิษฏ์ วิศิษฏ์สรอรรถ", MEETING, "actual", URL)
    assert asked(store, "chairs", columns) == [row]
    assert asked(store, "chairs", columns, person="วิศิษฏ์", event="working group meeting") == [row]
    assert asked(store, "chairs", columns, person="สมชาย") == []


def test_who_hosts_with_whom(store: Store) -> None:
    columns = ("who", "with", "what")
    everything = [
        ("Trade Board", "กรมการค้า", "งาน Expo"),
        ("กรมการค้า", "Trade Board", "งาน Expo"),
        ("สมาคมไทย", "", "งาน Expo"),
    ]
    assert asked(store, "hosts", columns) == everything
    assert asked(store, "hosts", columns, host="department OF trade") == [everything[1]]
    assert asked(store, "hosts", columns, event="expo") == everything


def test_what_is_planned_with_which_countries(store: Store) -> None:
    columns = ("who", "plans", "with", "source")
    row = ("ศูนย์ AJCCBC", "cooperatesWith", "แคนนาดา", URL)
    assert asked(store, "planned", columns) == [row]
    assert asked(store, "planned", columns, country="แคนนาดา", party="ajccbc") == [row]
    assert asked(store, "planned", columns, country="ญี่ปุ่น") == []


def test_which_relations_hold_since_when(store: Store) -> None:
    columns = ("since", "one", "relation", "other", "speaker")
    row = ("1973", "อาเซียน", "cooperatesWith", "ประเทศญี่ปุ่น", "วิศิษฏ์ วิศิษฏ์สรอรรถ")
    assert asked(store, "since", columns) == [row]
    assert asked(store, "since", columns, party="ญี่ปุ่น") == [row]
    assert asked(store, "since", columns, party="แคนนาดา") == []


def test_who_said_what(store: Store) -> None:
    columns = ("who", "says", "published")
    passage = "ความร่วมมือระหว่างอาเซียนและประเทศญี่ปุ่น ได้เริ่มมาตั้งแต่ปี 1973"
    row = ("วิศิษฏ์ วิศิษฏ์สรอรรถ", passage, "2024-02-06")
    assert asked(store, "said", columns) == [row]
    assert asked(store, "said", columns, speaker="วิศิษฏ์", about="อาเซียน") == [row]
    assert asked(store, "said", columns, about="ภาษี") == []


@pytest.mark.parametrize(
    ("since", "to", "happened"),
    [
        ("2024-02-06", "2024-02-06", [(MEETING, "heldOn")]),
        ("2024-02", "2024-02", [(MEETING, "heldOn")]),
        ("2024-03-06", "2024-03-06", [("งาน Expo", "heldOn")]),
        ("2024-03-08", "2024", [("กรมการค้า", "meets")]),
        ("2024", "2024", [(MEETING, "heldOn"), ("งาน Expo", "heldOn"), ("กรมการค้า", "meets")]),
        ("2024-02-07", "2024-03-04", []),
        ("2025", "9999", []),
    ],
)
def test_what_happened_between_two_dates(
    store: Store, since: str, to: str, happened: list[tuple[str, str]]
) -> None:
    assert asked(store, "happened", ("who", "did"), **{"from": since, "to": to}) == happened


def test_who_held_which_post(store: Store) -> None:
    columns = ("who", "holds", "reported")
    row = ("วิศิษฏ์ วิศิษฏ์สรอรรถ", "ปลัดกระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม", "2024-02-06")
    assert asked(store, "posts", columns, post="ปลัดกระทรวง") == [row]
    assert asked(store, "posts", columns, person="สมชาย") == []


def test_who_met_whom(store: Store) -> None:
    assert asked(store, "met", ("one", "other"), party="สมชาย") == [("กรมการค้า", "สมชาย")]
    assert asked(store, "met", ("one", "other"), party="อาเซียน") == []


def test_what_costs_how_much(store: Store) -> None:
    row = ("งาน Expo", "1500000", "THB", "งบ 1.5 ล้านบาท")
    columns = ("what", "amount", "currency", "quote")
    assert asked(store, "budgets", columns, thing="expo", least="1500000") == [row]
    assert asked(store, "budgets", columns, least="2e6") == []


def test_receipt_of_a_claim(store: Store) -> None:
    ((claim,),) = asked(store, "chairs", ["claim"])
    text = gold.first_article().article.text
    ((quote, begin, end, relation, sha256),) = asked(
        store, "receipt", ("quote", "begin", "end", "relation", "sha256"), claim=claim
    )
    assert text[int(begin) : int(end)] == quote
    assert (relation, sha256) == ("chairs", gold.first_article().article.sha256)
    short = f"claim:{claim.rpartition('/')[2]}"
    assert ask(store, "receipt", {"claim": short}) == ask(store, "receipt", {"claim": claim})


@pytest.mark.parametrize("name", questions())
def test_question_has_titles_described_parameters_and_an_order(name: str) -> None:
    question = questions()[name]
    assert question.title_en.endswith("?")
    assert any("ก" <= letter <= "๛" for letter in question.title_th)
    assert all(each.description for each in question.parameters.values())
    header = question.sparql.partition("\n\n")[0].splitlines()
    assert len(header) == 2 + len(question.parameters)
    assert "ORDER BY" in question.sparql or all(each.required for each in question.parameters.values())


def test_hostile_parameter_is_a_word_that_nobody_uses(store: Store) -> None:
    for hostile in ('" } UNION { ?s ?p ?o } #', "\\", "'''", "}\n{", "<a:b>"):
        assert asked(store, "chairs", ("who",), person=hostile) == []


@pytest.mark.parametrize(
    ("name", "given", "complaint"),
    [
        ("nonsense", {}, "unknown question: 'nonsense': ask one of budgets, chairs"),
        ("chairs", {"nonsense": "1"}, "unknown parameter: 'nonsense' of chairs: it knows person, event"),
        ("receipt", {}, "missing parameter: claim of receipt: give the claim, such as claim:"),
        ("receipt", {"claim": "no iri"}, "not an IRI: 'no iri'"),
        ("happened", {"from": "6 Feb"}, "not a date: '6 Feb': give from as 2024-02-06"),
        ("happened", {"to": "2024-02-30"}, "not a date: '2024-02-30'"),
        ("budgets", {"least": "much"}, "not a number: 'much'"),
    ],
)
def test_wrong_question_is_told_in_one_line(
    store: Store, name: str, given: dict[str, str], complaint: str
) -> None:
    with pytest.raises(KgError) as error:
        ask(store, name, given)
    assert str(error.value).startswith(complaint)
    assert "\n" not in str(error.value)


def test_table_is_aligned_by_what_a_terminal_shows(store: Store) -> None:
    assert answer(store, LABELS).splitlines()[2:] == [
        "country:34568c0e5a976460  ประเทศญี่ปุ่น",
        "country:41da2ac24583914f  แคนนาดา",
        "(2 rows)",
    ]
    padded = answer(store, 'SELECT ?a ?b { VALUES (?a ?b) { ("กี่ปั๊ม" "x") ("abcd" "y") } }')
    assert padded == "a     b\n----  -\nกี่ปั๊ม   x\nabcd  y\n(2 rows)\n"


def test_table_cuts_long_texts_but_no_addresses(store: Store) -> None:
    sparql = f'SELECT ?a ?b {{ VALUES (?a ?b) {{ ("{"กี่" * 50}" <{URL}>) ("x" <{URL}>) }} }}'
    row = answer(store, sparql).splitlines()[2]
    assert row == f"{'กี่' * 39}…  {URL}"


def test_single_row_is_written_downwards_and_whole(store: Store) -> None:
    table = answer(store, f'SELECT ("{"ก" * 50}" AS ?long) (1 AS ?b) {{}}')
    assert table == f"long  {'ก' * 50}\nb     1\n(1 row)\n"


def test_table_does_not_steer_the_terminal(store: Store) -> None:
    assert "c  x y\ufffd[31m\ufffdz\n" in answer(store, NASTY)


def test_csv_starts_no_formula_and_keeps_numbers(store: Store) -> None:
    (header, row) = csv.reader(io.StringIO(answer(store, NASTY, "csv")))
    assert header == ["a", "b", "c", "d", "e"]
    assert row == ["'=1+1", "-5", "x\ty\x1b[31m\u202ez", "'@th", "กี่"]


@pytest.mark.parametrize("format", ["json", "xml", "tsv", "csv"])
def test_rows_are_read_back_by_another_program(store: Store, format: Format) -> None:
    text = answer(store, LABELS, format)
    if format == "tsv":
        assert text.splitlines()[0] == "?thing\t?label"
        assert text.splitlines()[2].endswith('>\t"แคนนาดา"@th')
        return
    read = Result.parse(io.BytesIO(text.encode()), format=format)
    assert [str(row[1]) for row in read] == ["ประเทศญี่ปุ่น", "แคนนาดา"]  # type: ignore[index]


@pytest.mark.parametrize("truth", [True, False])
def test_ask_is_true_or_false_in_every_format(store: Store, truth: bool) -> None:
    sparql = f"ASK {{ FILTER({str(truth).lower()}) }}"
    told = str(truth).lower()
    assert answer(store, sparql) == f"{told}\n"
    assert json.loads(answer(store, sparql, "json"))["boolean"] is truth
    results = "{http://www.w3.org/2005/sparql-results#}"
    assert ElementTree.fromstring(answer(store, sparql, "xml")).findtext(f"{results}boolean") == told
    assert answer(store, sparql, "csv") == f"answer\r\n{told}\r\n"
    assert told in answer(store, sparql, "tsv")


def test_xml_has_no_character_that_xml_forbids(store: Store) -> None:
    ElementTree.fromstring(answer(store, NASTY, "xml"))
    ElementTree.fromstring(answer(store, f'CONSTRUCT {{ <{KG}a> kg:rule "\\u0001" }} {{}}', "xml"))


@pytest.mark.parametrize(("format", "parser"), [("turtle", "turtle"), ("json", "json-ld"), ("xml", "xml")])
def test_graph_is_read_back_by_another_program(store: Store, format: Format, parser: str) -> None:
    text = answer(store, "DESCRIBE ?claim { ?claim rdf:predicate kg:chairs }", format)
    read = Graph().parse(data=text, format=parser)
    (row,) = csv.DictReader(io.StringIO(ask(store, "chairs", {}, "csv")))
    assert {str(subject) for subject in read.subjects()} == {row["claim"]}
    assert len(read) == 11


def test_graph_is_listed_as_triples(store: Store) -> None:
    table = answer(store, "CONSTRUCT { ?s kg:chairs ?o } { ?s kg:chairs ?o }")
    assert table.splitlines()[1] == "predicate  kg:chairs"
    assert answer(store, "DESCRIBE <a:b>", "csv") == "subject,predicate,object\r\n"


def test_every_format_gives_the_same_bytes_again(store: Store) -> None:
    construct = "CONSTRUCT { ?s ?p ?o } { ?s a kg:Claim ; ?p ?o }"
    for format_ in FORMATS:
        assert answer(store, construct, format_) == answer(store, construct, format_)


def test_format_that_does_not_fit_is_refused(store: Store) -> None:
    with pytest.raises(KgError, match=r"^turtle is for the graphs"):
        answer(store, LABELS, "turtle")
    with pytest.raises(KgError, match=r"^unknown format: 'html'"):
        answer(store, LABELS, "html")  # type: ignore[arg-type]
