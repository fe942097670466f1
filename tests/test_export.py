"""The exports, and the networkx graph behind two of them."""

import csv
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gold
import networkx as nx
import pytest
from rdflib import Dataset, Graph
from stores import write

from kg.errors import KgError
from kg.export import FORMATS, export
from kg.export import write as write_file
from kg.graph import article_iri, quads
from kg.model import Article, Claim, Entity, Extraction, Span, Status
from kg.network import Selection, edges, neighbourhood, network, overview
from kg.search import index
from kg.sorting import sorted_lines
from kg.store import Store
from kg.vocabulary import ID, resource

LINES = quads(gold.first_article())


def stored(path: Path, lines: list[str]) -> Store:
    write(path, lines, index)
    return Store.open(path)


def files(directory: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in directory.iterdir() if each.suffix != ".html"}


def hostile() -> Extraction:
    """An article full of what breaks lines, XML and JSON, with a quote in a long line of it."""
    filler = "คำ ยาว " * 200
    quote = 'สมชาย\x00\x0b </script>]]>&amp;" เปิด\u2028งาน'
    text = f"\ufeffหัวข้อ\r\n{filler}{quote}{filler}\nที่มา"
    begin = text.index(quote)
    article = Article("h", text, text, Span(0, 8), (Span(8, len(text)),), "th", "2" * 64)
    person = Entity("p", "PERSON", "สมชาย\x00", f"{ID}person/{1:016x}", ())
    event = Entity("e", "EVENT", "<b>Expo</b>", f"{ID}event/{2:016x}", (), label_en="Expo")
    claim = Claim("chairs", "p", "e", Status.ACTUAL, Span(begin, begin + len(quote)), "hand", 0.5)
    return Extraction(article, (person, event), (claim,))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return stored(tmp_path_factory.mktemp("export") / "store", LINES)


def test_exports_are_the_same_bytes_in_any_order_of_writing(tmp_path: Path) -> None:
    lines = [*LINES, *quads(hostile())]
    export(stored(tmp_path / "a", lines), tmp_path / "exports-a")
    random.Random(2).shuffle(lines)
    export(stored(tmp_path / "b", lines), tmp_path / "exports-b")
    assert files(tmp_path / "exports-a") == files(tmp_path / "exports-b")
    named = {"graph.ttl", "graph.nq", "graph.jsonld", "graph.graphml", "nodes.csv", "edges.csv"}
    assert set(files(tmp_path / "exports-a")) == named


@pytest.mark.parametrize("lines", [LINES, quads(hostile())], ids=["first article", "hostile article"])
def test_rdf_exports_hold_the_same_statements(tmp_path: Path, lines: list[str]) -> None:
    store = stored(tmp_path / "store", lines)
    export(store, tmp_path)
    wanted = set(Dataset().parse(data="\n".join(lines), format="nquads").quads())
    for name, format_ in (("graph.nq", "nquads"), ("graph.jsonld", "json-ld")):
        read = Dataset()
        read.parse(tmp_path / name, format=format_)
        assert set(read.quads()) == wanted
    turtle = Graph().parse(tmp_path / "graph.ttl")
    assert set(turtle) == {(subject, predicate, object_) for subject, predicate, object_, _ in wanted}
    again = stored(tmp_path / "again", (tmp_path / "graph.nq").read_text("utf-8").split("\n"))
    assert list(again.lines()) == list(store.lines())


@gold.needs_gold
def test_rdf_exports_hold_every_statement_of_the_gold_documents(tmp_path: Path) -> None:
    lines = [line for extraction in gold.documents() for line in quads(extraction)]
    export(stored(tmp_path / "store", lines), tmp_path)
    read = Dataset()
    read.parse(tmp_path / "graph.jsonld", format="json-ld")
    assert {line for line in read.serialize(format="nquads").split("\n") if line} == set(lines)
    assert len(Graph().parse(tmp_path / "graph.ttl")) == len({line.rpartition(" <")[0] for line in lines})


def test_turtle_and_json_are_readable(tmp_path: Path, store: Store) -> None:
    export(store, tmp_path)
    turtle = (tmp_path / "graph.ttl").read_text("utf-8")
    assert "\n    a kg:Claim ;\n" in turtle
    assert f"\n<{ID}" not in turtle
    subjects = [line for line in turtle.splitlines() if line and line[0] not in "@ ."]
    assert subjects == sorted(subjects)
    document = json.loads((tmp_path / "graph.jsonld").read_text("utf-8"))
    assert (
        document["@context"]
        == json.loads(resource("ontology", "context.jsonld").read_text("utf-8"))["@context"]
    )
    assert '"label": {\n' in (tmp_path / "graph.jsonld").read_text("utf-8")


def test_graphml_is_the_network(tmp_path: Path) -> None:
    for name, lines in (("first", LINES), ("hostile", quads(hostile()))):
        store = stored(tmp_path / name / "store", lines)
        export(store, tmp_path / name)
        read = nx.read_graphml(tmp_path / name / "graph.graphml", force_multigraph=True)
        made = network(store)
        read.graph.clear()
        for *_, edge in made.edges(data=True):
            for of_the_page in ("context", "context_begin", "context_end"):
                del edge[of_the_page]
        assert nx.utils.graphs_equal(read, made)


def test_failure_is_told_and_leaves_the_old_exports(tmp_path: Path, store: Store) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(KgError, match=r"^cannot write the exports: "):
        export(store, tmp_path / "file")
    export(store, tmp_path / "exports")
    before = files(tmp_path / "exports")
    (tmp_path / "exports" / "graph.nq").unlink()
    (tmp_path / "exports" / "graph.nq").mkdir()
    with pytest.raises(KgError, match=r"^cannot write the exports: "):
        export(store, tmp_path / "exports")
    shutil.rmtree(tmp_path / "exports" / "graph.nq")
    export(store, tmp_path / "exports")
    assert files(tmp_path / "exports") == before


def test_network_tells_each_claim_with_its_receipt(store: Store) -> None:
    graph = network(store)
    extraction = gold.first_article()
    assert graph.number_of_edges() == len(extraction.claims)
    (edge,) = (data for *_, data in graph.edges(data=True) if data["since"])
    context = edge.pop("context")
    assert context[edge.pop("context_begin") : edge.pop("context_end")] == edge["quote"]
    begin, end = edge.pop("begin"), edge.pop("end")
    assert extraction.article.text[begin:end] == edge.pop("quote")
    assert edge == {
        "relation": "cooperatesWith",
        "relation_th": "ร่วมมือกับ",
        "relation_en": "cooperates with",
        "status": "actual",
        "rule": "gold",
        "score": 1.0,
        "said_by": "วิศิษฏ์ วิศิษฏ์สรอรรถ",
        "since": "1973",
        "until": "",
        "article": article_iri(extraction.article),
        "title": extraction.article.title.of(extraction.article.plain),
        "url": "https://www.thaigov.go.th/news/contents/details/78489",
        "published": "2024-02-06",
        "also": "",
    }


def test_nodes_are_things_dates_and_texts(store: Store) -> None:
    graph = network(store)
    date = graph.nodes[next(key for key, data in graph.nodes(data=True) if data["type"] == "Date")]
    assert date == {"label": "2024-02-06", "label_en": "", "type": "Date"}
    types = {data["type"] for _, data in graph.nodes(data=True)}
    assert types == {"Person", "Position", "Organization", "Country", "Place", "Event", "Date", "Text"}
    literals = [key for key, data in graph.nodes(data=True) if data["type"] in ("Date", "Text")]
    assert all(key.startswith("literal:") and len(key) == 24 for key in literals)
    assert list(graph.nodes) == sorted(graph.nodes)


def test_money_is_a_node_of_its_own(tmp_path: Path) -> None:
    money = Entity("m", "MONEY", "53104158.5 THB", "", ())
    made = hostile()
    claim = made.claims[0]._replace(relation="has_budget", subject="e", object="m")
    store = stored(
        tmp_path / "store", quads(replace(made, entities=(*made.entities, money), claims=(claim,)))
    )
    assert network(store).nodes[f"{ID}money/THB-53104158.5"] == {
        "label": "53,104,158.5 THB",
        "label_en": "",
        "type": "Money",
    }


def test_context_is_short_marks_the_quote_and_has_no_control_characters(tmp_path: Path) -> None:
    graph = network(stored(tmp_path / "store", quads(hostile())))
    ((*_, edge),) = graph.edges(data=True)
    context = edge["context"]
    assert len(context) <= 602
    assert context[0] == context[-1] == "…"
    assert context[edge["context_begin"] : edge["context_end"]] == edge["quote"]
    assert edge["quote"].startswith("สมชาย   </script>]]>&amp;")
    assert not {"\x00", "\x0b", "\r"} & set("".join(str(value) for value in edge.values()))


@pytest.mark.parametrize("name", ["ดีอี", "กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม", "กระทรวงดิจิทัล"])
def test_neighbourhood_is_found_by_label_alias_and_part(store: Store, name: str) -> None:
    graph, _ = neighbourhood(store, name)
    assert sorted(data["relation"] for *_, data in graph.edges(data=True)) == ["alsoKnownAs", "worksFor"]
    assert {data["type"] for _, data in graph.nodes(data=True)} == {"Organization", "Person", "Text"}


def test_neighbourhood_grows_with_its_depth(store: Store) -> None:
    drawn = [neighbourhood(store, "ดีอี", depth) for depth in (0, 1, 2, 3, 9)]
    assert [number for _, number in drawn] == [0, 2, 5, 8, 8]
    assert all(graph.number_of_edges() == number for graph, number in drawn)


def test_neighbourhood_keeps_the_surest_claims_within_its_limit(store: Store) -> None:
    """Those of a nearer step come first; where some are left out, no further step is taken."""
    whole, _ = neighbourhood(store, "ดีอี", 2)
    near, _ = neighbourhood(store, "ดีอี", 1)
    graph, number = neighbourhood(store, "ดีอี", 9, 4)
    scores = {key: data["score"] for *_, key, data in whole.edges(keys=True, data=True)}
    kept = {key for *_, key in graph.edges(keys=True)}
    beyond = scores.keys() - {key for *_, key in near.edges(keys=True)}
    assert (len(kept), number) == (4, 5)
    assert kept - beyond == scores.keys() - beyond
    assert min(scores[key] for key in kept & beyond) >= max(scores[key] for key in beyond - kept)


def test_neighbourhood_is_found_by_iri(store: Store) -> None:
    named, _ = neighbourhood(store, "แคนนาดา")
    ((iri, _),) = ((key, data) for key, data in named.nodes(data=True) if data["type"] == "Country")
    for written in (iri, f"<{iri}>", f"country:{iri.rpartition('/')[2]}"):
        assert nx.utils.graphs_equal(neighbourhood(store, written)[0], named)


@pytest.mark.parametrize(
    ("thing", "complaint"),
    [
        ("ดาวอังคาร", "not in the graph: 'ดาวอังคาร': give a name"),
        (f"{ID}person/{0:016x}", f"not in the graph: {ID}person/{0:016x}: "),
        (
            "ญี่ปุ่น",
            "2 things fit 'ญี่ปุ่น': give one of them, or more of its name: country:34568c0e5a976460 ประเทศญี่ปุ่น, ",
        ),
    ],
)
def test_thing_that_is_not_clear_is_told(store: Store, thing: str, complaint: str) -> None:
    with pytest.raises(KgError) as error:
        neighbourhood(store, thing)
    assert str(error.value).startswith(complaint)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_hold_the_network(tmp_path: Path, store: Store) -> None:
    """Each node and each claim is a row, and both ends of a claim are nodes."""
    nodes, claims = write_file(store, "csv", tmp_path)
    made = network(store)
    assert [row["id"] for row in rows(nodes)] == list(made.nodes)
    assert {row["class"] for row in rows(nodes)} == {data["type"] for _, data in made.nodes(data=True)}
    told = {key: (source, target, data) for source, target, key, data in made.edges(keys=True, data=True)}
    assert [row["claim"] for row in rows(claims)] == sorted(told)
    for row in rows(claims):
        source, target, data = told[row["claim"]]
        assert (row["source"], row["target"], row["article"]) == (source, target, data["url"])
        assert (row["date"], row["quote"], float(row["score"])) == (
            data["published"],
            data["quote"],
            data["score"],
        )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    """A spreadsheet shows it as text; quotes, commas and newlines stay within their cell."""
    made = hostile()
    name = f'{start}HYPERLINK("http://x","y"),\nข้อความ'
    entities = tuple(entity._replace(name=name) for entity in made.entities)
    store = stored(tmp_path / "store", quads(replace(made, entities=entities)))
    nodes, claims = write_file(store, "csv", tmp_path)
    labels = {row["label"] for row in rows(nodes)}
    assert labels == {"'" + name if start != "\r" else "' " + name[1:]}
    cells = [cell for path in (nodes, claims) for row in rows(path) for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    assert None not in {key for path in (nodes, claims) for row in rows(path) for key in row}


@pytest.mark.parametrize(
    ("selection", "takes"),
    [
        (Selection(kinds=frozenset({"Country"})), lambda row, types: "Country" in types),
        (Selection(relations=frozenset({"chairs"})), lambda row, _: row["relation"] == "chairs"),
        (Selection(statuses=frozenset({"planned"})), lambda row, _: row["status"] == "planned"),
        (Selection(from_year=2024, to_year=2024), lambda row, _: True),
        (Selection(from_year=2025), lambda row, _: False),
        (Selection(to_year=2023), lambda row, _: False),
        (
            Selection(kinds=frozenset({"Country"}), statuses=frozenset({"planned"})),
            lambda row, types: "Country" in types and row["status"] == "planned",
        ),
    ],
)  # fmt: skip
def test_a_selection_takes_the_claims_that_fit(
    tmp_path: Path, sample: Path, selection: Selection, takes: Callable[[dict[str, str], set[str]], bool]
) -> None:
    """Tables and GraphML hold these and their ends, and nothing else."""
    store = Store.open(sample / "store")
    everything, chosen = tmp_path / "all", tmp_path / "chosen"
    nodes, claims = write_file(store, "csv", everything)
    types = {row["id"]: row["class"] for row in rows(nodes)}
    expected = [row for row in rows(claims) if takes(row, {types[row["source"]], types[row["target"]]})]
    nodes, claims = write_file(store, "csv", chosen, selection)
    assert rows(claims) == expected
    ends = {row[end] for row in expected for end in ("source", "target")}
    assert {row["id"] for row in rows(nodes)} == ends
    (path,) = write_file(store, "graphml", chosen, selection)
    graph = nx.read_graphml(path, force_multigraph=True)
    assert set(graph) == ends
    assert graph.number_of_edges() == len(expected)


def test_without_a_date_an_article_is_of_no_year(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", quads(hostile()))
    assert network(store).number_of_edges() == 1
    for selection in (Selection(from_year=1), Selection(to_year=9999)):
        assert network(store, edges(store, selection)).number_of_edges() == 0


def test_a_format_of_statements_takes_no_selection(tmp_path: Path, store: Store) -> None:
    with pytest.raises(KgError, match="ttl holds all statements: choose among claims with graphml"):
        write_file(store, "ttl", tmp_path, Selection(from_year=2024))


def test_a_large_graph_is_written_as_statements_and_an_overview(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of a small one is taken away; on demand the others are written, but no JSON-LD."""
    assert set(export(store, tmp_path)) == set(FORMATS)
    small = files(tmp_path)
    monkeypatch.setattr("kg.export.LARGE", 3)
    assert export(store, tmp_path) == ("ttl", "nq", "html")
    assert files(tmp_path) == {name: small[name] for name in ("graph.ttl", "graph.nq")}
    for format_ in ("graphml", "csv"):
        write_file(store, format_, tmp_path)
    assert files(tmp_path) == {name: content for name, content in small.items() if name != "graph.jsonld"}
    with pytest.raises(KgError, match="too large for JSON-LD: 10 claims, more than 3: use ttl or nq"):
        write_file(store, "jsonld", tmp_path)


def test_an_overview_counts_the_claims_between_the_most_connected(tmp_path: Path) -> None:
    """One edge stands for all claims of a relation between two things, with the best of them."""
    made = hostile()
    lines = []
    for number in range(3):
        article = replace(
            made.article, url=f"https://www.thaigov.go.th/{number}", published=f"202{number}-01-01"
        )
        claim = made.claims[0]._replace(status=Status.PLANNED if number == 1 else Status.ACTUAL)
        lines += quads(replace(made, article=article, claims=(claim,)))
    store = stored(tmp_path / "store", lines)
    graph, things = overview(store, edges(store))
    assert things == len(graph) == 2
    ((*_, edge),) = graph.edges(data=True)
    assert (edge["claims"], edge["planned"], edge["status"]) == (3, 1, "actual")
    assert edge["published"] == "2022-01-01"
    assert edge["context"][edge["context_begin"] : edge["context_end"]] == edge["quote"]
    assert {data["thing"] for _, data in graph.nodes(data=True)} == {
        f"person:{1:016x}",
        f"event:{2:016x}",
    }


def test_lines_are_sorted_in_memory_and_on_disk_alike(tmp_path: Path) -> None:
    """Each once, by code points, and nothing is left on disk."""
    rng = random.Random(1)
    letters = "aกฮ\u0e4d\U0001f600\x85\u2028\r"
    lines = ["".join(rng.choices(letters, k=rng.randrange(9))) for _ in range(2000)]
    for run in (1, 100, 3000, 10**9):
        assert list(sorted_lines(iter(lines), tmp_path, run)) == sorted(set(lines))
        assert not list(tmp_path.iterdir())
    assert list(sorted_lines([], tmp_path)) == []
