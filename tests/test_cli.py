"""The commands as a person types them: what they print, how they fail, and their help."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ARTICLES
from stores import write

from kg import __version__
from kg.cli import main
from kg.search import index
from kg.store import Store

COMMANDS = (
    "build",
    "extract",
    "query",
    "ask",
    "search",
    "export",
    "draw",
    "push",
    "check",
    "verify",
    "diff",
    "explain",
    "learn",
)
QUERY = "SELECT ?who ?event { ?who kg:chairs ?event }"


class Run:
    """What one command did: its exit status and what it wrote."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> None:
        try:
            self.status = main([str(each) for each in arguments])
        except SystemExit as exit_:
            self.status = int(exit_.code or 0)
        self.out, self.err = capsys.readouterr()


def kg(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The help of a command shows how it is typed."""
    run = Run(capsys, command, "--help")
    assert run.status == 0
    assert f"example: kg {command}" in run.out


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A new command is listed above, so that it is tested here."""
    run = Run(capsys, "--help")
    assert tuple(re.findall(r"^    ([a-z]+) ", run.out, re.MULTILINE)) == COMMANDS


def test_help_is_answered_without_loading_what_the_commands_run_on() -> None:
    """Help, the version and wrong arguments take no time."""
    code = "import kg.cli, sys; kg.cli.main(['nonsense']); print({'rdflib', 'networkx'} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert run.stdout.strip() == b"set()"


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """``kg --version`` tells the version of the package."""
    assert Run(capsys, "--version").out == f"kg {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "COMMAND"),
        (["nonsense"], "'nonsense'"),
        (["build"], "PATH"),
        (["build", "nowhere"], "no article among 1 files of nowhere: nowhere: "),
        (["query", QUERY, "--store", "nowhere"], "no store: nowhere"),
        (["query", QUERY, "--format", "html"], "'html'"),
        (["query", "no-such-file.rq"], "No such file or directory: no-such-file.rq"),
        (["ask", "nonsense"], "'nonsense'"),
        (["ask", "chairs", "--nonsense", "1"], "--nonsense"),
        (["draw", "อาเซียน", "--store", "nowhere"], "no store: nowhere"),
        (["draw", "อาเซียน", "--depth", "0"], "not a whole number: '0': give 1 or more"),
        (["check", "--store", "nowhere"], "no store: nowhere"),
        (["verify", str(ARTICLES), "--store", "nowhere"], "no store: nowhere"),
        (["diff", "nowhere", "nowhere"], "no store: nowhere"),
        (["diff", "nowhere", "nowhere", "--format", "xml"], "'xml'"),
    ],
)
def test_an_error_is_one_line_and_status_2(
    arguments: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is wrong is told on stderr, and nothing else is written."""
    monkeypatch.chdir(tmp_path)
    if arguments[1:2] == ["no-such-file.rq"]:
        write(tmp_path / "build" / "store", [])
    run = Run(capsys, *arguments)
    assert run.status == 2
    assert run.out == ""
    assert re.fullmatch(r"kg: .+\n", run.err)
    assert told in run.err


def test_build_prints_the_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A build tells what it read, what it made of it, and where that is."""
    (tmp_path / "empty.txt").write_bytes(b"")
    run = Run(
        capsys, "build", ARTICLES, tmp_path, "--store", tmp_path / "store", "--exports", tmp_path / "exports"
    )
    assert (run.status, run.err) == (0, "")
    lines = [line.split() for line in run.out.splitlines()]
    assert ["articles", "1"] in lines
    assert ["skipped", "1"] in lines
    assert ["violations", "0"] in lines
    assert str(tmp_path / "store") in run.out
    assert any((tmp_path / "exports").iterdir())


def test_extract_prints_a_line_of_json_for_each_article(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Offsets count in the raw text; a skip is told on stderr and stops nothing."""
    (tmp_path / "a.txt").write_bytes(b"")
    run = Run(capsys, "extract", tmp_path, ARTICLES)
    assert run.status == 0
    assert run.err == f"kg: skipped: {tmp_path / 'a.txt'}: empty\n"
    (line,) = run.out.splitlines()
    document = json.loads(line)
    (path,) = ARTICLES.glob("*.txt")
    text = path.read_text(encoding="utf-8")
    assert document["doc"] == path.stem
    assert document["published"] == "2024-02-06"
    names = {entity["id"]: entity for entity in document["entities"]}
    for entity in document["entities"]:
        assert entity["iri"].startswith("https://w3id.org/thaikg/id/")
        assert all(text[start:end].strip() for start, end in entity["mentions"])
    chairs = next(fact for fact in document["facts"] if fact["rel"] == "chairs")
    assert names[chairs["subj"]]["name"] == "วิศิษฏ์ วิศิษฏ์สรอรรถ"
    assert chairs["status"] == "actual"
    assert "ประธาน" in text[slice(*chairs["evidence"])]
    assert 0 < chairs["score"] <= 1
    assert chairs["rule"]
    objects = {fact["rel"]: fact["obj"] for fact in document["facts"]}
    assert objects["also_known_as"]["text"] in text
    assert text[slice(*objects["says"]["span"])]


def test_query_takes_a_query_a_file_and_standard_input(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three give the same answer."""
    (tmp_path / "q.rq").write_text(f"\ufeff{QUERY}", encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO(QUERY))
    store = ("--store", sample / "store", "--format", "csv")
    answers = {Run(capsys, "query", given, *store).out for given in (QUERY, tmp_path / "q.rq", "-")}
    (answer,) = answers
    assert answer.splitlines()[0] == "who,event"
    assert len(answer.splitlines()) == 2


@pytest.mark.parametrize("format_", ["table", "csv", "tsv", "json", "xml"])
def test_query_writes_every_format(format_: str, capsys: pytest.CaptureFixture[str], sample: Path) -> None:
    """Rows come in any format; a graph comes as Turtle too."""
    run = Run(capsys, "query", QUERY, "--store", sample / "store", "--format", format_)
    assert (run.status, run.err) == (0, "")
    assert "event" in run.out


def test_query_writes_a_graph_as_turtle(capsys: pytest.CaptureFixture[str], sample: Path) -> None:
    """CONSTRUCT and DESCRIBE answer with a graph."""
    construct = "CONSTRUCT { ?who kg:chairs ?event } WHERE { ?who kg:chairs ?event }"
    run = Run(capsys, "query", construct, "--store", sample / "store", "--format", "turtle")
    assert run.status == 0
    assert "kg:chairs" in run.out


def test_a_wrong_query_is_told_with_line_and_column(capsys: pytest.CaptureFixture[str], sample: Path) -> None:
    """One line names the place."""
    run = Run(capsys, "query", "SELECT ?a {\n ?a ?b }", "--store", sample / "store")
    assert run.status == 2
    assert re.fullmatch(r"kg: wrong query: line 2, column \d+: .+\n", run.err)


def test_ask_lists_the_questions(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name it lists them, each with its parameters."""
    run = Run(capsys, "ask")
    assert run.status == 0
    assert "chairs: Who chairs what?" in run.out
    assert "    --country TEXT" in run.out


def test_ask_answers_a_question(capsys: pytest.CaptureFixture[str], sample: Path) -> None:
    """Parameters are options; the answer comes in any format."""
    store = ("--store", sample / "store", "--format", "csv")
    everyone = Run(capsys, "ask", "chairs", *store)
    assert "วิศิษฏ์" in everyone.out
    nobody = Run(capsys, "ask", "chairs", *store, "--person", "nobody of that name")
    assert nobody.status == 0
    assert nobody.out.splitlines() == everyone.out.splitlines()[:1]


def test_search_finds_a_word_in_thai_and_english(capsys: pytest.CaptureFixture[str], sample: Path) -> None:
    """Things by name and claims by quote, in any format of rows."""
    run = Run(capsys, "search", "ไซเบอร์", "อาเซียน", "--store", sample / "store", "--limit", 2)
    assert (run.status, run.err) == (0, "")
    assert "\n(2 rows)\n" in run.out
    run = Run(capsys, "search", "cyber", "--class", "claim", "--store", sample / "store", "--format", "csv")
    assert len(run.out.splitlines()) > 2
    assert all(line.startswith("Claim,") for line in run.out.splitlines()[1:])


def test_export_writes_the_chosen_claims(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path
) -> None:
    """Names of classes and relations are taken in either form, years of either era."""
    arguments = ("export", "--store", sample / "store", "--format", "csv", "-o", tmp_path / "new")
    run = Run(capsys, *arguments, "--relation", "co_hosts", "chairs", "--class", "ORG", "--from-year", 2567)
    assert (run.status, run.err) == (0, "")
    assert run.out == f"{tmp_path / 'new' / 'nodes.csv'}\n{tmp_path / 'new' / 'edges.csv'}\n"
    _, *edges = (tmp_path / "new" / "edges.csv").read_text(encoding="utf-8").splitlines()
    assert edges
    assert all(",coHosts," in edge for edge in edges)
    run = Run(capsys, *arguments, "--to-year", 2023)
    assert (tmp_path / "new" / "edges.csv").read_text(encoding="utf-8").count("\n") == 1
    for wrong, told in (("--class=Planet", "unknown class: 'Planet'"), ("--to-year=24", "not a year: '24'")):
        run = Run(capsys, *arguments, wrong)
        assert run.status == 2
        assert told in run.err


def test_build_tells_which_formats_it_left_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large graph."""
    monkeypatch.setattr("kg.export.LARGE", 3)
    run = Run(capsys, "build", ARTICLES, "--store", tmp_path / "store", "--exports", tmp_path / "exports")
    assert run.status == 0
    assert run.out.endswith("`kg export` may write graphml, csv.\n")
    assert {path.name for path in (tmp_path / "exports").iterdir()} == {"graph.ttl", "graph.nq", "graph.html"}


def test_every_question_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The help of a question shows its parameters."""
    run = Run(capsys, "ask", "happened", "--help")
    assert run.status == 0
    assert "--from DATE" in run.out


def test_draw_writes_a_page(capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path) -> None:
    """It tells where the page is."""
    page = tmp_path / "page.html"
    run = Run(capsys, "draw", "วิศิษฏ์ วิศิษฏ์สรอรรถ", "-o", page, "--store", sample / "store")
    assert (run.status, run.err) == (0, "")
    assert str(page) in run.out
    assert "วิศิษฏ์" in page.read_text(encoding="utf-8")


def test_draw_tells_what_it_left_out(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path
) -> None:
    """A page of a hub of the corpus would be too large to open."""
    page = tmp_path / "page.html"
    run = Run(capsys, "draw", "AJCCBC", "-o", page, "--limit", "3", "--store", sample / "store")
    assert run.out.endswith(f"things, the 3 surest of 4 claims: {page}\n")


def test_a_thing_without_claims_cannot_be_drawn(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path
) -> None:
    """What the graph knows by name alone has no surroundings."""
    lines = [line for line in Store.open(sample / "store").lines() if "/claim/" not in line]
    write(tmp_path / "store", lines, index)
    name = "วิศิษฏ์ วิศิษฏ์สรอรรถ"
    run = Run(capsys, "draw", name, "--store", tmp_path / "store", "-o", tmp_path / "page.html")
    assert (run.status, run.err) == (2, f"kg: nothing to draw: {name}: no claim is about it\n")


def test_a_query_that_is_not_utf_8_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path
) -> None:
    """A file of another encoding is an error, not a wrong answer."""
    (tmp_path / "q.rq").write_bytes("SELECT ?ก {}".encode("cp874"))
    run = Run(capsys, "query", tmp_path / "q.rq", "--store", sample / "store")
    assert run.status == 2
    assert run.err.startswith("kg: not UTF-8: ")
    assert run.err.count("\n") == 1


def test_check_tells_whether_the_graph_conforms(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path
) -> None:
    """Status 0 where it does, 1 where it does not, with what is wrong."""
    assert Run(capsys, "check", "--store", sample / "store").status == 0
    lines = [line for line in Store.open(sample / "store").lines() if "#status>" not in line]
    write(tmp_path / "store", lines)
    run = Run(capsys, "check", "--store", tmp_path / "store")
    assert run.status == 1
    assert "kg:status" in run.out


def test_verify_tells_whether_the_receipts_hold(
    capsys: pytest.CaptureFixture[str], sample: Path, tmp_path: Path
) -> None:
    """Status 0 where all hold, 1 where one does not, with its name."""
    run = Run(capsys, "verify", ARTICLES, "--store", sample / "store")
    assert run.status == 0
    assert re.fullmatch(r"(\d+) of \1 receipts hold, in 1 article\.\n", run.out)
    lines = [line.replace('#rule> "', '#rule> "not-') for line in Store.open(sample / "store").lines()]
    write(tmp_path / "store", lines)
    run = Run(capsys, "verify", ARTICLES, "--store", tmp_path / "store")
    assert run.status == 1
    assert "another rule" in run.out
    assert re.search(r"^0 of \d+ receipts hold, in 1 article\.$", run.out, re.MULTILINE)


def test_a_file_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Control characters are shown, not sent."""
    (tmp_path / "a\x1b[2J\n\u202eb.txt").write_bytes(b"")
    run = Run(capsys, "extract", tmp_path)
    assert run.err.count("\n") == 1
    assert run.err.rstrip("\n").isprintable()
    assert "\\x1b[2J" in run.err


def test_the_output_is_utf_8_whatever_the_locale(sample: Path) -> None:
    """Thai comes out whole in the C locale too."""
    run = kg(
        "ask", "chairs", "--store", sample / "store", env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    assert run.returncode == 0
    assert "วิศิษฏ์" in run.stdout.decode("utf-8")


def test_a_reader_that_leaves_is_no_error(sample: Path) -> None:
    """``kg ... | head -1`` ends in silence."""
    query = "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 } LIMIT 20000"
    command = [
        sys.executable,
        "-m",
        "kg",
        "query",
        query,
        "--store",
        str(sample / "store"),
        "--format",
        "tsv",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_explain_shows_the_words_of_each_claim(capsys: pytest.CaptureFixture[str]) -> None:
    """Relation, rule and cue stand with the words of the claim; an idle cue is listed with its place."""
    run = Run(capsys, "explain", ARTICLES)
    assert run.status == 0
    assert run.out.startswith("2024-02-06-asean-japan-cybersecurity: ")
    chairs = run.out.partition("\nchairs, actual: วิศิษฏ์ วิศิษฏ์สรอรรถ -> ")[2].splitlines()
    assert "rule events.presides" in chairs[1]
    assert "เป็นประธาน" in chairs[1]
    assert chairs[2].lstrip().startswith("[")
    text = next(ARTICLES.glob("*.txt")).read_text(encoding="utf-8")
    idle = re.findall(r"^  (\d+) (\S+): ", run.out.partition("cues that gave no claim: ")[2], re.MULTILINE)
    assert idle
    assert all(text.startswith(cue, int(place)) for place, cue in idle)


def test_learn_proposes_what_enough_articles_define(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The proposal is a table apart by tabs; what too few articles define is not in it."""
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text(
            f"ข่าวทำเนียบ\n\nวันอังคารที่ 6 กุมภาพันธ์ 2567\nวันนี้ สถาบันวิจัยเมฆ (สวม.) จัดประชุม {number}\n"
            f"ที่มา : https://www.thaigov.go.th/news/contents/details/{number}\n",
            encoding="utf-8",
        )
    assert "สถาบันวิจัยเมฆ\tสวม. 2\t\t2\t\n" in Run(capsys, "learn", tmp_path, "--least", "2").out
    assert "สถาบันวิจัยเมฆ" not in Run(capsys, "learn", tmp_path).out


def test_a_release_in_english_is_read_as_one_in_thai_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is extracted, built, explained and verified by the same commands."""
    path = tmp_path / "english.txt"
    path.write_text(
        "รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-PM meets with Ambassador of Japan\n\nวันอังคารที่ 6 กุมภาพันธ์ 2567\n"
        "February 6, 2024, at Government House, H.E. Mr. Nashida Kazuya, Ambassador of Japan to Thailand,"
        " paid a courtesy call on Prime Minister and Minister of Finance Srettha Thavisin.\n"
        "ที่มา : https://www.thaigov.go.th/news/contents/details/1\n",
        encoding="utf-8",
    )
    facts = json.loads(Run(capsys, "extract", path).out)["facts"]
    assert "meets" in {fact["rel"] for fact in facts}
    assert "rule talks.meets" in Run(capsys, "explain", path).out
    store = tmp_path / "store"
    Run(capsys, "build", path, "--store", store, "--exports", tmp_path / "exports")
    verified = Run(capsys, "verify", path, "--store", store).out
    assert re.fullmatch(r"(\d+) of \1 receipts hold, in 1 article\.\n", verified)
