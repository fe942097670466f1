"""Articles from folders, archives and tables: the same graph from each, and no row that stops the others."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import sys
import tarfile
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import corpora
import pyarrow
import pytest
from pyarrow import parquet

from kg.cli import main
from kg.errors import KgError
from kg.extract import describe, each
from kg.graph import article_iri
from kg.model import Article, Document, Skip
from kg.read import articles
from kg.sources import LARGEST, Sources

NUMBERS = range(1, 13)
TEXTS = {f"v1/{number}.txt": corpora.release(number).encode() for number in NUMBERS}


def zstd(data: bytes) -> bytes:
    packed = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(packed, "zstd") as file:
        file.write(data)
    return bytes(packed.getvalue().to_pybytes())


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}


def tar(members: Mapping[str, bytes]) -> bytes:
    """A tar archive, in which folders and a link stand too."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind, name in ((tarfile.DIRTYPE, "v1"), (tarfile.SYMTYPE, "v1/link.txt")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def jsonl(rows: Iterable[object]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def parquet_bytes(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), file, row_group_size=5)
    return file.getvalue()


def corpus(path: Path) -> Path:
    """The same articles, in the form that the name of ``path`` tells."""
    rows = [{"number": at, "text": text.decode()} for at, text in enumerate(TEXTS.values())]
    name, suffix = path.name, path.suffix if path.suffix in PACKED else ""
    if name == "folder":
        corpora.folder(path, NUMBERS)
    elif path.suffix == ".parquet":
        path.write_bytes(parquet_bytes(rows))
    elif path.suffix == ".tgz":
        path.write_bytes(gzip.compress(tar(TEXTS)))
    else:
        path.write_bytes(PACKED[suffix](tar(TEXTS) if ".tar" in name else jsonl(rows)))
    return path


def graph(path: Path) -> list[str]:
    """What the articles in ``path`` say; every document there must be one."""
    found = list(each([path], describe))
    assert not [skip for skip in found if isinstance(skip, Skip)]
    return sorted(line for told in found if not isinstance(told, Skip) for line in told[1])


def results(path: Path) -> list[Document | Skip]:
    return list(Sources([path]))


def skips(path: Path) -> list[tuple[str, str]]:
    """The label, from the name of ``path`` on, and the reason of each skip."""
    return [
        (each.label.removeprefix(f"{path.parent}/"), each.reason)
        for each in results(path)
        if isinstance(each, Skip)
    ]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return graph(corpus(tmp_path_factory.mktemp("expected") / "folder"))


@pytest.mark.parametrize(
    "name",
    [
        *(f"c.tar{packed}" for packed in PACKED),
        *(f"c.jsonl{packed}" for packed in PACKED),
        "c.tgz",
        "c.v2.NDJSON",
        "c.parquet",
    ],
)
def test_the_same_articles_are_the_same_graph(name: str, tmp_path: Path, expected: list[str]) -> None:
    """It does not matter how the articles are packed, nor what else stands in an archive or a table."""
    assert len(expected) > 100
    assert graph(corpus(tmp_path / name)) == expected


def test_sources_are_read_in_their_order_and_tell_how_far(tmp_path: Path) -> None:
    """The share of what is read grows from 0 to 1."""
    sources = Sources([corpus(tmp_path / "c.tar.xz"), corpus(tmp_path / "folder")])
    assert sources.done == 0
    shares = []
    labels = []
    for document in sources:
        shares.append(sources.done)
        labels.append(document.label)
    assert labels[:2] == [f"{tmp_path}/c.tar.xz/v1/{number}.txt" for number in (1, 2)]
    assert labels[len(NUMBERS)] == f"{tmp_path}/folder/00001.txt"
    assert shares == sorted(shares)
    assert 0 < shares[-2] < shares[-1] == sources.done == 1


def test_one_bad_row_never_stops_the_others(tmp_path: Path) -> None:
    """What is no article is a skip that tells its row."""
    good, last = ({"text": corpora.release(number)} for number in (1, 2))
    rows = [good, {"body": "no text"}, {"text": None}, ["text"], {"text": 7}, {"text": "x" * (LARGEST + 1)}]
    path = tmp_path / "c.jsonl"
    junk = b'{"text": "cut\n\xff\xfe\n\n' + b"[" * 100_000 + b"\n"
    path.write_bytes(jsonl(rows) + junk + jsonl([last]))
    assert skips(path) == [
        *((f"c.jsonl:{row}", "no text") for row in (2, 3, 4, 5)),
        ("c.jsonl:6", "too large"),
        *((f"c.jsonl:{row}", "not JSON") for row in (7, 8, 9, 10)),
    ]
    assert [each.label[-2:] for each in results(path) if isinstance(each, Document)] == [":1", "11"]


def test_a_bomb_is_a_skip_and_takes_no_memory(tmp_path: Path) -> None:
    """A line without end, or a member that is too large, is read in pieces and dropped."""
    line, member = tmp_path / "c.jsonl.gz", tmp_path / "c.tar.gz"
    size = 120_000_000
    line.write_bytes(gzip.compress(jsonl([{"text": "a"}]) + b"0" * size + b"\n" + jsonl([{"text": "b"}]), 1))
    member.write_bytes(gzip.compress(tar({"a.txt": b"0" * size, "b.txt": b"b"}), 1))
    tracemalloc.start()
    try:
        assert skips(line) == [("c.jsonl.gz:2", "too large")]
        assert skips(member) == [("c.tar.gz/a.txt", "too large")]
        assert tracemalloc.get_traced_memory()[1] < size / 2
    finally:
        tracemalloc.stop()


def test_the_names_of_members_are_but_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No name of a member is ever a path: nothing is unpacked."""
    path, outside = tmp_path / "c.tar", tmp_path / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    names = ("../up.txt", "/etc/abs.txt", "a/../../b.txt", "two\nlines.txt", "C:\\x.txt")
    path.write_bytes(tar({name: corpora.release(at).encode() for at, name in enumerate(names)}))
    before = sorted(tmp_path.rglob("*"))
    assert [document.label for document in results(path)] == [f"{path}/{name}" for name in names]
    assert sorted(tmp_path.rglob("*")) == before
    assert graph(path)


@pytest.mark.parametrize("name", [*(f"c.tar{packed}" for packed in PACKED), "c.tgz", "c.parquet"])
@pytest.mark.parametrize("share", [0.0, 0.4, 0.97])
def test_what_ends_in_its_middle_is_an_error(name: str, share: float, tmp_path: Path) -> None:
    """Of a file that is cut off nobody can tell what is missing."""
    path = corpus(tmp_path / name)
    whole = path.read_bytes()
    end = len(whole.rstrip(b"\0"))  # a tar ends in zeros
    path.write_bytes(whole[: int(share * end)])
    with pytest.raises(KgError, match=rf"^cannot read {path}: .") as raised:
        results(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("packed", [".gz", ".bz2", ".xz", ".zst"])
def test_a_table_that_ends_in_its_middle_is_an_error(packed: str, tmp_path: Path) -> None:
    """The compression tells that the file is not whole."""
    path = corpus(tmp_path / f"c.jsonl{packed}")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(KgError, match=r"^cannot read .*c\.jsonl"):
        results(path)


@pytest.mark.parametrize("block", range(1, 36, 5))
def test_an_archive_that_is_cut_between_two_blocks_is_an_error(block: int, tmp_path: Path) -> None:
    """Even where the cut is at the border of a member."""
    path = corpus(tmp_path / "c.tar")
    path.write_bytes(path.read_bytes()[: 512 * block])
    with pytest.raises(KgError, match=r"^cannot read .*c\.tar"):
        results(path)


@pytest.mark.parametrize("name", [*(f"c.tar{packed}" for packed in PACKED), "c.jsonl.gz", "c.parquet"])
def test_damaged_bytes_never_bring_out_anything_but_an_error_of_one_line(name: str, tmp_path: Path) -> None:
    """Whatever bytes are wrong, the file is read, with its skips, or it is an error that names it."""
    path = corpus(tmp_path / name)
    whole = path.read_bytes()
    chance = random.Random(name)
    errors = 0
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 50))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            list(each([path], describe))
        except KgError as error:
            errors += 1
            assert str(error).startswith(f"cannot read {path}: ")
            assert "\n" not in str(error)
    assert errors


@pytest.mark.parametrize(
    "name", ["c.tar", "c.tar.gz", "c.tgz", "c.tar.xz", "c.tar.zst", "c.parquet", "c.jsonl.gz"]
)
def test_what_is_not_what_its_name_says_is_an_error(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and the exit status of an error."""
    path = tmp_path / name
    path.write_text(corpora.release(1), encoding="utf-8")
    store = ["--store", str(tmp_path / "store"), "--exports", str(tmp_path / "exports")]
    assert main(["build", str(path), *store]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"kg: cannot read {path}: ")
    assert told.count("\n") == 1


@pytest.mark.parametrize("name", ["c.tar", "c.parquet", "c.jsonl"])
def test_a_missing_archive_is_an_error(name: str, tmp_path: Path) -> None:
    """It is named, with what is wrong with it."""
    with pytest.raises(KgError, match=rf"^cannot read .*{name}: .*No such file"):
        results(tmp_path / name)


@pytest.mark.parametrize("name", ["c.parquet", "c.tar.zst", "c.jsonl.zst"])
def test_a_missing_library_is_told_with_what_to_install(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyarrow is needed for these alone."""
    path = corpus(tmp_path / name)
    for module in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(KgError, match=r"^pyarrow, .*: pip install pyarrow$"):
        results(path)
    assert results(corpus(tmp_path / "c.tar.xz"))


def table(tmp_path: Path, *rows: dict[str, Any]) -> list[Article]:
    """The articles in a table with ``rows``, of which each must be one."""
    path = tmp_path / "c.jsonl"
    path.write_bytes(jsonl(rows))
    found = list(articles([path]))
    assert all(isinstance(each, Article) for each in found), found
    return [each for each in found if isinstance(each, Article)]


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("2024-02-06", "2024-02-06"),
        ("2024-02-06T10:30:00+07:00", "2024-02-06"),
        ("2024-02-06 10:30:00", "2024-02-06"),
        ("6 กุมภาพันธ์ 2567", "2024-02-06"),
        ("วันอังคารที่ ๖ กุมภาพันธ์ ๒๕๖๗", "2024-02-06"),
        ("6 ก.พ. 67", "2024-02-06"),
        ("2024-02-31", None),
        ("2024-02", None),
        ("กุมภาพันธ์ 2567", None),
        ("1 มกราคม 2513", None),
        ("yesterday", None),
        ("", None),
        (20240206, None),
    ],
)
def test_a_table_gives_the_date(date: object, published: str | None, tmp_path: Path) -> None:
    """In ISO 8601 and in Thai; what is no day is none, and costs nobody the article."""
    (article,) = table(tmp_path, {"text": f"ข่าว\n{corpora.body(1)}", "date": date})
    assert article.published == published
    assert describe(article)


def test_the_columns_of_a_table_tell_what_the_text_does_not(tmp_path: Path) -> None:
    """A release that tells its own address and day is not contradicted; a headline is not repeated."""
    bare, whole = table(
        tmp_path,
        {"text": corpora.body(1), "title": "หัวข่าว", "url": corpora.url(1), "date": "2020-01-02"},
        {"text": corpora.release(2), "title": "รัฐบาลไทย", "url": corpora.url(9), "date": "2020-01-02"},
    )
    assert bare.text == f"หัวข่าว\n{corpora.body(1)}"
    assert (bare.url, bare.published) == (corpora.url(1), "2020-01-02")
    assert whole.text == corpora.release(2)
    assert (whole.url, whole.published) == (corpora.url(2), "2024-02-03")


def test_a_column_of_days_in_parquet_is_a_date(tmp_path: Path) -> None:
    """As Parquet keeps them, a day or a moment."""
    path = tmp_path / "c.parquet"
    text = pyarrow.array([f"ข่าว\n{corpora.body(number)}" for number in (1, 2)])
    for kind in (pyarrow.date32(), pyarrow.timestamp("ms")):
        days = pyarrow.array([19759, None], pyarrow.int32()).cast(pyarrow.date32()).cast(kind)
        parquet.write_table(pyarrow.table({"text": text, "date": days}), path)
        assert [each.published for each in articles([path]) if isinstance(each, Article)] == [
            "2024-02-06",
            None,
        ]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/> <x:s> <x:p> <x:o> .\n<x:a>",
        'https://example.org/" .',
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://example.org/a b",
        "https://w3id.org/thaikg/id/person/0123456789abcdef\u2028",
        "N/A",
        7,
    ],
)
def test_a_hostile_address_gets_into_no_iri(url: object, tmp_path: Path) -> None:
    """An article is named by a hash, and has an address only where it is one of the web."""
    text = f"ข่าว\n{corpora.body(1)}"
    hostile, plain = table(tmp_path, {"text": text, "url": url}, {"text": text})
    assert article_iri(hostile) == article_iri(plain)
    assert describe(hostile)[1] == describe(plain)[1]
    assert not [line for line in describe(hostile)[1] if "<http://schema.org/url>" in line]
