"""Reading: encodings, the release format, the plain copy and its offsets, and what is skipped."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Unreadable
from kg.model import Article, Skip, Span
from kg.read import articles, normalise, parse, read
from kg.sources import LARGEST, document

HEADLINE = "ดีอี จับมือ สกมช. เปิดประชุม “ไซเบอร์”  ครั้งที่ 1"
BODY = "วันนี้ (๖ กุมภาพันธ์ ๒๕๖๗)\xa0ปลัดกระทรวงดิจิทัล\u200bเป็นประธานเปิดการประชุม"
SIGN_OFF = "ภาพ / ข่าว : กลุ่มสื่อสารองค์กร"
URL = "https://www.thaigov.go.th/news/contents/details/78489"
RELEASE = f"""รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-{HEADLINE}


วันอังคารที่ 6 กุมภาพันธ์ 2567
06/02/2567
พิมพ์
{HEADLINE}
{HEADLINE.replace("  ", " ")}
{BODY[:30]}
p.p1 {{margin: 0.0px 0.0px 10.0px 0.0px; font: 16.0px Helvetica}}
{BODY}
.....
วันพุธที่ 7 กุมภาพันธ์ 2567
ที่มา : กระทรวงการคลัง
*************
{SIGN_OFF}

ที่มา : {URL}"""


def write(folder: Path, data: bytes, name: str = "release.txt") -> Path:
    """A file of ``data`` in ``folder``."""
    path = folder / name
    path.write_bytes(data)
    return path


def test_release(tmp_path: Path) -> None:
    """A release gives its headline once, its day, its address and its paragraphs, and nothing else."""
    article = read(document(write(tmp_path, RELEASE.encode())))
    assert article.name == "release"
    assert article.text == RELEASE
    assert article.title.of(article.plain) == HEADLINE
    assert article.published == "2024-02-06"
    assert article.url == URL
    assert article.language == "th"
    assert article.encoding == "utf-8"
    assert article.sha256 == hashlib.sha256(RELEASE.encode()).hexdigest()
    assert [article.raw(paragraph).of(article.text) for paragraph in article.paragraphs] == [
        BODY,
        "วันพุธที่ 7 กุมภาพันธ์ 2567",
        "ที่มา : กระทรวงการคลัง",
        SIGN_OFF,
    ]
    assert article.paragraphs[0].of(article.plain) == (
        "วันนี้ (6 กุมภาพันธ์ 2567) ปลัดกระทรวงดิจิทัลเป็นประธานเปิดการประชุม"
    )


def test_byte_order_mark(tmp_path: Path) -> None:
    """A byte-order mark stays in the text and moves the offsets, nothing more."""
    data = b"\xef\xbb\xbf" + RELEASE.encode()
    article = read(document(write(tmp_path, data)))
    assert article.text[0] == "\ufeff"
    assert article.title.of(article.plain) == article.raw(article.title).of(article.text) == HEADLINE
    assert article.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_old_thai_encoding(tmp_path: Path, ending: str) -> None:
    """Windows-874, and so TIS-620, reads the same as UTF-8."""
    text = RELEASE.replace("\u200b", "").replace("\n", ending)
    old, new = read(document(write(tmp_path, text.encode("cp874")))), parse("release", text)
    assert (old.text, old.title, old.paragraphs, old.sha256) == (text, new.title, new.paragraphs, new.sha256)
    assert (old.encoding, new.encoding) == ("cp874", "utf-8")


def test_unknown_day() -> None:
    """The first day of 1970, which the site writes for want of a date, is none."""
    assert parse("x", RELEASE.replace("6 กุมภาพันธ์ 2567\n06", "1 มกราคม 2513\n06")).published is None


def test_text_without_a_header() -> None:
    """The first line of any other text is its title, and the rest are its paragraphs."""
    article = parse("x", "Report\n\nMinister opens the fair.\nMore follows.\n")
    assert article.title.of(article.plain) == "Report"
    assert [line.of(article.plain) for line in article.paragraphs] == [
        "Minister opens the fair.",
        "More follows.",
    ]
    assert (article.language, article.published, article.url) == ("en", None, None)


def test_player_settings() -> None:
    """The settings of the site's film player, which some releases carry, are no paragraphs."""
    player = (
        '$("#video-player3").css("color");\nflowplayer.conf = {\nshare :false, // ถ้า\n};\nvar x = {\n});\n'
    )
    article = parse("x", RELEASE.replace("06/02/2567\n", player))
    assert article.paragraphs[0].of(article.plain).startswith("วันนี้")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"GIF89a\0\1\0", "binary"),
        ("ข่าว news".encode("utf-16"), "binary"),
        ("Élysée, café, où était-il déjà passé".encode("latin-1"), "not text"),
        ("Привет, мир".encode("cp1251"), "not text"),
        ("ข่าววันนี้".encode()[:-1], "not text"),
        (b"*****\n\n-----\n", "no body"),
        (RELEASE[: RELEASE.index(BODY[:30])].encode(), "no body"),
        (b"a" * (LARGEST + 1), "too large"),
    ],
)
def test_reasons(tmp_path: Path, data: bytes, reason: str) -> None:
    """What is no article is refused with its reason."""
    with pytest.raises(Unreadable) as refused:
        read(document(write(tmp_path, data)))
    assert refused.value.reason == reason


def test_walk(tmp_path: Path) -> None:
    """Folders are walked in sorted order, and a bad file is a skip in its place."""
    (tmp_path / "b.txt").mkdir()
    write(tmp_path, RELEASE.encode(), "c.txt")
    write(tmp_path / "b.txt", RELEASE.encode(), "2.TXT")
    write(tmp_path, b"", "a.txt")
    write(tmp_path, b"", "picture.png")
    found = list(articles([tmp_path, tmp_path / "picture.png", tmp_path / "missing.txt"]))
    assert [each.reason if isinstance(each, Skip) else each.name for each in found] == [
        "empty",
        "2",
        "c",
        "not a .txt file",
        "cannot be read",
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("๒๕๖๗\xa0ข่าว\t\u3000", "2567 ข่าว  "),
        ("นํา นํ้า เเละ", "นำ น้ำ และ"),
        ("\ufeffข่า\u200bว\xad", "ข่าว"),
        ("ได\uf70b ป\uf702 ป\uf712", "ได้ ปี ป็"),
    ],
)
def test_plain_copy(text: str, plain: str) -> None:
    """Spaces, digits, vowels and glyphs are made plain."""
    assert normalise(text)[0] == plain


THAI = st.text(st.sampled_from("กนปเแำาํ้่ ๑9a\n\xa0\u200b\xad\ufeff\uf70b"), max_size=40)


@given(THAI | st.text(max_size=40))
def test_offsets(text: str) -> None:
    """Every character of the plain copy stands where its offset says, in order."""
    plain, offsets = normalise(text)
    places = range(len(text)) if offsets is None else offsets
    assert len(places) == len(plain)
    assert list(places) == sorted(set(places))
    for place, character in zip(places, plain, strict=True):
        assert character in "ำแ" or normalise(text[place])[0] == character


@given(THAI, THAI)
def test_raw_spans(before: str, words: str) -> None:
    """The raw text of a span is again the span when it is made plain."""
    text = f"{before}\n|{words}|"
    plain, offsets = normalise(text)
    span = Span(plain.index("|"), len(plain))
    article = Article("x", text, plain, span, (), "th", "", offsets=offsets)
    assert normalise(article.raw(span).of(text))[0] == span.of(plain)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of real releases: $KG_CORPUS, or a few hundred of the archive beside the checkout."""
    given_folder = os.environ.get("KG_CORPUS")
    if given_folder:
        return Path(given_folder)
    archive = Path(__file__).parents[2] / "shared/corpus/thaigov-before-2024.tar.xz"
    if not archive.exists():
        pytest.skip("no corpus: set KG_CORPUS to a folder of releases")
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(archive, "r|xz") as members:
        files = (members.extractfile(member) for member in members if member.isfile())
        for count, file in enumerate(islice(filter(None, files), 400)):
            (folder / f"{count}.txt").write_bytes(file.read())
    return folder


def test_corpus(corpus: Path) -> None:
    """No release is lost, no line of a body is lost, headlines are right and spans lead to the text."""
    files = sorted(corpus.rglob("*.txt"))
    files = files[:: max(1, len(files) // 400)]
    found = list(articles(files))
    assert len(found) == len(files)
    assert {each.reason for each in found if isinstance(each, Skip)} <= {"no body"}
    for article in found:
        if isinstance(article, Article):
            check_release(article)


def check_release(article: Article) -> None:
    """Compare ``article`` with a plainer reading of its lines."""
    for span in (article.title, *article.paragraphs):
        raw = normalise(article.raw(span).of(article.text))[0]
        assert raw.replace("\n", " ") == span.of(article.plain)
    header, *lines = [line.strip() for line in normalise(article.text)[0].split("\n") if line.strip()]
    if header.startswith("รัฐบาลไทย-"):
        title = letters(article.title.of(article.plain))
        assert letters(header) in (f"รัฐบาลไทย-{title}", f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-{title}")
        assert DATE_LINE.fullmatch(lines[0])
        assert article.published or lines[0].endswith("2513")
        assert lines[-1] == f"ที่มา : {article.url}"
        lines = lines[1:-1]
    paragraphs = [paragraph.of(article.plain) for paragraph in article.paragraphs]
    headline = letters(header)
    for line, following in pairwise([*lines, ""]):
        repeated = headline.endswith(letters(line)) or following.startswith(line.rstrip(" .…"))
        kept = any(line in paragraph for paragraph in paragraphs)
        assert kept or repeated or BOILERPLATE.fullmatch(line), line


DATE_LINE = re.compile(r"วัน[ก-๙]+ที่ \d+ [ก-๙]+ \d{4}")
BOILERPLATE = re.compile(r"พิมพ์|\d+/\d+/\d{4}|[\W_]+|[^ก-๙]*\{.*\}|(//|var |\$|[a-z]+ *:|\w+\().*|.*[{}\[]")


def letters(line: str) -> str:
    """``line`` without its spaces."""
    return re.sub(r"\s|&nbsp;", "", line)


def test_line_breaks_by_hand_become_spaces(tmp_path: Path) -> None:
    """A release whose short lines break in the middle of sentences is read as paragraphs again."""
    lines = [f"บรรทัดที่ {number} ของข่าวซึ่งถูกตัดด้วยมือกลางประโยคโดยไม่มีเหตุผล" for number in range(8)]
    path = tmp_path / "wrapped.txt"
    path.write_text("รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-หัวข่าว\n\nวันอังคารที่ 6 กุมภาพันธ์ 2567\n" + "\n".join(lines), "utf-8")
    article = read(document(path))
    assert len(article.paragraphs) == 1
    assert article.paragraphs[0].of(article.plain) == " ".join(lines)
    assert article.raw(article.paragraphs[0]).of(article.text) == "\n".join(lines)


def test_a_line_that_begins_no_sentence_goes_on_the_one_before() -> None:
    """Where a release breaks few lines by hand, words like "ได้" and "ณ" tell which."""
    body = "พลอากาศเอก ประจิน จั่นตอง รองนายกรัฐมนตรี พร้อมด้วยคณะ\nได้เข้าร่วมหารือกับ ดร.โจเซฟ โมเซอร์\nการหารือเป็นไปด้วยดี"
    article = parse("broken", f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-หัวข่าว\n\nวันอังคารที่ 6 กุมภาพันธ์ 2567\n{body}")
    assert [len(p.of(article.plain).split("\n")) for p in article.paragraphs] == [1, 1]
    assert article.raw(article.paragraphs[0]).of(article.text) == body.rpartition("\n")[0]
