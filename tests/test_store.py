"""The store on disk: snapshots, queries, and what is told when something is wrong."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import gold
import pytest
from stores import write

from kg.errors import KgError
from kg.graph import article_iri, quads
from kg.store import Rows, Store, Term, Triples, compact, expand, term, writing
from kg.vocabulary import ID, KG, RDF, XSD

LINES = quads(gold.first_article())
ARTICLE = article_iri(gold.first_article().article)


def line(number: int, graph: str = "a") -> str:
    return f'<{ID}person/{number:016x}> <{KG}rule> "{number}" <{ID}article/{graph}> .'


def rows(store: Store, sparql: str, **bindings: Term) -> list[tuple[str | None, ...]]:
    answer = store.query(sparql, bindings)
    assert isinstance(answer, Rows)
    return [tuple(term.value if term else None for term in row) for row in answer.rows]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("first") / "store"
    write(path, LINES)
    return Store.open(path)


def test_lines_come_back_sorted_and_once_in_any_order_of_writing(tmp_path: Path) -> None:
    shuffled = LINES * 2
    random.Random(1).shuffle(shuffled)
    write(tmp_path / "store", shuffled)
    assert list(Store.open(tmp_path / "store").lines()) == LINES


@gold.needs_gold
def test_every_statement_of_the_gold_documents_comes_back(tmp_path: Path) -> None:
    lines = [line for extraction in gold.documents() for line in quads(extraction)]
    write(tmp_path / "store", lines)
    assert set(Store.open(tmp_path / "store").lines()) == set(lines)


def test_empty_graph_is_a_store(tmp_path: Path) -> None:
    write(tmp_path / "store", [])
    assert list(Store.open(tmp_path / "store").lines()) == []


def test_missing_store_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"^no store: .*absent: run `kg build`"):
        Store.open(tmp_path / "absent")


def test_broken_store_says_what_to_run(tmp_path: Path) -> None:
    write(tmp_path / "store", LINES)
    (tmp_path / "store" / "current").write_text("snapshot-000007\n")
    with pytest.raises(KgError, match=r"^cannot read the store: .*: run `kg build` again"):
        Store.open(tmp_path / "store")


def test_reader_keeps_its_snapshot_and_the_next_reader_sees_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write(path, [line(1)])
    old = Store.open(path)
    write(path, [line(2)])
    assert list(old.lines()) == [line(1)]
    assert list(Store.open(path).lines()) == [line(2)]


def test_snapshot_is_removed_once_nobody_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write(path, [line(1)])
    reader = Store.open(path)
    write(path, [line(2)])
    assert len(list(path.glob("snapshot-*"))) == 2
    del reader
    write(path, [line(3)])
    assert len(list(path.glob("snapshot-*"))) == 1


def test_failure_while_writing_leaves_the_old_graph(tmp_path: Path) -> None:
    def broken(_: str) -> bytes:
        raise KgError("the article is gone")

    path = tmp_path / "store"
    write(path, [line(1)])
    with pytest.raises(KgError, match="the article is gone"), writing(path) as writer:
        writer.publish({f"{ID}article/a": "other"}, broken)
    with pytest.raises(KgError, match=r"^not N-Quads: .*line 1"):
        write(path, [line(2), "nonsense"])
    assert list(Store.open(path).lines()) == [line(1)]
    assert len(list(path.iterdir())) == 2


@pytest.mark.parametrize("first", [[], [line(1)]], ids=["first build", "rebuild"])
def test_killed_writer_leaves_the_old_graph_and_does_not_bar_the_next(
    tmp_path: Path, first: list[str]
) -> None:
    path = tmp_path / "store"
    if first:
        write(path, first)
    endless = (
        "import sys\nfrom pathlib import Path\nfrom kg.store import writing\n"
        "def lines(graph):\n"
        "    if graph == 'a:105000': print('writing', flush=True)\n"
        "    return f'<{graph}> <a:b> \"x\" <{graph}> .\\n'.encode()\n"
        "with writing(Path(sys.argv[1])) as writer:\n"
        "    writer.publish({f'a:{i}': '' for i in range(100_000, 2_000_000)}, lines)\n"
    )
    with subprocess.Popen([sys.executable, "-c", endless, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == b"writing\n"
        with pytest.raises(KgError, match="another process is writing it"):
            write(path, [line(2)])
        os.kill(writer.pid, signal.SIGKILL)
    if first:
        assert list(Store.open(path).lines()) == first
    write(path, [line(2)])
    assert list(Store.open(path).lines()) == [line(2)]
    assert len(list(path.iterdir())) == 2


def test_reader_never_meets_a_store_between_two_snapshots(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write(path, [line(0)])
    again = (
        "import sys\nfrom pathlib import Path\nfrom kg.store import writing\n"
        "for i in range(30):\n"
        "    with writing(Path(sys.argv[1])) as writer:\n"
        "        writer.publish({sys.argv[2]: str(i)}, lambda _: sys.argv[3].encode() + b'\\n')\n"
    )
    graph = f"{ID}article/a"
    with subprocess.Popen([sys.executable, "-c", again, path, graph, line(0)]) as writer:
        while writer.poll() is None:
            assert list(Store.open(path).lines()) == [line(0)]
    assert writer.returncode == 0


def test_folder_of_something_else_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "2023").mkdir()
    with pytest.raises(KgError, match=r"^not a store: .* it holds '2023'"):
        write(tmp_path, LINES)
    assert [each.name for each in tmp_path.iterdir()] == ["2023"]


def test_file_in_the_place_of_a_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    with pytest.raises(KgError, match=r"^no store"):
        Store.open(tmp_path / "store")
    with pytest.raises(KgError, match=r"^cannot write the store"):
        write(tmp_path / "store", LINES)


def test_query_sees_the_union_of_the_graphs_and_each_graph(tmp_path: Path) -> None:
    write(tmp_path / "store", [line(1, "a"), line(1, "b"), line(2, "b")])
    store = Store.open(tmp_path / "store")
    assert rows(store, "SELECT DISTINCT ?s WHERE { ?s kg:rule ?o } ORDER BY ?s") == [
        (f"{ID}person/{1:016x}",),
        (f"{ID}person/{2:016x}",),
    ]
    assert rows(
        store, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    ) == [
        (f"{ID}article/a", "1"),
        (f"{ID}article/b", "2"),
    ]


def test_graph_holds_the_statements_of_one_article(tmp_path: Path) -> None:
    write(tmp_path / "store", [*LINES, line(1)])
    store = Store.open(tmp_path / "store")
    assert store.graph(ARTICLE) == LINES
    assert store.graph(f"{ID}article/a") == [line(1)]
    assert store.graph(f"{ID}article/absent") == []
    with pytest.raises(KgError, match="not an IRI"):
        store.graph("no iri")


def test_answers_are_of_three_kinds(store: Store) -> None:
    assert store.query("ASK { ?claim a kg:Claim }") is True
    assert store.query("ASK { ?claim a kg:Nothing }") is False
    triples = store.query(f"DESCRIBE <{ARTICLE}>")
    assert isinstance(triples, Triples)
    assert {str(subject) for subject, _, _ in triples} == {f"<{ARTICLE}>"}
    answer = store.query("SELECT ?title ?none { ?article a kg:Article ; schema:headline ?title }")
    assert isinstance(answer, Rows)
    ((title, none),) = answer.rows
    assert answer.variables == ("title", "none")
    assert title and (title.kind, title.language) == ("literal", "th")
    assert none is None


def test_bindings_are_terms_and_never_text_of_the_query(store: Store) -> None:
    sparql = "SELECT ?thing ?label WHERE { ?thing rdfs:label ?label }"
    hostile = '" } ; DROP ALL #'
    assert rows(store, sparql, label=Term("literal", hostile, language="th")) == []
    assert len(rows(store, sparql, label=Term("literal", "อาเซียน", language="th"))) == 1


def test_every_kind_of_thing_has_its_prefix(store: Store) -> None:
    ((claim,),) = rows(store, "SELECT ?claim { ?claim rdf:predicate kg:chairs }")
    assert claim
    short = compact(claim)
    assert short == f"claim:{claim.rpartition('/')[2]}"
    assert expand(short) == expand(f"<{claim}>") == expand(claim) == claim
    assert store.query(f"ASK {{ {short} a kg:Claim }}") is True
    assert store.query(f"ASK {{ id:claim\\/{claim.rpartition('/')[2]} a kg:Claim }}") is True
    assert compact("https://example.org/x y") == "<https://example.org/x y>"


@pytest.mark.parametrize(
    ("sparql", "complaint"),
    [
        ("SELECT ?s\nWHERE { ?s kg:chairs! ?o }", "wrong query: line 2, column 21: not understood near"),
        ("SELECT ?s\nWHERE { ?s ?p 'ไทย' ", "wrong query: line 2, column 21: "),
        ("SELECT ?s\n  { ?s foo:bar 'x:y' }", "wrong query: line 2, column 8: prefix foo: is not declared"),
        ("SELECT ?s ?p { ?s ?p ?o } GROUP BY ?s", "wrong query: line 1, column 38: The SELECT contains"),
        ("", "wrong query: line 1, column 1: "),
        ("# x\nPREFIX a: <b:c>\nINSERT DATA { <a:b> <a:c> 1 }", "not a query: SPARQL update is refused"),
        ("clear all", "not a query: SPARQL update is refused"),
        (
            "SELECT ?s { ?s ?p ?o FILTER(<a:b>(?s)) }",
            "query failed: The custom function <a:b> is not supported",
        ),
    ],
)
def test_wrong_query_is_told_in_one_line_with_its_place(store: Store, sparql: str, complaint: str) -> None:
    with pytest.raises(KgError) as error:
        answer = store.query(sparql)
        assert isinstance(answer, Rows)
        list(answer.rows)
    assert str(error.value).startswith(complaint)
    assert "\n" not in str(error.value)


def test_dataset_has_the_length_and_the_sparql_of_the_store(store: Store) -> None:
    dataset = store.dataset()
    assert len(dataset) == len(LINES)
    assert [str(graph.identifier) for graph in dataset.graphs() if len(graph)] == [ARTICLE]
    (found,) = dataset.query("SELECT (COUNT(?claim) AS ?n) { ?claim a kg:Claim }")
    assert int(found[0]) == len(gold.first_article().claims)  # type: ignore[index,arg-type]


@pytest.mark.parametrize(
    "value",
    ["", "ไทย", 'a"b\\c', "\n\r\t\b\f\x00\x1f\x7f", "\x85\u2028\U0001f600", "a\\nb", '"^^<x>', '"@en', "'"],
)
def test_a_term_is_read_as_it_is_written(value: str) -> None:
    """By kg and by Oxigraph, with a language, a datatype or neither."""
    for each in (
        Term("literal", value, datatype=f"{XSD}string"),
        Term("literal", value, "th", f"{RDF}langString"),
        Term("literal", value, datatype=f"{XSD}date"),
    ):
        assert term(str(each)) == each
    assert term("<urn:a>") == Term("iri", "urn:a")
