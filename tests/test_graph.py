"""Extractions as N-Quads: what is written, what never is, and that every parser reads it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import gold
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Dataset, Literal, URIRef

from kg.errors import KgError
from kg.graph import article_iri, quads
from kg.model import Article, Claim, Entity, Extraction, Span, Status
from kg.vocabulary import ID, KG, XSD

PERSON = Entity("p", "PERSON", "สมชาย", f"{ID}person/{1:016x}", (Span(0, 5),))
EVENT = Entity("e", "EVENT", "Expo", f"{ID}event/{2:016x}", (Span(6, 10),), label_en="The Expo")
CHAIRS = Claim("chairs", "p", "e", Status.ACTUAL, Span(0, 10), "chair", 0.95)


def extraction(
    *claims: Claim, text: str = "สมชาย Expo ประธาน", entities: Sequence[Entity] = (), url: str | None = None
) -> Extraction:
    article = Article("a", text, text, Span(0, len(text)), (), "th", "0" * 64, url=url)
    return Extraction(article, (PERSON, EVENT, *entities), claims)


def dataset(made: Extraction) -> Dataset:
    graph = Dataset(default_union=True)
    graph.parse(data="\n".join(quads(made)), format="nquads")
    return graph


def term(name: str) -> URIRef:
    return URIRef(KG + name)


def test_claim_carries_its_receipt_and_stands_as_a_direct_triple() -> None:
    graph = dataset(extraction(CHAIRS))
    (claim,) = graph.subjects(RDF.type, term("Claim"))
    assert graph.value(claim, RDF.subject) == URIRef(PERSON.iri)
    assert graph.value(claim, RDF.predicate) == term("chairs")
    assert graph.value(claim, RDF.object) == URIRef(EVENT.iri)
    assert graph.value(claim, term("status")) == term("Actual")
    assert graph.value(claim, term("quote")) == Literal("สมชาย Expo", lang="th")
    assert (graph.value(claim, term("begin")), graph.value(claim, term("end"))) == (Literal(0), Literal(10))
    assert graph.value(claim, term("score")) == Literal("0.95", datatype=URIRef(f"{XSD}decimal"))
    assert (URIRef(PERSON.iri), term("chairs"), URIRef(EVENT.iri)) in graph


def test_planned_claim_never_stands_as_a_direct_triple() -> None:
    graph = dataset(extraction(CHAIRS._replace(status=Status.PLANNED)))
    assert list(graph.subjects(RDF.type, term("Claim")))
    assert not list(graph.subject_objects(term("chairs")))


def test_all_is_in_the_graph_of_the_article() -> None:
    made = extraction(CHAIRS, url="https://www.thaigov.go.th/news/contents/details/78489")
    assert {line.split(" ")[-2] for line in quads(made)} == {f"<{article_iri(made.article)}>"}


def test_labels_are_tagged_by_their_script() -> None:
    lines = "\n".join(quads(extraction()))
    assert '"สมชาย"@th' in lines
    assert '"Expo"@en' in lines
    assert '"The Expo"@en' in lines


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2024-02-06", '"2024-02-06"^^<{}date>', None),
        ("2024-02", '"2024-02"^^<{}gYearMonth>', None),
        ("1973", '"1973"^^<{}gYear>', None),
        ("2019-02-08/2019-02-09", '"2019-02-08"^^<{}date>', '"2019-02-09"^^<{}date>'),
    ],
)
def test_dates_are_typed_by_precision_and_ranges_have_an_end(name: str, start: str, end: str | None) -> None:
    day = Entity("d", "DATE", name, "", (Span(0, 1),))
    held = Claim("held_on", "e", "d", Status.ACTUAL, Span(0, 5), "date", 1)
    lines = "\n".join(quads(extraction(held, entities=[day])))
    assert f"<{EVENT.iri}> <{KG}heldOn> {start.format(XSD)} " in lines
    assert (f"<{EVENT.iri}> <{KG}heldUntil> " in lines) is bool(end)
    if end:
        assert f"<{KG}until> {end.format(XSD)} " in lines


@pytest.mark.parametrize(
    "name", ["2024-02-30", "2567-13", "0000", "6 ก.พ.", "2024-W06-2", "2024/2024-13", "๒๐๒๔"]
)
def test_malformed_date_is_refused(name: str) -> None:
    day = Entity("d", "DATE", name, "", (Span(0, 1),))
    held = Claim("held_on", "e", "d", Status.ACTUAL, Span(0, 5), "date", 1)
    with pytest.raises(KgError, match="not a date"):
        quads(extraction(held, entities=[day]))


def test_money_is_a_node_named_by_its_amount() -> None:
    money = Entity("m", "MONEY", "53104158.50 THB", "", (Span(0, 1),))
    budget = Claim("has_budget", "e", "m", Status.ACTUAL, Span(0, 5), "budget", 1)
    lines = "\n".join(quads(extraction(budget, entities=[money])))
    assert f"<{EVENT.iri}> <{KG}hasBudget> <{ID}money/THB-53104158.5> " in lines
    assert '"53104158.5"^^<http://www.w3.org/2001/XMLSchema#decimal>' in lines
    with pytest.raises(KgError, match="not an amount of money: '5 บาท'"):
        quads(extraction(budget, entities=[money._replace(name="5 บาท")]))


def test_of_two_rules_that_draw_the_same_claim_the_better_stays() -> None:
    graph = dataset(extraction(CHAIRS, CHAIRS._replace(rule="better", score=0.99)))
    assert list(graph.objects(None, term("rule"))) == [Literal("better")]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a b",
        "https://example.org/<x>",
        "https://example.org/%zz",
        'https://example.org/"',
        "https://example.org/\u202e",
        "https://example.org/{a}",
        "https://[::1/",
        "javascript:alert(1)",
        "ftp://example.org/",
        "https://exa\nmple.org/",
        "https://example.org/#a#b",
        "https://example.org/" + "?" * 5000 + " ",
    ],
)
def test_url_that_is_no_safe_iri_is_left_out(url: str) -> None:
    lines = "\n".join(quads(extraction(url=url)))
    assert "schema.org/url" not in lines
    assert "schema.org/publisher" not in lines


@pytest.mark.parametrize(
    "url", ["https://www.thaigov.go.th/news/78489?a=b&c=%E0%B8%81#d", "http://a.th:80/ข่าว"]
)
def test_safe_url_is_kept_with_its_host_as_publisher(url: str) -> None:
    lines = quads(extraction(url=url))
    assert f"<https://schema.org/url> <{url}> " in "\n".join(lines)
    assert sum(1 for _ in pyoxigraph.parse("\n".join(lines), format=pyoxigraph.RdfFormat.N_QUADS)) == len(
        lines
    )


def test_unknown_entity_and_foreign_iri_are_refused() -> None:
    with pytest.raises(KgError, match="unknown entity: 'x' in a chairs claim of a"):
        quads(extraction(CHAIRS._replace(object="x")))
    with pytest.raises(KgError, match="not an entity's IRI"):
        quads(extraction(entities=[PERSON._replace(iri=f"{ID}person/> <x")]))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_back_from_both_parsers(text: str) -> None:
    says = Claim("says", "p", Span(0, len(text)), Status.ACTUAL, Span(0, len(text)), 'r"\\\n', 0.5)
    made = extraction(says, text=text)
    lines = quads(made)
    assert lines == sorted(set(lines))
    assert not re.search(r"[\r\n]", "".join(lines))
    by_rdflib = Dataset(default_union=True)
    by_rdflib.parse(data="\n".join(lines), format="nquads")
    assert {str(each) for each in by_rdflib.objects(None, term("quote"))} == {text}
    by_oxigraph = list(pyoxigraph.parse("\n".join(lines), format=pyoxigraph.RdfFormat.N_QUADS))
    quotes = {quad.object.value for quad in by_oxigraph if quad.predicate.value == KG + "quote"}
    assert quotes == {text}
    assert [f"{quad} ." for quad in by_oxigraph] == lines  # the form in which a store gives them back


def test_lone_surrogate_becomes_a_replacement_character() -> None:
    assert all(line.encode() for line in quads(extraction(text="ก\ud800ข")))
    assert "ก\ufffdข" in "\n".join(quads(extraction(text="ก\ud800ข")))


def test_same_extraction_same_lines_whatever_the_order() -> None:
    made = gold.first_article()
    turned = replace(made, entities=made.entities[::-1], claims=made.claims[::-1])
    assert quads(made) == quads(turned)


@gold.needs_gold
def test_gold_documents_take_at_most_sixteen_quads_a_claim_and_no_blank_node() -> None:
    for made in gold.documents():
        lines = quads(made)
        assert all(line.startswith("<") and " _:" not in line.split('"')[0] for line in lines)
        counts = Counter(re.findall(rf"^<({ID}claim/\w+)> ", "\n".join(lines), re.MULTILINE))
        assert len(counts) == len(made.claims)
        assert all(count <= 14 for count in counts.values())  # and at most two direct triples
