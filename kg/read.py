"""From documents to articles: decoding, the plain copy with its offsets, and the release format."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from string import ascii_letters

from kg.dates import dates
from kg.errors import Unreadable
from kg.model import Article, Document, Skip, Span
from kg.sources import Sources, or_skip

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_EPOCH = "1970-01-01"  # The site writes 1 มกราคม 2513 where it knows no date.

_ODD = {digit: str(value) for value, digit in enumerate("๐๑๒๓๔๕๖๗๘๙")}
_ODD |= dict.fromkeys(
    "\t\r\v\f\x85\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " "
)
_ODD |= {"\u2028": "\n", "\u2029": "\n"}
_ODD |= {  # Letters and marks as old Thai fonts draw them, moved aside for a neighbour.
    chr(glyph): letter
    for glyph, letter in enumerate(
        "\u0e10\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e0d"
        "\u0e31\u0e4d\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a",
        start=0xF700,
    )
}
_BOM = "\ufeff"
_INVISIBLE = "\xad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_ODD_OR_INVISIBLE = re.compile(f"[{''.join(_ODD)}{_INVISIBLE}]")
_CHANGE = re.compile(f"[{_INVISIBLE}]+|ํ[่-๋]?า|เเ")

_THAI = re.compile("[ก-๛]+")
_NOT_LETTERS = bytes(set(range(128)) - set(ascii_letters.encode()))
_LOOSE_MARK = re.compile("(?<![ก-๎])[ะ-ฺ็-๎]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")

_LINE = re.compile(r"[^\n ][^\n]*")
_WORD = re.compile(r"[^\W_]")
_HEADER = re.compile("รัฐบาลไทย-(?:ข่าวทำเนียบรัฐบาล-)? *")
_DATE_LINE = re.compile("วัน[ก-๙]{3,10}ที่ [0-9]{1,2} [ก-๙]+ [0-9]{4}")
_PRINT_LINE = re.compile("พิมพ์|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_SOURCE_LINE = re.compile(rf"ที่มา *: *({_ADDRESS.pattern})")
_MARKUP = re.compile(
    r'^\$\("#video-player(?s:.{0,3000}?)^\}\);$'  # The settings of the site's film player.
    r"|^[^{}ก-๎\n]*\{[^{}:ก-๎\n]*:[^{}ก-๎\n]*\} *$",  # A style rule.
    re.MULTILINE,
)
_WRAPPED, _SHORTEST_LINE, _LONGEST_LINE = (
    6,
    40,
    170,
)  # lines at least; code points of the middle and the longest
_GOES_ON = re.compile("และ|ได้|เป็น|เพื่อ|ของ|กับ|ณ |ในฐานะ|พร้อมด้วย|ตลอดจน|รวมทั้ง|ผ่าน")
_OPEN = re.compile(r"(?:โดยมี|ได้แก่|ประกอบด้วย|พร้อมด้วย|ร่วมกับ|กับ|และ|ของ|เป็น|ในฐานะ) *$")
_ITEM = re.compile(r"[-•–*“\"(]|\d+[.)]|(?:ภาพ|ข่าว|โทร)")
_SPACES = re.compile(r"\s|&nbsp;")


def articles(paths: Iterable[Path]) -> Iterator[Article | Skip]:
    """The articles in ``paths``, read as ``kg.sources`` tells, in their order.

    What is no article comes out as a Skip in its place, and never stops the others.
    """
    for document in Sources(paths):
        yield (document if isinstance(document, Skip) else or_skip(document.label, partial(read, document)))


def read(document: Document) -> Article:
    """The article in ``document``; a table may give it the address and the date that its text does not have.

    Raises Unreadable with one of the reasons "empty", "binary", "not text" and "no body".
    """
    article = parse(document.name, *decode(document.data))
    if document.url and not article.url and _ADDRESS.fullmatch(document.url):
        article = replace(article, url=document.url)
    if document.date and not article.published:
        article = replace(article, published=_published(document.date))
    return article


def _published(told: str) -> str | None:
    """The ISO 8601 day that a table's date tells, in ISO 8601 itself or in Thai."""
    if not _ISO_DAY.match(told):
        told, _ = normalise(told)
        told = next((iso for _, iso in dates(told, Span(0, len(told)), None)), "")
    try:
        day = date.fromisoformat(told[:10]).isoformat()
    except ValueError:
        return None
    return None if day == _EPOCH else day


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and its encoding, "utf-8" or "cp874" (Windows-874, which includes TIS-620)."""
    if not data.strip():
        raise Unreadable("empty")
    if b"\0" in data:
        raise Unreadable("binary", f"a zero byte at {data.index(0)}")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        text = data.decode("cp874", "replace")
        if not _plausible(text):
            raise Unreadable("not text", f"neither UTF-8 (byte {error.start}) nor Windows-874") from error
        return text, "cp874"


def _plausible(text: str) -> bool:
    """Whether ``text`` reads as Thai rather than as other bytes taken for Thai."""
    runs = _THAI.findall(text)
    thai = sum(map(len, runs))
    others = sum(character > "\x7f" for character in text) - thai
    loose = len(_LOOSE_MARK.findall(text))
    return (
        "\ufffd" not in text
        and not _NOT_TEXT.search(text)
        and thai > max(3 * len(runs), 5 * others, 50 * loose)
    )


def parse(name: str, text: str, encoding: str = "utf-8") -> Article:
    """The article that ``text`` holds. Raises Unreadable("no body") where only boilerplate is found."""
    plain, offsets = normalise(text)
    content = _MARKUP.sub(lambda junk: " " * len(junk.group()), plain) if "{" in plain else plain
    lines = [
        Span(line.start(), line.start() + len(line.group().rstrip()))
        for line in _LINE.finditer(content)
        if _WORD.search(content, line.start(), line.end())
    ]
    published, url = None, None
    if lines and (source := _SOURCE_LINE.fullmatch(plain, lines[-1].start, lines[-1].end)):
        url = source.group(1)
        del lines[-1]
    if not lines:
        raise Unreadable("no body")
    title = lines.pop(0)
    if header := _HEADER.match(plain, title.start, title.end):
        title = Span(header.end(), title.end)
        if lines and _DATE_LINE.fullmatch(plain, lines[0].start, lines[0].end):
            day = dates(plain, lines.pop(0), None)
            published = day[0][1] if day and day[0][1] != _EPOCH else None
        lines = lines[_head(plain, title, lines) :]
    if not lines:
        raise Unreadable("no body")
    if not title.length:
        title = lines[0]
    plain, lines = _unwrap(plain, lines)
    return Article(
        name=name,
        text=text,
        plain=plain,
        title=title,
        paragraphs=tuple(lines),
        language=_language("".join(span.of(plain) for span in (title, *lines))),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        encoding=encoding,
        url=url,
        published=published,
        offsets=offsets,
    )


def _unwrap(plain: str, lines: list[Span]) -> tuple[str, list[Span]]:
    """Whole paragraphs where a release breaks its lines by hand: their line breaks become spaces.

    Where it breaks but a few, a line goes on the one before where it begins with a word that begins no
    sentence, or that one ends with a word that ends none.
    """
    lengths = sorted(line.length for line in lines)
    wrapped = (
        len(lines) >= _WRAPPED and lengths[-1] <= _LONGEST_LINE and lengths[len(lines) // 2] >= _SHORTEST_LINE
    )
    joined = [lines[0]]
    pieces = [plain[: lines[0].end]]
    for before, line in pairwise(lines):
        gap = plain[before.end : line.start]
        goes_on = (
            not _ITEM.match(plain, line.start)
            if wrapped
            else _GOES_ON.match(plain, line.start) or _OPEN.search(before.of(plain))
        )
        if goes_on and gap.count("\n") == 1:
            joined[-1] = Span(joined[-1].start, line.end)
            gap = gap.replace("\n", " ")
        else:
            joined.append(line)
        pieces += [gap, line.of(plain)]
    return "".join(pieces) + plain[lines[-1].end :], joined


def _head(plain: str, title: Span, lines: list[Span]) -> int:
    """How many of the first ``lines`` repeat the headline, belong to the print link, or are teasers.

    A teaser is the beginning of the line after it, cut off anywhere.
    """
    headline = _SPACES.sub("", title.of(plain))
    for count, (line, following) in enumerate(pairwise([*lines, Span(0, 0)])):
        text = line.of(plain)
        if not (
            _PRINT_LINE.fullmatch(text)
            or _SPACES.sub("", text) == headline
            or (len(text) > 20 and following.of(plain).startswith(text.rstrip(" .…")))
        ):
            return count
    return len(lines)


def _language(text: str) -> str:
    """ "en" where fewer than 15 % of the letters are Thai; what is not ASCII is taken for Thai."""
    latin = text.encode("ascii", "ignore")
    thai = len(text) - len(latin)
    return "th" if thai >= 0.15 * (thai + len(latin.translate(None, _NOT_LETTERS))) else "en"


def normalise(text: str) -> tuple[str, Sequence[int] | None]:
    """The plain copy of ``text``, and for each of its characters where it stands in ``text``.

    The second is None where nothing has moved. Invisible characters are gone, all spaces are " ",
    Thai digits are ASCII, ํา is ำ, เเ is แ, and glyphs of old Thai fonts are their letters.
    """
    plain = text
    skipped = plain.startswith(_BOM)
    found = set(_ODD_OR_INVISIBLE.findall(plain, skipped))
    for odd in found & _ODD.keys():
        plain = plain.replace(odd, _ODD[odd])
    if found <= _ODD.keys() and "ํ" not in plain and "เเ" not in plain:
        return plain[skipped:], range(1, len(plain)) if skipped else None
    pieces = []
    places = array("I", range(len(plain)))
    offsets = array("I")
    done = 0
    for change in _CHANGE.finditer(plain):
        start, end = change.span()
        pieces.append(plain[done:start])
        offsets += places[done:start]
        if plain[start] == "ํ":
            pieces.append(plain[start + 1 : end - 1] + "ำ")
            offsets += places[start + 1 : end]
        elif plain[start] == "เ":
            pieces.append("แ")
            offsets.append(start)
        done = end
    return "".join([*pieces, plain[done:]]), offsets + places[done:]
