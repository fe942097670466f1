"""The graph on real servers: pushed, changed, asked there, and what goes wrong on the way."""

from __future__ import annotations

import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from servers import ROWS, VIRTUOSO, Shelf, Wire, free_port, oxigraph, virtuoso
from stores import write

from kg.cli import main
from kg.errors import KgError
from kg.push import push
from kg.query import Source, ask, questions
from kg.remote import Endpoint, GraphStore, Login, Token
from kg.store import Rows, Store, Triples
from kg.vocabulary import ID

AUTH = "sparql-graph-crud-auth"
MANY = 120  # graphs, of more than a kilobyte each


def line(graph: object, text: str = "ไทย", subject: object = "a") -> str:
    return f'<{ID}person/{subject}> <https://example.org/says> "{text}"@th <https://example.org/g/{graph}> .'


@pytest.fixture(autouse=True)
def no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("KG_PASSWORD", raising=False)
    monkeypatch.delenv("KG_TOKEN", raising=False)


@pytest.fixture(scope="module")
def union(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph"), "--union-default-graph") as url:
        yield url


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """A server of one test alone, whose default graph is not the union."""
    folder = tmp_path / "oxigraph"
    folder.mkdir()
    with oxigraph(folder) as url:
        yield url


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if VIRTUOSO is None:
        pytest.skip("Virtuoso is not installed")
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


def stored(folder: Path, *lines: str) -> Store:
    write(folder / "store", lines)
    return Store.open(folder / "store")


def many(folder: Path) -> Store:
    return stored(folder, *(line(number, f"{number} " + "ก" * 400) for number in range(MANY)))


def sent(
    store: Store, url: str, folder: Path, auth: Login | Token | None = None, **options: int
) -> tuple[int, int, int]:
    """How many graphs a push sends, leaves as they are, and removes."""
    *_, progress = push(store, GraphStore(url, auth), folder / "state", **options)  # type: ignore[arg-type]
    return progress.sent, progress.unchanged, progress.removed


def count(url: str) -> int:
    answer = Endpoint(url).query(
        "SELECT (COUNT(?g) AS ?n) { GRAPH ?g { ?s ?p ?o }"
        ' FILTER(STRSTARTS(STR(?g), "https://example.org/g/")) }'
    )
    assert isinstance(answer, Rows)
    ((number,),) = answer.rows
    assert number
    return int(number.value)


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_a_push_loads_replaces_and_removes(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Only what changed is sent, and graphs that the store has no more go; those of others stay."""
    if name == "oxigraph":
        url = request.getfixturevalue("empty")
        store_url, query_url, auth = f"{url}/store", f"{url}/query", None
    else:
        url = request.getfixturevalue("other")
        store_url, query_url, auth = f"{url}/{AUTH}", f"{url}/sparql", Login("dba", "dba")
    GraphStore(store_url, auth).put("https://example.org/others", b"<urn:a> <urn:b> <urn:c> .\n")

    def held(graph: str) -> set[str]:
        answer = Endpoint(query_url).query(f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        assert isinstance(answer, Triples)
        return {f"{s} {p} {o} <{graph}> ." for s, p, o in answer}

    thai = "https://example.org/g/ไทย%20?a=b&c"
    nasty = r"\"\\ \n\t & ไทย ก้ำ \u200B 😀"
    first = [line("x"), line("x", nasty), line("y"), line("ไทย%20?a=b&c")]
    store = stored(tmp_path, *first)
    assert sent(store, store_url, tmp_path, auth) == (3, 0, 0)
    assert held("https://example.org/g/x") == set(store.graph("https://example.org/g/x"))
    assert held(thai) == set(store.graph(thai)) != set()
    assert sent(store, store_url, tmp_path, auth) == (0, 3, 0)

    store = stored(tmp_path, line("x", "ใหม่"), line("y"))
    assert sent(store, store_url, tmp_path, auth) == (1, 1, 1)
    assert held("https://example.org/g/x") == {line("x", "ใหม่")}
    assert held(thai) == set()
    assert len(held("https://example.org/others")) == 1
    assert sent(store, store_url, tmp_path, auth, everything=True) == (2, 0, 0)
    assert count(query_url) == 2
    assert sent(stored(tmp_path), store_url, tmp_path, auth) == (0, 0, 2)


def asked(source: Source) -> list[str]:
    """What the named questions answer, each with nothing given where it can be and with its texts."""
    answers = []
    for question in questions().values():
        given = {each.name: "อาเซียน" for each in question.parameters.values() if each.type == "text"}
        for chosen in ({}, given) if given else ({"claim": "claim:87adb5593b18c050"},):
            answers.append(ask(source, question.name, chosen, "json"))
    return answers


def test_every_question_has_the_same_answer_on_a_server(union: str, sample: Path, tmp_path: Path) -> None:
    """Rows, terms and their order, whatever the question is asked with."""
    store = Store.open(sample / "store")
    sent(store, f"{union}/store", tmp_path)
    endpoint = Endpoint(f"{union}/query")
    assert not endpoint.hides_named_graphs()
    local = asked(store)
    assert "".join(local).count('"value"') > 80
    assert asked(endpoint) == local


def test_virtuoso_answers_alike(other: str, sample: Path, tmp_path: Path) -> None:
    """Its own ways of writing terms and of answering ASK make no difference; it sorts Thai differently."""
    store = Store.open(sample / "store")
    sent(store, f"{other}/{AUTH}", tmp_path, Login("dba", "dba"))
    endpoint = Endpoint(f"{other}/sparql")
    assert not endpoint.hides_named_graphs()
    for here, there in zip(asked(store), asked(endpoint), strict=True):
        assert sorted(there.splitlines()) == sorted(here.splitlines())
    assert endpoint.query("ASK { ?claim a kg:Claim }") is True
    assert endpoint.query("ASK { ?claim a kg:Nothing }") is False
    with pytest.raises(KgError, match=rf"^answer cut at {ROWS} rows: .*LIMIT"):
        endpoint.query("SELECT * { ?s ?p ?o . ?a ?b ?c }")
    with pytest.raises(KgError, match=r"^wrong query: Virtuoso 37000 Error SP030"):
        endpoint.query("SELECT nonsense")


def test_answers_of_all_forms_are_those_of_the_store(union: str, sample: Path, tmp_path: Path) -> None:
    """SELECT, ASK, CONSTRUCT and DESCRIBE, with and without bindings, prefixes declared or not."""
    store = Store.open(sample / "store")
    sent(store, f"{union}/store", tmp_path)
    endpoint = Endpoint(f"{union}/query")
    for sparql in (
        "# {\nSELECT ?s ?none (5 AS ?n) (BNODE() AS ?b) { ?s kg:begin ?o } ORDER BY ?o LIMIT 3",
        "BASE <https://w3id.org/> PREFIX k: <thaikg/ontology#> SELECT ?s ?o { ?s k:quote ?o } ORDER BY ?s",
        "ASK { ?s a kg:Claim }",
        "ASK { ?s a kg:Nothing }",
        "CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s rdfs:label ?o }",
        "DESCRIBE claim:87adb5593b18c050",
    ):
        here, there = store.query(sparql), endpoint.query(sparql)
        if isinstance(here, Rows) and isinstance(there, Rows):
            assert there.variables == here.variables
            shown = [[term for term in row if not term or term.kind != "blank"] for row in here.rows]
            assert [[t for t in row if not t or t.kind != "blank"] for row in there.rows] == shown != []
        else:
            assert there == here


def test_the_commands_ask_a_server(
    empty: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """kg push, kg query and kg ask by their addresses; a default graph that hides the others is told."""
    state = ["--store", str(sample / "store"), "--state", str(tmp_path / "state")]
    assert main(["push", f"{empty}/store", *state]) == 0
    assert capsys.readouterr() == ("1 graph: 1 sent, 0 unchanged, 0 removed.\n", "")
    sparql = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s a kg:Claim } }"
    assert main(["query", sparql, "--endpoint", f"{empty}/query", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == ["n", "23"]
    assert err.startswith(f"kg: default graph empty: {empty}/query: ")
    assert (
        main(["ask", "planned", "--country", "แคนาดา", "--endpoint", f"{empty}/query?union-default-graph"])
        == 0
    )
    out, err = capsys.readouterr()
    assert "ศูนย์ AJCCBC" in out
    assert err == ""
    for wrong, told in (
        ("SELECT ?s { ?s kg:chairs }", "wrong query: "),
        ("# x\nDROP ALL", "not a query: "),
    ):
        assert main(["query", wrong, "--endpoint", f"{empty}/query?union-default-graph"]) == 2
        assert capsys.readouterr().err.startswith(f"kg: {told}")
    assert main(["query", sparql, "--endpoint", f"{empty}/store"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_push_goes_on_after_a_dropped_connection(empty: str, tmp_path: Path) -> None:
    """With pauses by itself, without them when it is run again; nothing that has arrived is sent twice."""
    store = many(tmp_path)
    wire = Wire(empty, room=100_000)
    with pytest.raises(
        KgError, match=rf"^cannot reach the server: .*: \d+ of {MANY} graphs sent, run it again"
    ):
        sent(store, f"{wire.url}/store", tmp_path, retries=0)
    before = count(f"{empty}/query")
    assert 0 < before < MANY
    wire.room = float("inf")
    done, unchanged, _ = sent(store, f"{wire.url}/store", tmp_path)
    assert done + unchanged == MANY
    assert 0 < unchanged <= before
    assert unchanged > before - 70  # those under way when the line was cut
    assert count(f"{empty}/query") == MANY

    wire.room = 100_000
    notes = []
    for progress in push(store, GraphStore(f"{wire.url}/store"), tmp_path / "state", everything=True):
        if progress.waiting:
            notes.append(progress.waiting)
            wire.room = float("inf")
    assert progress.sent == MANY
    assert notes[0].endswith("again in 0.5 s")
    assert wire.connections < MANY / 4  # connections are kept
    wire.close()


def test_a_push_goes_on_after_it_was_killed(empty: str, tmp_path: Path) -> None:
    """What was acknowledged stays so; what was under way, and is gone from the store since, is removed."""
    many(tmp_path)
    wire = Wire(empty, room=100_000, stalls=True)
    command = [sys.executable, "-m", "kg", "push", f"{wire.url}/store", "--store", str(tmp_path / "store")]
    with subprocess.Popen([*command, "--state", str(tmp_path / "state")]) as run:
        assert wire.is_cut.wait(30)
        with pytest.raises(KgError, match=r"^another push is at work"):
            sent(Store.open(tmp_path / "store"), f"{wire.url}/store", tmp_path)
        run.send_signal(signal.SIGKILL)
    wire.room = float("inf")
    store = stored(tmp_path, line("new"))
    assert count(f"{empty}/query") > 0
    assert sent(store, f"{wire.url}/store", tmp_path)[:2] == (1, 0)
    assert count(f"{empty}/query") == 1
    wire.close()


def test_trouble_is_waited_for_and_then_told(tmp_path: Path) -> None:
    """429 and 5xx are tried again; in the end one line says what, where and what to do."""
    shelf = Shelf()
    store = stored(tmp_path, line("x"), line("y"))
    shelf.troubles = [429, 503, 500]
    assert sent(store, shelf.url, tmp_path) == (2, 0, 0)
    shelf.troubles = [503] * 9
    with pytest.raises(KgError) as error:
        sent(store, shelf.url, tmp_path, everything=True, retries=0)
    assert str(error.value) == (
        f"server in trouble: {shelf.url}: HTTP 503: Service Unavailable: 0 of 2 graphs sent, "
        "run it again to go on"
    )
    shelf.shutdown()


def test_redirects_keep_what_is_sent_and_stay_with_the_server(tmp_path: Path) -> None:
    """A PUT stays a PUT; a password goes to no other server."""
    shelf = Shelf()
    sent(stored(tmp_path, line("ไ&x")), f"{shelf.url}/old", tmp_path)
    assert list(shelf.graphs) == ["https://example.org/g/ไ&x"]
    assert shelf.seen[-1][0] == "/new?graph=https%3A%2F%2Fexample.org%2Fg%2F%E0%B9%84%26x"
    with pytest.raises(KgError, match=r"^redirected elsewhere: .*: give http://example\.invalid/"):
        sent(Store.open(tmp_path / "store"), f"{shelf.url}/away", tmp_path)
    shelf.shutdown()


def test_logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Basic when the server asks for it, a token at once; the password from the environment only."""
    shelf = Shelf(asks=True)
    stored(tmp_path, line("x"))
    command = ["push", shelf.url, "--store", str(tmp_path / "store"), "--all"]
    assert main(command) == 2
    assert capsys.readouterr().err == (
        f"kg: login refused: {shelf.url}: give --user and KG_PASSWORD, or KG_TOKEN\n"
    )
    assert main([*command, "--user", "u"]) == 2
    assert capsys.readouterr().err == "kg: no password for u: set KG_PASSWORD\n"
    monkeypatch.setenv("KG_PASSWORD", "wrong")
    assert main([*command, "--user", "u"]) == 2
    assert capsys.readouterr().err == f"kg: login refused: {shelf.url}: check it\n"
    monkeypatch.setenv("KG_PASSWORD", "p")
    shelf.seen.clear()
    assert main([*command, "--user", "u"]) == 0
    assert [bool(given) for _, given in shelf.seen] == [False, True]
    monkeypatch.setenv("KG_TOKEN", "t")
    shelf.seen.clear()
    assert main(command) == 0
    assert [given for _, given in shelf.seen] == ["Bearer t"]
    assert main(["push", shelf.url.replace("//", "//u:p@"), *command[2:]]) == 2
    assert "give --user" in capsys.readouterr().err
    shelf.shutdown()


def test_digest(other: str, tmp_path: Path) -> None:
    """Virtuoso asks for Digest; a wrong password and a graph store without a login are told."""
    store = stored(tmp_path, line("digest"))
    with pytest.raises(KgError, match=f"^login refused: {other}/{AUTH}: check it$"):
        sent(store, f"{other}/{AUTH}", tmp_path, Login("dba", "wrong"))
    with pytest.raises(KgError, match=r"^not allowed: .*Permission denied.*: log in"):
        sent(store, f"{other}/sparql-graph-crud", tmp_path)
    assert sent(store, f"{other}/{AUTH}", tmp_path, Login("dba", "dba")) == (1, 0, 0)
    assert sent(stored(tmp_path), f"{other}/{AUTH}", tmp_path, Login("dba", "dba")) == (0, 0, 1)


def test_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate is checked; one that is not trusted is told at once."""
    shelf = Shelf()
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    shelf.socket = context.wrap_socket(shelf.socket, server_side=True)
    store, url = stored(tmp_path, line("x")), shelf.url.replace("http:", "https:")
    with pytest.raises(KgError, match=r"^cannot reach the server: .*CERTIFICATE_VERIFY_FAILED"):
        sent(store, url, tmp_path)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert sent(store, url, tmp_path) == (1, 0, 0)
    shelf.shutdown()


def test_wrong_addresses_and_a_server_that_is_down(union: str, tmp_path: Path) -> None:
    """Each is one line; the address is in it."""
    store = stored(tmp_path, line("x"))
    down = f"http://127.0.0.1:{free_port()}"
    for url, told in (
        (f"{union}/nowhere", f"no Graph Store there: {union}/nowhere: HTTP 404: check the address"),
        (f"{union}/update", f"no Graph Store there: {union}/update: HTTP 40"),
        (down, f"cannot reach the server: {down}: Connection refused: 0 of 1 graphs sent"),
        ("ftp://127.0.0.1", "not an address: 'ftp://127.0.0.1': give one such as "),
        ("localhost:7878/store", "not an address: 'localhost:7878/store'"),
    ):
        with pytest.raises(KgError) as error:
            sent(store, url, tmp_path, retries=0)
        assert str(error.value).startswith(told)
    with pytest.raises(KgError, match=r"^cannot reach the server"):
        Endpoint(down).query("ASK {}")
    with pytest.raises(KgError, match=r"^no SPARQL endpoint there: .*: HTTP 404"):
        Endpoint(f"{union}/nowhere").query("ASK {}")


def test_an_answer_that_is_none_is_told() -> None:
    """A page in the place of an answer, and one broken off, which Oxigraph sends with a status of 200."""
    shelf = Shelf()
    results = "application/sparql-results+json"
    for page, told in (
        (("text/html", "<p>Welcome"), "no SPARQL endpoint there: "),
        (
            (results, '{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri"'),
            "answer broken off: ",
        ),
        ((results, '{"error": "?"}'), "wrong answer: "),
        ((results, "[]"), "wrong answer: "),
    ):
        shelf.page = page
        with pytest.raises(KgError) as error:
            Endpoint(shelf.url).query("SELECT ?s { ?s ?p ?o }")
        assert str(error.value).startswith(f"{told}{shelf.url}: ")
    shelf.page = ("application/n-triples", "<urn:a> <urn:b>")
    with pytest.raises(KgError, match=r"^answer broken off: "):
        Endpoint(shelf.url).query("DESCRIBE <urn:a>")
    shelf.shutdown()


def test_a_file_that_is_no_state_is_left_alone(tmp_path: Path) -> None:
    """A wrong --state is told, and not written."""
    (tmp_path / "state").write_text("my own notes, which are longer than a header of SQLite" * 20)
    with pytest.raises(KgError, match=r"^not the state of a push: .*: name another with --state"):
        sent(stored(tmp_path, line("x")), "http://127.0.0.1:1", tmp_path)
    assert (tmp_path / "state").read_text().startswith("my own notes")
