"""The shapes: a good graph passes, and each kind of broken graph is told by node, property and reason."""

import re
from collections.abc import Callable

import gold
import pytest
from pyshacl import validate
from rdflib import SH, BNode, Dataset, Graph, URIRef
from rdflib.term import Node

from kg.check import Report, Violation, check, shapes
from kg.errors import KgError
from kg.graph import article_iri, quads
from kg.vocabulary import ID, KG, PREFIXES, resource

Lines = list[str]
GRAPH = article_iri(gold.first_article().article)
XSD = "http://www.w3.org/2001/XMLSchema#"


def without(pattern: str) -> Callable[[Lines], Lines]:
    return lambda lines: [line for line in lines if not re.search(pattern, line)]


def changed(old: str, new: str) -> Callable[[Lines], Lines]:
    return lambda lines: [re.sub(old, new, line) for line in lines]


def doubled(pattern: str, old: str, new: str) -> Callable[[Lines], Lines]:
    """Each line that has ``pattern``, a second time with another object."""
    return lambda lines: lines + [re.sub(old, new, line) for line in lines if re.search(pattern, line)]


def direct_for_planned(lines: Lines) -> Lines:
    planned = next(line for line in lines if "#Planned>" in line).split(" ")[0]
    parts = {line.split(" ")[1]: line.split(" ")[2] for line in lines if line.startswith(planned)}
    subject, object_ = (
        next(v for k, v in parts.items() if k.endswith(f"{each}>")) for each in ("#subject", "#object")
    )
    return [*lines, f"{subject} <{KG}cooperatesWith> {object_} <{GRAPH}> ."]


BROKEN = [
    (without("#quote>"), "kg:quote", "exactly one quote"),
    (without("#status>"), "kg:status", "exactly one status"),
    (doubled("#Actual>", "#Actual", "#Planned"), "kg:status", "exactly one status"),
    (changed("#Planned>", "#Likely>"), "kg:status", "exactly one status"),
    (without("#wasDerivedFrom>"), "prov:wasDerivedFrom", "exactly one article"),
    (
        changed(f"#wasDerivedFrom> <{ID}article", f"#wasDerivedFrom> <{ID}other"),
        "prov:wasDerivedFrom",
        "exactly one article",
    ),
    (without("#subject>"), "rdf:subject", "exactly one subject"),
    (without("#object>"), "rdf:object", "exactly one object"),
    (without("#predicate>"), "rdf:predicate", "exactly one predicate"),
    (without(f"<{KG}Claim>"), "rdf:type", "must be a kg:Claim"),
    (changed('(#end> ")[0-9]+', r"\g<1>3"), "kg:begin", "less than its end"),
    (changed('(#begin> ")', r"\1-"), "kg:begin", "an integer from 0"),
    (changed(f"(#predicate> <{KG})chairs", r"\1status"), "rdf:predicate", "not a relation of the ontology"),
    (
        changed(f"(#predicate> <){KG}chairs", r"\1https://example.org/eats"),
        "rdf:predicate",
        "not a relation of the ontology",
    ),
    (changed('(#score> ")[0-9.]+', r"\g<1>1.01"), "kg:score", "from 0 to 1"),
    (changed('(#score> ")[0-9.]+', r"\1-0.5"), "kg:score", "from 0 to 1"),
    (changed('(#score> "[0-9.]+").*(decimal)', rf"\1^^<{XSD}string"), "kg:score", "a decimal"),
    (without("#rule>"), "kg:rule", "exactly one rule"),
    (direct_for_planned, "kg:cooperatesWith", "although no actual claim says so"),
    (without(f"^<{ID}person/[^ ]+ <{KG}chairs>"), "kg:chairs", "needs its direct triple"),
    (without(f"^<{ID}person/.*#label>"), "rdfs:label", "needs a label"),
    (without(f"^<{ID}person/.*#type>"), "rdf:type", "exactly one class"),
    (changed(f"<{KG}Person>", "<https://schema.org/Person>"), "rdf:type", "exactly one class"),
    (doubled(f"<{KG}Person>", f"{KG}Person", f"{KG}Place"), "rdf:type", "exactly one class"),
    (changed(f"<{KG}Position>", f"<{KG}Place>"), "kg:holdsPosition", "object is outside the range"),
    (changed(f"(#predicate> <{KG})chairs", r"\1heldAt"), "kg:heldAt", "subject is outside the domain"),
    (changed(f"(#predicate> <{KG})heldOn", r"\1says"), "kg:says", "object is outside the range"),
    (changed(f"(#predicate> <{KG})says", r"\1heldOn"), "kg:heldOn", "object is outside the range"),
    (changed(f'("2024-02-)06("\\^\\^<{XSD}date>)', r"\g<1>30\2"), "kg:heldOn", "held on a valid date"),
    (changed(f'("2024-02-)06("\\^\\^<{XSD}date>)', r"\g<1>30\2"), "kg:heldOn", "and it is no valid date"),
    (changed(f'("2024-02-)06("\\^\\^<{XSD}date>)', r"\g<1>30\2"), "kg:heldOn", "object is outside the range"),
    (changed('"1973"', '"2567-13"'), "kg:since", "valid date"),
    (changed(f'"1973"\\^\\^<{XSD}gYear>', f'"2024-13"^^<{XSD}gYearMonth>'), "kg:since", "valid date"),
    (changed('"1973".*gYear>', '"1973"@en'), "kg:since", "valid date"),
    (changed("(#saidBy> <)[^>]+", rf"\g<1>{GRAPH}"), "kg:saidBy", "at most one agent"),
    (without("#sha256>"), "kg:sha256", "exactly one SHA-256"),
    (changed('(#sha256> ")[^"]+', r"\1abc"), "kg:sha256", "64 hexadecimal digits"),
    (without("schema.org/text>"), "schema:text", "exactly one text"),
]


@pytest.mark.parametrize(("broken", "path", "message"), BROKEN)
def test_broken_graph_is_told_by_property_and_reason(
    broken: Callable[[Lines], Lines], path: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    report = check(broken(quads(gold.first_article())))
    assert not report.conforms
    assert [each for each in report.violations if each.path == path and message in each.message], report
    assert all(each.focus.startswith((ID, "'")) for each in report.violations)
    assert list(report.violations) == sorted(set(report.violations))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("broken", [broken for broken, _, _ in BROKEN] + [lambda lines: lines])
def test_another_engine_reports_the_same(
    broken: Callable[[Lines], Lines], caplog: pytest.LogCaptureFixture
) -> None:
    """pySHACL, with the same shapes and the ontology, finds the same violations."""
    caplog.set_level("ERROR", "rdflib.term")  # ill-typed literals are meant
    lines = broken(quads(gold.first_article()))
    assert check(lines) == Report(tuple(sorted(pyshacl_violations(lines))))


def pyshacl_violations(lines: Lines) -> set[Violation]:
    dataset = Dataset()
    dataset.parse(data="\n".join(lines), format="nquads")
    graph = Graph().parse(resource("ontology", "kg.ttl"))
    for subject, predicate, object_, _ in dataset.quads():
        graph.add((subject, predicate, object_))
    _, results, _ = validate(graph, shacl_graph=Graph().parse(data=shapes(), format="turtle"))
    assert isinstance(results, Graph)
    # Only these: the results that hang from others by sh:detail say the same again.
    return {told(results, result) for result in results.objects(None, SH.result)}


def told(results: Graph, result: Node) -> Violation:
    """A result of pySHACL, told as ``check`` tells it."""
    focus, path, value, message = (
        results.value(result, each) for each in (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)
    )
    if isinstance(path, BNode) or (path is None and value != focus):
        focus, path = value, focus
    name = str(focus) if isinstance(focus, URIRef) else repr(str(focus and focus.n3())[:80])
    property_ = str(path or "")
    for prefix, namespace in PREFIXES.items():
        property_ = property_.replace(namespace, f"{prefix}:")
    return Violation(name, property_, str(message))


def test_good_graph_conforms() -> None:
    assert check(quads(gold.first_article())) == Report(())


def test_planned_claim_may_stand_where_an_actual_one_says_the_same() -> None:
    lines = quads(gold.first_article())
    actual = doubled("#cooperatesWith>", "", "")(lines)
    planned = next(line for line in lines if "#Planned>" in line).split(" ")[0]
    twin = planned.replace("claim/", "claim/f")
    actual += [
        line.replace(planned, twin).replace("#Planned", "#Actual")
        for line in lines
        if line.startswith(planned)
    ]
    assert check(direct_for_planned(actual)).conforms


def test_budget_needs_its_amount() -> None:
    event = next(line for line in quads(gold.first_article()) if f"<{KG}Event>" in line).split(" ")[0]
    lines = [*quads(gold.first_article()), f"{event} <{KG}hasBudget> <{ID}money/THB-5> <{GRAPH}> ."]
    paths = {each.path for each in check(lines).violations}
    assert {"schema:currency", "schema:value", "kg:hasBudget"} <= paths


def test_relation_as_a_subject_is_told_as_any_other_thing() -> None:
    chairs = f"{KG}chairs"
    report = check(changed("(#subject> <)[^>]+", rf"\g<1>{chairs}")(quads(gold.first_article())))
    told = [each for each in report.violations if each.focus == chairs and each.path == "rdf:type"]
    assert [each.message for each in told] == ["an entity needs exactly one class, one of the ontology's"]


def test_violation_reads_as_one_line() -> None:
    assert str(Violation("https://a", "kg:end", "is missing")) == "https://a: kg:end: is missing"
    assert str(Violation("https://a", "", "is missing")) == "https://a: is missing"


def test_lines_that_are_no_quads_are_refused_in_one_line() -> None:
    with pytest.raises(KgError, match="not N-Quads: at line 2 ") as error:
        check(["<https://a> <https://b> <https://c> <https://d> .", "<https://a> nonsense"])
    assert "\n" not in str(error.value)


@gold.needs_gold
def test_gold_documents_conform() -> None:
    assert check(line for made in list(gold.documents())[:8] for line in quads(made)) == Report(())
