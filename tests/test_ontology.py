"""The ontology and its JSON-LD context: complete, bilingual, aligned, and no larger than what is used."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import gold
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, Dataset, Graph, Literal, URIRef

from kg.across import graphs
from kg.duplicates import share
from kg.errors import KgError
from kg.graph import quads
from kg.model import Claim, Entity, Extraction, Span, Status
from kg.vocabulary import ID, KG, class_of, classes, relation, relations, resource

NAMESPACES = ("FOAF", "ORG", "PROV", "RDF", "SDO", "SKOS", "TIME")
AGENT = {"PERSON", "ORG", "COUNTRY"}
SPOT = {"PLACE", "ORG", "COUNTRY"}
FACTS = {
    "holds_position": ({"PERSON"}, {"POSITION"}),
    "works_for": ({"PERSON"}, {"ORG"}),
    "also_known_as": ({"ORG", "EVENT", "PROGRAM", "INSTRUMENT"}, set()),
    "part_of": ({"ORG"}, {"ORG"}),
    "hosts": (AGENT, {"EVENT"}),
    "co_hosts": (AGENT, {"EVENT"}),
    "chairs": ({"PERSON"}, {"EVENT"}),
    "attends": (AGENT, {"EVENT"}),
    "held_at": ({"EVENT"}, SPOT),
    "held_on": ({"EVENT"}, {"DATE"}),
    "meets": (AGENT, AGENT),
    "visits": (AGENT, SPOT),
    "cooperates_with": (AGENT, AGENT),
    "signs": (AGENT, {"INSTRUMENT"}),
    "runs": (AGENT, {"PROGRAM"}),
    "has_budget": ({"PROGRAM", "ORG", "EVENT"}, {"MONEY"}),
    "approves": (AGENT, set()),
    "says": (AGENT, set()),
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(resource("ontology", "kg.ttl"))


def own_terms(graph: Graph) -> set[URIRef]:
    return {term for term in graph.subjects() if isinstance(term, URIRef) and term.startswith(KG)}


def everything() -> Extraction:
    """The first article, with every relation and every optional part of a claim."""
    base = gold.first_article()
    kinds = [*classes(), "DATE", "MONEY"]
    names = {"DATE": "2024-02-06/2024-02-08", "MONEY": "53104158.50 THB"}
    entities = tuple(
        Entity(kind, kind, names.get(kind, "ก"), f"{ID}{kind.lower()}/{number:016x}", (Span(0, 1),))
        for number, kind in enumerate(kinds)
    )
    claims = tuple(
        Claim(
            name,
            min(domain),
            min(range_) if range_ else Span(0, 5),
            status,
            Span(0, 9),
            "made-up",
            0.5,
            said_by="PERSON",
            since="1973-01",
        )
        for name, (domain, range_) in FACTS.items()
        for status in Status
    )
    return replace(base, entities=entities, claims=claims)


def test_relations_join_the_types_of_the_guidelines() -> None:
    found = {name: (set(each.domain), set(each.range)) for name, each in relations().items()}
    assert found == FACTS
    assert {name for name, each in relations().items() if each.symmetric} == {"meets", "cooperates_with"}


def test_twelve_classes_of_which_eight_are_types_of_entities(ontology: Graph) -> None:
    own = {term for term in ontology.subjects(RDF.type, OWL.Class) if str(term).startswith(KG)}
    assert len(own) == 12
    assert {URIRef(each.iri) for each in classes().values()} == own - {
        URIRef(KG + name) for name in ("Article", "Claim", "Tenure", "Identification")
    }


def test_every_term_is_explained_in_thai_and_english(ontology: Graph) -> None:
    for term in own_terms(ontology):
        for property_ in (RDFS.label, SKOS.definition):
            texts = [text for text in ontology.objects(term, property_) if isinstance(text, Literal)]
            assert sorted(str(text.language) for text in texts) == ["en", "th"], (term, property_)
            for text in texts:
                assert bool(re.search("[ก-๙]", text)) is (text.language == "th"), text
        assert (term, RDFS.isDefinedBy, URIRef(KG.rstrip("#"))) in ontology, term


def test_every_property_has_a_domain_and_a_range(ontology: Graph) -> None:
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            assert ontology.value(term, RDFS.domain), term
            assert ontology.value(term, RDFS.range), term


def test_no_term_that_nothing_uses(ontology: Graph) -> None:
    lines = [*quads(everything()), *share(quads(everything()), quads(everything()), KG)]
    told = [["held", "x:person", "ก", "x:post", "x:claim"], ["office", "x:office", "x:post", "ข"]]
    rows = [("x:1", "2024-02-06", told), ("x:2", "2024-02-08", told)]
    lines += [line for _, graph in graphs(rows) for line in graph]
    written = set(re.findall(r"<([^<>]+)>", "\n".join(lines)))
    ranges = set(map(str, ontology.objects(None, RDFS.range)))
    assert {str(term) for term in own_terms(ontology)} <= written | ranges


def test_foreign_terms_exist(ontology: Graph) -> None:
    spaces: tuple[Any, ...] = tuple(getattr(rdflib, name) for name in NAMESPACES)
    checked = set()
    for property_ in (
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        RDFS.range,
        RDFS.seeAlso,
        SKOS.closeMatch,
        SKOS.relatedMatch,
    ):
        for term in ontology.objects(None, property_):
            for space in spaces:
                if str(term).startswith(str(space)):
                    assert term in space, term
                    checked.add(space)
    assert checked == set(spaces)


def test_ontology_tells_its_version_title_and_licence(ontology: Graph) -> None:
    terms = {str(term).rpartition("/")[2] for term in ontology.predicates(URIRef(KG.rstrip("#")))}
    assert {"title", "license"} <= terms
    assert ontology.value(URIRef(KG.rstrip("#")), OWL.versionInfo)


def test_unknown_names_are_refused_by_name() -> None:
    with pytest.raises(KgError, match="unknown relation: 'eats': use one of also_known_as, "):
        relation("eats")
    with pytest.raises(KgError, match="unknown entity type: 'DATE': use one of COUNTRY, "):
        class_of("DATE")
    with pytest.raises(KgError, match=r"missing file: ontology/no\.ttl"):
        resource("ontology", "no.ttl")


def test_vocabulary_loads_rdflib_only_when_asked_for_terms() -> None:
    code = "import sys, kg.vocabulary, kg.graph; sys.exit('rdflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=resource("ontology").parent).returncode == 0


def test_context_reads_as_plain_keys_and_loses_nothing() -> None:
    context = json.loads(resource("ontology", "context.jsonld").read_text("utf-8"))["@context"]
    dataset = Dataset()
    dataset.parse(data="\n".join(quads(everything())), format="nquads")
    written = dataset.serialize(format="json-ld", context=context, use_native_types=True)
    again = Dataset()
    again.parse(data=written, format="json-ld")
    assert set(again.quads()) == set(dataset.quads())
    nodes = json.loads(written)["graph"]
    keys = {key for node in nodes for key in node}
    assert not {key for key in keys if ":" in key or "@" in key}
    claim = next(node for node in nodes if node.get("predicate") == "chairs")
    assert (claim["type"], claim["begin"], claim["end"]) == ("Claim", 0, 9)
    assert claim["status"] in {"Actual", "Planned"}


def test_context_names_only_terms_of_the_ontology(ontology: Graph) -> None:
    context = json.loads(resource("ontology", "context.jsonld").read_text("utf-8"))["@context"]
    named = {entry["@id"] for entry in context.values() if isinstance(entry, dict)}
    ours = {KG + name.removeprefix("kg:") for name in named if name.startswith("kg:")}
    assert ours <= {str(term) for term in own_terms(ontology)}
