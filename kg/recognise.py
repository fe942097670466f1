"""Article -> mentions: who and what a text names, left to right, longest first.

Names of the registry are found by their words; open names by the word at their head ("การประชุม...")
up to a word that ends them; persons by their titles. Which words those are is data (``data/thai``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg import dates
from kg.lexicon import Lexicon, NameRule, Thing, Word, lexicon, segment
from kg.model import Article, Mention, Span

_THAI = "ก-ฺเ-๎"
_RUN = re.compile(rf"[{_THAI}]+(?:[-–][{_THAI}]+)*")
_LATIN_NAME = re.compile(
    r"[A-Z][\w'’.-]*(?: ?[\"“][^\"”“]{1,20}[\"”])?(?: (?:[A-Z][\w'’.-]*|bin|binti|van|von|de|da|al|el))*"
)
_LATIN_RUN = re.compile(r"[A-Za-z0-9][\w&+'’./–-]*(?: (?:[&:–-] )?[A-Za-z0-9][\w&+'’./–-]*)*", re.ASCII)
_CAPITALISED = re.compile(r"(?<![\w.])[A-Z][\w.&'’-]*(?: (?:(?:of|for|the|and|on|&|in) )*[A-Z][\w.&'’-]*)+")
_IN_BRACKETS = re.compile(r" ?\(([^()\n]{2,90})\)")
_QUOTED = re.compile(r" ?[“\"‘'][^“”\"‘’\n]{2,120}[”\"’']")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]*[A-Z][A-Za-z&.-]*\d*|[A-Z]{2,}")
_COMBINING = re.compile("[ะ-ฺๅ็-๎]")
_NUMBER = re.compile(
    r"\d{1,3}(?![\d.,]| ?(?:แห่ง|คน|ราย|ประเทศ|โครงการ|หน่วย|ล้าน|ฉบับ|บาท|ปี|วัน|เดือน|คู่|ครั้ง|จังหวัด))"
)
_COMPANY_END = re.compile(r"[^\n“”]{1,60}?จำกัด(?: ?\(มหาชน\))?")
_WITHIN_NAMES = ("เพื่อ", "ใน", "ของ", "ว่าด้วย", "ที่", "ต่อ", "และ")
_UP_TO_ABBREVIATION = re.compile(r"([^\s()“”,]{2,80}) ?\((?:[A-Z][A-Za-z-]{1,9}|[ก-ฮ][ก-๙.]{0,8}\.)\)")
_AFTER_SHORT_HEAD = re.compile(rf" ?[{_THAI}]{{3,}}(?!\.)")  # "อ.ละงู", not "อ.ส.ค."
_BREAK = re.compile(r"[,;:/()\[\]{}“”\"‘’'…|•\n]")
_OR = re.compile(r" ?หรือ(?:ที่เรียกว่า)? ?([A-Za-z][\w.–-]*(?: [A-Z–&-][\w.–-]*)*|[ก-ฮเ-ไ][ก-๎.]{1,9}(?=[ ,)]))")
_ALIAS_SPLIT = re.compile(r" ?[:：;,/] ?| หรือ ?")
_NOT_AN_ALIAS = re.compile(r"\d|[ก-ฮ]{2,}[่-๋]? |มหาชน|ชั่วคราว|ที่|ซึ่ง|และ|ส่วนหน้า|เพิ่มเติม|^ด้าน|^ระบบ|^ฝ่าย")
_BEFORE_A_POST = ("", "และ", ",", "ในฐานะ", "ตำแหน่ง", "ในฐานะที่เป็น", "ดำรงตำแหน่ง")
_MADE_A_POST = ("เป็น", "ทำหน้าที่", "ได้เป็น", "ทำหน้าที่เป็น")
_MAKES_PLAIN = ("ประเทศ", "จังหวัด", "จ.", "อำเภอ", "อ.")  # before a name that is an ordinary word too
_NAMED_TWICE = ("ORG", "EVENT", "INSTRUMENT", "PROGRAM")


def recognise(article: Article) -> list[Mention]:
    """Every mention in the title and the paragraphs of ``article``, in the order of the text.

    Mentions do not overlap; what stands inside one is among its ``parts``.
    """
    spans = (article.title, *article.paragraphs)
    found = [list(_Scanner(article, span, {}).mentions()) for span in spans]
    aliases = {m.text: m.parts[0].type for each in found for m in each if m.type == "ALIAS"}
    if not aliases:
        return [mention for each in found for mention in each]
    return [
        mention
        for span, each in zip(spans, found, strict=True)
        for mention in (
            _Scanner(article, span, aliases).mentions() if _any(aliases, span.of(article.plain)) else each
        )
    ]


def _any(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)


def _owner(mention: Mention) -> Mention | None:
    """What a name in brackets behind ``mention`` names: it, or the part with which it ends."""
    if not mention.name:
        return None
    last = mention.parts[-1] if mention.parts else None
    if last is not None and last.span.end == mention.span.end:
        if mention.type == "POSITION" and last.type == "ORG":
            return _owner(last)
        if mention.type == "EVENT" and (
            last.type == "INSTRUMENT" or last.type == "ORG" and 2 * len(last.span) > len(mention.span)
        ):
            return _owner(last)
    return mention if mention.type in _NAMED_TWICE else None


class _Scanner:
    """Reads one paragraph. Positions count in ``text``, the paragraph; mentions in the article."""

    def __init__(self, article: Article, span: Span, aliases: dict[str, str]) -> None:
        self.lexicon: Lexicon = lexicon()
        self.base = span.start
        self.text = span.of(article.plain)
        self.hits = self.lexicon.find(self.text)
        for alias, type_ in aliases.items():
            word = Word("alias", type_, Thing(type_, alias, alias))
            for match in re.finditer(re.escape(alias), self.text):
                self.hits.setdefault(match.start(), []).insert(0, (match.end(), word))
        self.words: dict[int, int] = {}
        position = 0
        for word in segment(self.text):
            self.words[position] = position + len(word)
            second = self.lexicon.split.get(word)
            if second:
                self.words[position + second] = position + len(word)
            position += len(word)
        self.values = {
            found.start - self.base: (found.end - self.base, type_, value)
            for type_, pairs in (
                ("DATE", dates.dates(article.plain, span, article.published)),
                ("MONEY", dates.amounts(article.plain, span)),
            )
            for found, value in pairs
        }

    def mentions(self) -> Iterator[Mention]:
        position, after = 0, None
        latin = self.latin_names()
        for start in sorted(self.hits.keys() | self.values.keys() | latin.keys()):
            if start < position:
                continue
            mention = self.at(start, self.follows(after, start)) or latin.get(start)
            if mention is None:
                continue
            yield mention
            position, after = mention.span.end - self.base, mention
            owner = _owner(mention)
            if owner is not None:
                for alias in self.aliases(owner, position):
                    yield alias
                    position = alias.span.end - self.base

    def latin_names(self) -> dict[int, Mention]:
        """Names in Latin letters that a word in them tells the type of: "Workability Asia"."""
        found = {}
        for run in _CAPITALISED.finditer(self.text):
            words = set(re.split(r"[\s.,]+", run.group()))
            for type_, telling in self.lexicon.latin.items():
                if words & telling:
                    found[run.start()] = self.mention(run.start(), run.end(), type_)
        return found

    def aliases(self, owner: Mention, end: int) -> Iterator[Mention]:
        """The other names that the text gives a mention right behind its ``end``: "(สกมช.)", "หรือ เจโทร"."""
        other = _OR.match(self.text, end)
        if other and not self.begins(other.start(1), ("COUNTRY", "PLACE", "PERSON")):
            yield self.mention(other.start(1), other.end(1), "ALIAS", None, (owner,))
            end = other.end(1)
        bracket = _IN_BRACKETS.match(self.text, end)
        if bracket is None:
            return
        start = bracket.start(1)
        for piece in _ALIAS_SPLIT.split(bracket.group(1)):
            at = self.text.index(piece, start)
            if self.is_alias(at, piece):
                yield self.mention(at, at + len(piece), "ALIAS", None, (owner,))
            elif start == bracket.start(1):
                return
            start = at + len(piece)
        if not other:
            other = _OR.match(self.text, bracket.end())
            if other and other.group(1).isascii():
                yield self.mention(other.start(1), other.end(1), "ALIAS", None, (owner,))

    def begins(self, start: int, types: tuple[str, ...]) -> bool:
        """Whether a name of one of ``types`` may begin at ``start``, by its head or by the registry."""
        return any(w.type in types and w.kind in ("head", "thing") for _, w in self.hits.get(start, ()))

    def is_alias(self, start: int, text: str) -> bool:
        if len(text) < 2 or text.isdigit():
            return False
        if text.isascii() or _LATIN_RUN.fullmatch(text):
            return any(c.isupper() for c in text)
        if start in self.values or len(text) > 20 or _NOT_AN_ALIAS.search(text):
            return False
        return not self.begins(start, ("COUNTRY", "PLACE", "EVENT", "PROGRAM")) and (
            "." in text or " " not in text
        )

    def follows(self, before: Mention | None, start: int) -> bool | None:
        """Whether a post at ``start`` stands right behind its holder; ``None`` where a verb joins them."""
        if before is None or before.type not in ("PERSON", "POSITION"):
            return False
        gap = self.text[before.span.end - self.base : start]
        if gap.strip() in _MADE_A_POST and len(gap) < 16:
            return None
        return gap.strip() in _BEFORE_A_POST and len(gap) < 16

    def mention(
        self, start: int, end: int, type_: str, name: str | None = None, parts: tuple[Mention, ...] = ()
    ) -> Mention:
        text = self.text[start:end]
        span = Span(self.base + start, self.base + end)
        return Mention(span, text, type_, " ".join((text if name is None else name).split()), parts)

    def at(self, start: int, apposed: bool | None = False) -> Mention | None:
        """The mention that begins at ``start``, the longest that one of the recognisers sees there."""
        if start in self.values:
            end, type_, value = self.values[start]
            return self.mention(start, end, type_, value)
        hits = self.hits.get(start, ())
        if not hits or not self.free_before(start):
            return None
        found = []
        barred = {word.type: end for end, word in reversed(hits) if word.kind == "except"}
        for end, word in hits:
            if word.kind in ("thing", "alias") and word.thing is not None:
                found.append(self.thing(start, end, word.thing))
            elif word.kind == "anaphor":
                if self.free_after(end):
                    found.append(self.mention(start, end, word.type, ""))
            elif barred.get(word.type or "PERSON", 0) >= end:
                continue
            elif word.kind in ("title", "latin_title"):
                found.append(self.person(start, end))
            elif word.kind in ("post", "modifier"):
                found.append(self.post(start, end, word, apposed))
            elif word.kind == "head":
                found.append(self.open_name(start, end, word.type))
        best = max(
            (m for m in found if m is not None),
            key=lambda m: (len(m.span), len(m.parts), m.type == "ORG"),
            default=None,
        )
        return best

    # -- borders -----------------------------------------------------------------------------------

    def free_before(self, start: int) -> bool:
        """Whether a name may begin at ``start``: not inside a word, nor before a vowel that leans back."""
        if start and not self.text[start - 1].isspace() and start not in self.words:
            return False
        if self.text[start : start + 1].isascii() and start and self.text[start - 1 : start].isascii():
            return not self.text[start - 1].isalnum()
        return not (start and self.text[start - 1] in "เแโใไ")

    def free_after(self, end: int) -> bool:
        if end >= len(self.text):
            return True
        after = self.text[end]
        if _COMBINING.match(after) and after != "ฯ":
            return False
        if (
            self.text[end - 1].isascii()
            and self.text[end - 1].isalnum()
            and after.isascii()
            and after.isalnum()
        ):
            return False
        return end in self.words or not _RUN.match(after) or self.text[end - 1] in ".ฯ"

    # -- things of the registry --------------------------------------------------------------------

    def thing(self, start: int, end: int, thing: Thing) -> Mention | None:
        text = self.text[start:end]
        if not self.free_after(end):
            return None
        short = end - start <= 5 and "." not in text and not text.isascii()
        if (thing.ambiguous or short) and not (
            start in self.words and self.words[start] <= end and end in self.words | {len(self.text): 0}
        ):
            return None
        if thing.ambiguous and not text.startswith(_MAKES_PLAIN):
            return None
        if thing.type != "ORG":
            return self.mention(start, end, thing.type, thing.name)
        rule = self.lexicon.names["ORG"]
        longer = self.extended(end, rule)
        if longer > end:
            return self.mention(start, longer, "ORG", None, (self.mention(start, end, "ORG", thing.name),))
        return self.mention(start, end, "ORG", thing.name)

    def extended(self, end: int, rule: NameRule) -> int:
        """Where an organisation's name ends that goes on "แห่ง...", "จังหวัด..." or with a country."""
        position = end + (self.text[end : end + 1] == " ")
        inner = next((w for w in rule.extend if self.text.startswith(w, position)), None)
        if inner is None or (position > end and inner not in ("จังหวัด", "ประจำ", "วิทยาเขต")):
            position = end
            country = self.country(end)
            return country if country else end
        country = self.country(position + len(inner))
        if country:
            return country
        stop = self.open_end(end, position + len(inner), rule)
        return stop if stop > position + len(inner) else end

    def country(self, position: int) -> int:
        """The end of a country's name at ``position``; 0 where there is none."""
        for end, word in self.hits.get(position, ()):
            if word.kind == "thing" and word.type == "COUNTRY" and self.free_after(end):
                return end
        return 0

    # -- persons -----------------------------------------------------------------------------------

    def person(self, start: int, end: int) -> Mention | None:
        """A title, or several, and the name behind it: given name, surname, name in Latin letters."""
        text = self.text
        if start and re.match(rf"[{_THAI}]", text[start - 1]) and start not in self.words:
            return None
        position = end
        while True:  # titles stack: "ศ. ดร. นพ."
            skip = position + (text[position : position + 1] == " ")
            title = next(
                (
                    e
                    for e, w in self.hits.get(skip, ())
                    if w.kind in ("title", "latin_title") and not self.is_exception(skip, "PERSON")
                ),
                None,
            )
            if title is None:
                break
            position = title
        name_start = (
            position + len(text[position : position + 3]) - len(text[position : position + 3].lstrip(" "))
        )
        latin = _LATIN_NAME.match(text, name_start)
        if latin and len(latin.group()) > 2:
            name, name_end = latin.group(), latin.end()
        else:
            found = self.thai_name(name_start)
            if found is None:
                return None
            name, name_end = found
            if " " not in name and text[start:position] in self.lexicon.weak:
                return None
        parts: tuple[Mention, ...] = ()
        bracket = _IN_BRACKETS.match(text, name_end)
        if bracket and self.is_other_name(bracket.group(1), bool(latin)):
            inner = re.sub(r"^(?:(?:H\.E\.?|Mrs?|Ms|Miss|Dr|Prof)\.? ?)+", "", bracket.group(1))
            parts = (self.mention(bracket.start(1), bracket.end(1), "PERSON", inner),)
            name_end = bracket.end()
        return self.mention(start, name_end, "PERSON", name, parts)

    @staticmethod
    def is_other_name(inside: str, latin: bool) -> bool:
        if latin:
            return bool(_RUN.match(inside)) and len(inside) < 40
        return bool(
            re.match(r"(?:H\.E|Mr|Ms|Mrs|Dr|Prof)?[. ]*[A-Z][\w'’.-]+ [A-Z]", inside)
        ) and inside.isascii() | ("." in inside)

    def is_exception(self, start: int, type_: str) -> bool:
        return any(w.kind == "except" and w.type == type_ for _, w in self.hits.get(start, ()))

    def thai_name(self, start: int) -> tuple[str, int] | None:
        """Given name and surname from ``start``: (name, end). The surname is left out where none follows."""
        run = _RUN.match(self.text, start)
        if run is None or len(run.group()) < 2:
            return None
        if self.begins_otherwise(start) and (
            self.text[start - 1].isspace() or len(run.group()) > 14 or run.end() == self.words.get(start)
        ):
            return None
        given_end = self.cut(run.start(), run.end())
        given = self.text[start:given_end]
        if given_end < run.end() or len(given) < 2:
            return (given, given_end) if len(given) >= 2 else None
        end = given_end
        names = [given]
        for part in range(2):
            gap = re.match(" {1,6}", self.text[end:])
            if gap is None:
                break
            begin = end + gap.end()
            noble = re.match(r"ณ ?(" + "|".join(self.lexicon.noble) + ")", self.text[begin:])
            if noble:
                end = begin + noble.end()
                names.append(f"ณ {noble.group(1)}")
                break
            run = _RUN.match(self.text, begin)
            if run is None or len(run.group()) < 2 or self.begins_otherwise(begin, surname=True):
                break
            if part == 1 and not self.a_post_follows(run.end()):
                break
            stop = self.cut(begin, run.end())
            if stop == begin:
                break
            names.append(self.text[begin:stop])
            end = stop
            if stop < run.end():
                break
        return " ".join(names), end

    def a_post_follows(self, end: int) -> bool:
        start = end + (self.text[end : end + 1] == " ")
        return any(w.kind in ("post", "modifier") for _, w in self.hits.get(start, ()))

    def begins_otherwise(self, start: int, surname: bool = False) -> bool:
        """Whether what begins at ``start`` is not a name but a function word, a post, another person."""
        end = self.words.get(start)
        word = self.text[start:end] if end else ""
        if word in self.lexicon.not_a_name or (word and word.startswith(self.lexicon.not_a_name_prefixes)):
            return True
        if not surname:
            return False
        longest = 0
        for hit_end, hit in self.hits.get(start, ()):
            if (
                hit.kind in ("post", "modifier", "title")
                and hit_end - start >= 3
                and self.text[start:hit_end] not in self.lexicon.weak
            ):
                longest = max(longest, hit_end)
            elif hit.kind == "thing" and hit_end - start >= 6:
                longest = max(longest, hit_end)
            elif hit.kind == "head" and hit.type in ("ORG", "EVENT", "PROGRAM") and hit_end - start >= 4:
                longest = max(longest, hit_end)
        return bool(longest)

    def cut(self, start: int, end: int) -> int:
        """The end of the name within a run: before a verb or a post that is written on to it."""
        run = self.text[start:end]
        best = end
        for glued in self.lexicon.glued:
            at = run.find(glued, 2)
            if (
                at > 0
                and start + at < best
                and not _COMBINING.match(self.text[start + at + len(glued) : start + at + len(glued) + 1])
            ):
                if len(glued) > 4 or (start + at) in self.words:
                    best = start + at
        return best

    # -- posts -------------------------------------------------------------------------------------

    def post(self, start: int, end: int, word: Word, apposed: bool | None) -> Mention | None:
        """A post with the organisation or place it is of: "อธิบดีกรมประมง"."""
        position, head_end, text = end, end if word.kind == "post" else 0, self.text
        while word.kind == "modifier":
            skip = position + (text[position : position + 1] == " ")
            following = next(
                ((e, w) for e, w in self.hits.get(skip, ()) if w.kind in ("post", "modifier")), None
            )
            if following is None:
                break
            position, word = following
            head_end = position if word.kind == "post" else 0
        if not head_end:
            return None
        while True:
            following = next(((e, w) for e, w in self.hits.get(head_end, ()) if w.kind == "post"), None)
            if following is None:
                break
            head_end = following[0]
        if _COMBINING.match(text[head_end : head_end + 1]):
            return None
        inside = next((at for at in range(start + 1, head_end) if self.is_organisation(at, head_end)), None)
        begin = inside if inside is not None else head_end
        parts: list[Mention] = []
        finish = head_end
        while True:
            skip = begin + (text[begin : begin + 1] == " ")
            link = re.match("ประจำ|แห่ง|ของ|ด้าน", text[skip:])
            target = skip + link.end() if link else skip
            part = self.at(target) if target < len(text) else None
            if part is not None and part.type in ("ORG", "COUNTRY", "PLACE") and part.name:
                if (
                    skip > begin
                    and not link
                    and (parts and part.type != "COUNTRY" if apposed else "." not in part.text)
                ):
                    break
                parts.append(part)
                begin = finish = part.span.end - self.base
                continue
            if link and link.group() == "ด้าน" and apposed:
                stop = self.open_end(target, target, self.lexicon.names["ORG"])
                finish = max(finish, stop)
            break
        if not parts and apposed and not text[head_end : head_end + 1].isspace():
            if not self.stops(head_end, self.lexicon.names["ORG"]):
                finish = max(finish, self.open_end(start, head_end, self.lexicon.names["ORG"]))
        elif not parts and text[start:head_end].endswith(("รมว.", "รมช.")):
            short = head_end + (text[head_end : head_end + 1] == " ")
            end = next(
                (
                    e
                    for e in sorted(self.words.values())
                    if e > short and ("ORG", "กระทรวง" + text[short:e]) in self.lexicon.things
                ),
                0,
            )
            if end:
                finish = end
                parts.append(self.mention(short, end, "ORG", "กระทรวง" + text[short:end]))
        if not apposed and not parts and (apposed is None or finish - start < 4 or not self.free_after(finish)):
            return None
        return self.mention(start, finish, "POSITION", None, tuple(parts))

    def is_organisation(self, start: int, beyond: int) -> bool:
        """Whether an organisation's name begins at ``start``, within a post, and reaches to its end."""
        if not any(w.type == "ORG" and w.kind in ("head", "thing") for _, w in self.hits.get(start, ())):
            return False
        found = self.at(start)
        return found is not None and found.type == "ORG" and found.span.end - self.base >= beyond

    # -- open names --------------------------------------------------------------------------------

    def open_name(self, start: int, end: int, type_: str) -> Mention | None:
        """A name of a type from its head on; ``None`` where nothing but the head is there."""
        rule, text = self.lexicon.names[type_], self.text
        if not (start in self.words or text[start - 1 : start] in (" ", "")):
            return None
        if _COMBINING.match(text[end : end + 1]):
            return None
        head = text[start:end]
        if head.endswith(".") and type_ == "PLACE" and not _AFTER_SHORT_HEAD.match(text, end):
            return None
        if head == "บริษัท":
            company = _COMPANY_END.match(text, end)
            if company:
                return self.mention(start, company.end(), type_)
        stop = self.open_end(start, end, rule)
        if type_ == "ORG":
            stop = self.to_bracket(start, stop)
        name = text[start:stop]
        if (stop - end < 2 and head not in rule.alone) or (head in rule.generic and stop - end < 6):
            return None
        return self.mention(start, stop, type_, name, tuple(self.inside(end, stop)))

    def inside(self, start: int, end: int) -> Iterator[Mention]:
        """The mentions within an open name."""
        position = start
        for at in sorted(h for h in self.hits if start <= h < end):
            if at < position:
                continue
            part = self.at(at)
            if part is not None and part.name and part.span.end - self.base <= end:
                yield part
                position = part.span.end - self.base

    def open_end(self, start: int, position: int, rule: NameRule) -> int:
        """Where an open name ends that began at ``start`` and of which ``position`` is read."""
        text = self.text
        head_end = end = position
        last = start
        limit = min(len(text), start + self.lexicon.longest)
        granted = -1  # where a space was crossed for a reason: what stands there is part of the name
        while position < limit:
            char = text[position]
            if char == " ":
                position = granted = self.beyond_space(start, position, rule, fresh=end == head_end)
                if position < 0:
                    break
                continue
            if rule.quoted and char in '“"‘':
                quoted = _QUOTED.match(text, position)
                if quoted is None:
                    break
                position = end = quoted.end()
                continue
            if _BREAK.match(char) or self.values.get(position, ("", ""))[1] == "MONEY":
                break
            if position != granted and self.stops(
                position, rule, position == head_end or self.is_head(last, position)
            ):
                break
            last = position
            latin = _LATIN_RUN.match(text, position) if char.isascii() and char.isalnum() else None
            if latin:
                position = end = min(latin.end(), limit)
                continue
            step = self.words.get(position) or next(
                (p for p in range(position + 1, limit + 1) if p in self.words), limit
            )
            position = end = min(step, limit)
        return end

    def to_bracket(self, start: int, stop: int) -> int:
        """The end of an organisation's name that a function word cut short before its abbreviation in brackets."""
        word = self.text[stop : self.words.get(stop, stop)]
        more = _UP_TO_ABBREVIATION.match(self.text, stop) if word in _WITHIN_NAMES else None
        return more.end(1) if more and more.end(1) - start < self.lexicon.longest else stop

    def is_head(self, start: int, end: int) -> bool:
        """Whether the word just read heads a name within the name: "การประชุม|คณะกรรมการ|พิจารณา..."."""
        return any(e == end and w.kind == "head" and w.type == "ORG" for e, w in self.hits.get(start, ()))

    def beyond_space(self, start: int, position: int, rule: NameRule, fresh: bool) -> int:
        """Where an open name goes on behind the space at ``position``; -1 where it ends before it."""
        text = self.text
        following = position + len(text[position:]) - len(text[position:].lstrip(" "))
        if following - position > 2 or following >= len(text):
            return -1
        if rule.numbered and _NUMBER.match(text, following):
            return following
        joined = re.match("[-–] ?", text[following:])
        if joined and rule.joined:
            return following + joined.end()
        word = next((w for w in rule.after_space if text.startswith(w, following)), None)
        if word is not None:
            return following + len(word)
        if rule.latin_after_space and (
            _LATIN_RUN.match(text, following) or rule.quoted and _QUOTED.match(text, following)
        ):
            return following
        if fresh and rule.spaced and not self.stops(following, rule):
            return following
        if (
            text.startswith(rule.loose, start)
            and following not in self.hits
            and not self.stops(following, rule)
        ):
            return following
        return -1

    def stops(self, position: int, rule: NameRule, at_head: bool = False) -> bool:
        """Whether the word at ``position`` ends an open name; right ``at_head`` only a verb does."""
        end = self.words.get(position)
        if end is None:
            return False
        word = self.text[position:end]
        if at_head and word.startswith(rule.verbal):
            return False
        if word in ("และ", "หรือ"):
            after = end + (self.text[end : end + 1] == " ")
            return (
                any(
                    w.kind in ("thing", "head", "title", "post") and e - after > 2
                    for e, w in self.hits.get(after, ())
                )
                or self.text[end : end + 1] == " "
                or self.text[position - 1] in " 0123456789"
            )
        if word in rule.inner:
            return False
        if word in self.lexicon.stop_words or word.startswith(self.lexicon.stop_prefixes):
            return True
        spaced = self.text[position - 1 : position] == " "
        return any(
            w.kind in ("title", "latin_title")
            and not self.is_exception(position, "PERSON")
            and (spaced or e - position > 3)
            or spaced
            and w.kind in ("post", "thing")
            for e, w in self.hits.get(position, ())
        )
