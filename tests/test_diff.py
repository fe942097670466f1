"""Which claims came and went between two builds: stores, and exports of stores."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from stores import write

from kg.build import build
from kg.cli import main
from kg.diff import Difference, diff, written
from kg.errors import KgError
from kg.store import Store, reading

CHAIRS = "นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงคมนาคม เป็นประธานเปิดการประชุมคณะกรรมการพัฒนาระบบราง\n"
SCORES = ('score> "0.', 'score> "0.0')  # a change of every score
PART = "กรมบัญชีกลาง กระทรวงการคลัง แจ้งข่าว\n"


def built(folder: Path, name: str, *texts: str) -> Path:
    """The store of releases, each with the number of its place; "" stands for none."""
    articles = folder / f"{name}.articles"
    articles.mkdir()
    for number, text in enumerate(texts):
        if text:
            told = f"ข่าวทำเนียบรัฐบาล\n{text}\nที่มา : https://www.thaigov.go.th/news/{number}"
            (articles / f"{number}.txt").write_text(told, encoding="utf-8")
    build([articles], folder / name, folder / f"{name}.exports")
    return folder / name


def found(old: Path, new: Path) -> list[Difference]:
    with reading(old) as one, reading(new) as other:
        return list(diff(one, other))


def lines(sample: Path, *changes: tuple[str, str]) -> list[str]:
    """The statements of the sample, changed."""
    told = list(Store.open(sample / "store").lines())
    for old, new in changes:
        assert any(old in line for line in told)
        told = [line.replace(old, new) for line in told]
    return told


def test_a_store_does_not_differ_from_itself_its_copy_and_its_exports(sample: Path, tmp_path: Path) -> None:
    """However a build is given, it is the same build."""
    shutil.copytree(sample / "store", tmp_path / "copy")
    packed = tmp_path / "graph.nq.gz"
    packed.write_bytes(gzip.compress((sample / "exports" / "graph.nq").read_bytes()))
    for other in (sample / "store", tmp_path / "copy", sample / "exports" / "graph.nq", packed):
        assert found(sample / "store", other) == []
        assert found(other, sample / "store") == []


def test_claims_come_and_go_with_their_article(tmp_path: Path) -> None:
    """Each tells its relation, its status, its things by their names, and the article's address."""
    old = built(tmp_path, "old", CHAIRS, PART)
    new = built(tmp_path, "new", CHAIRS, "", PART)
    differences = found(old, new)
    assert {(each.kind, each.article) for each in differences} == {
        ("-", "https://www.thaigov.go.th/news/1"),
        ("+", "https://www.thaigov.go.th/news/2"),
    }
    came = next(each for each in differences if each.kind == "+")
    assert (came.relation, came.status) == ("part_of", "actual")
    assert (came.subject, came.object) == ("กรมบัญชีกลาง", "กระทรวงการคลัง")
    assert came.claim.startswith("claim:")
    assert came.changes == {}
    assert [each.claim for each in found(new, old)] == [each.claim for each in differences]


def test_a_claim_whose_words_have_moved_is_changed(tmp_path: Path) -> None:
    """The same fact of the same article is one claim, though its place gives it another IRI."""
    old = built(tmp_path, "old", CHAIRS)
    new = built(tmp_path, "new", f"ข่าวด่วน\n{CHAIRS}")
    differences = found(old, new)
    assert {each.kind for each in differences} == {"~"}
    chairs = next(each for each in differences if each.relation == "chairs")
    assert chairs.changes.keys() == {"begin", "end", "claim"}
    was, now = chairs.changes["begin"]
    assert int(now) - int(was) == len("ข่าวด่วน\n")
    assert chairs.changes["claim"][1] == chairs.claim


def test_another_score_and_rule_change_a_claim(sample: Path, tmp_path: Path) -> None:
    """What is told of a claim with the same IRI is compared too."""
    write(tmp_path / "new", lines(sample, SCORES, ('rule> "events.presides"', 'rule> "events.opens"')))
    differences = found(sample / "store", tmp_path / "new")
    assert {each.kind for each in differences} == {"~"}
    (chairs,) = (each for each in differences if each.relation == "chairs")
    assert chairs.changes.keys() == {"rule", "score"}
    assert chairs.changes["rule"] == ("events.presides", "events.opens")
    was, now = map(float, chairs.changes["score"])
    assert now == pytest.approx(was / 10)


def test_another_status_is_another_fact(tmp_path: Path) -> None:
    """What was planned and now is so has gone and come: the one stands beside the other."""
    old = built(tmp_path, "old", CHAIRS.replace(" เป็นประธาน", " จะเป็นประธาน"))
    new = built(tmp_path, "new", CHAIRS)
    chairs = [each for each in found(old, new) if each.relation == "chairs"]
    assert [(each.kind, each.status) for each in chairs] == [("+", "actual"), ("-", "planned")]


def test_graphs_of_one_digest_are_not_read(sample: Path, tmp_path: Path) -> None:
    """Stores keep a digest of each graph, so that a comparison costs what has changed."""
    write(tmp_path / "new", lines(sample, SCORES))
    assert found(sample / "store", tmp_path / "new")
    digests = Store.open(sample / "store").path / "graphs.tsv"
    shutil.copy(digests, Store.open(tmp_path / "new").path)
    assert found(sample / "store", tmp_path / "new") == []


def test_a_table_ends_with_the_count_of_each_relation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each claim, then how many came, went and changed; the exit status tells that some did."""
    old, new = built(tmp_path, "old", CHAIRS, PART), built(tmp_path, "new", CHAIRS)
    assert main(["diff", str(old), str(new)]) == 1
    out = capsys.readouterr().out.splitlines()
    (line,) = (each for each in out if each.startswith("- part_of"))
    assert line.startswith(
        "- part_of, actual: กรมบัญชีกลาง -> กระทรวงการคลัง  https://www.thaigov.go.th/news/1  claim:"
    )
    counts = [each.split() for each in out[out.index("") + 1 :]]
    assert counts[0] == ["came", "went", "changed"]
    assert ["part_of", "0", "1", "0"] in counts
    assert counts[-1] == ["all", "0", str(len(out[: out.index("")])), "0"]
    assert main(["diff", str(old), str(old)]) == 0
    assert capsys.readouterr().out == "The claims are the same.\n"


def test_json_and_csv_hold_whole_texts(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs get every difference with its changes, however long its texts are."""
    write(tmp_path / "new", lines(sample, SCORES))
    both = [str(sample / "store"), str(tmp_path / "new")]
    assert main(["diff", *both, "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert main(["diff", *both, "--format", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [each["claim"] for each in told["differences"]] == [row["claim"] for row in rows]
    (chairs,) = (row for row in rows if row["relation"] == "chairs")
    assert chairs["difference"] == "changed"
    assert re.fullmatch(r"score: 0\.\d+ -> 0\.0\d+", chairs["changes"])
    assert len(chairs["object"]) > 40
    assert told["summary"]["chairs"] == {"came": 0, "went": 0, "changed": 1}
    assert json.loads("".join(written([], "json"))) == {"differences": [], "summary": {}}


def test_texts_do_not_steer_the_terminal_or_a_spreadsheet(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A build may hold any text: what would act is written out."""
    label = '"กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม"@th'
    hostile = r'"=1+1\u001B[2J\nกระทรวง"@th'
    write(tmp_path / "new", lines(sample, SCORES, (label, hostile)))
    both = [str(sample / "store"), str(tmp_path / "new")]
    assert main(["diff", *both]) == 1
    out = capsys.readouterr().out
    assert r"=1+1\x1b[2J กระทรวง" in out
    assert "\x1b" not in out
    assert main(["diff", *both, "--format", "csv"]) == 1
    subjects = {row["subject"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert "'=1+1\x1b[2J\nกระทรวง" in subjects


def test_what_is_no_build_is_an_error(sample: Path, tmp_path: Path) -> None:
    """A file that cannot be read whole must not look like a build that lacks its claims."""
    exported = (sample / "exports" / "graph.nq").read_bytes()
    for name, content, told in (
        ("short.nq.gz", gzip.compress(exported)[:-100], "cannot read the N-Quads"),
        ("plain.nq.gz", exported, "cannot read the N-Quads"),
        ("text.nq", "ข่าว".encode(), "cannot read the N-Quads"),
        ("empty.nq", b"", "no named graph"),
        (
            "triples.nq",
            b"<http://a.example/a> <http://a.example/b> <http://a.example/c> .\n",
            "no named graph",
        ),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(KgError, match=told):
            found(sample / "store", tmp_path / name)
    with pytest.raises(KgError, match="no store"):
        found(tmp_path / "nowhere", sample / "store")
