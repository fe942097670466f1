"""Article -> mentions: who and what a text names, left to right, longest first.

Names of the registry are found by their words; open names by the word at their head ("การประชุม...")
up to a word that ends them; persons by their titles. In English it is capitals that show
names (``kg/cased.py``). Which words those are is data (``data/thai``, ``data/english``).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from kg import cased
from kg.aliases import aliases, owner
from kg.dates import dates
from kg.lexicon import NameRule, Thing, Word
from kg.model import Article, Mention, Span
from kg.names import ends_name, name_end, to_bracket
from kg.paragraph import COMBINING, THAI, Paragraph
from kg.persons import person, untitled

_IN_QUOTES = re.compile(r"“[^“”\"\n]{4,160}”|\"[^“”\"\n]{4,160}\"|‘[^‘’\n]{4,160}’")
_AFTER_SHORT_HEAD = re.compile(rf" ?[{THAI}]{{3,}}(?!\.)")  # "อ.ละงู", not "อ.ส.ค."
_MARK = re.compile(' ?[“"‘A-Za-z]')
_DATED = re.compile(" (?:on )?")
_SHORT = 6  # letters: shorter names are seen in other words ("รมช.")
_GAP = 16  # characters between a person and a post beside the name


def recognise(article: Article) -> list[Mention]:
    """Every mention in the title and the paragraphs of ``article``, in the order of the text.

    Mentions do not overlap; what stands inside one is among its ``parts``. A paragraph is read with the
    aliases that the article has given before it, and again where one stands in it that is given only later.
    """
    day = _day(article)
    scanners = [_Scanner(article, span, day) for span in (article.title, *article.paragraphs)]
    known: dict[str, str] = {}
    found = []
    for scanner in scanners:
        scanner.learn(known)
        found.append(list(scanner.mentions()))
        known |= {m.text: m.parts[0].type for m in found[-1] if m.type == "ALIAS"}
        known |= {m.name: "PERSON" for m in found[-1] if m.type == "PERSON" and cased.is_full(m.name)}
    for index, scanner in enumerate(scanners):
        told = {m.span.start for m in found[index] if m.type == "ALIAS"}
        if scanner.learn(known, told):
            found[index] = list(scanner.mentions())
    return [mention for each in found for mention in each]


def _fullness(mention: Mention) -> tuple[int, int, bool]:
    return mention.span.length, len(mention.parts), mention.type == "ORG"


def _day(article: Article) -> str | None:
    """The day that "today" is: the one with which an English text begins, else that of the release."""
    first = article.paragraphs[0]
    opening = dates(article.plain, first, article.published) if article.language == "en" else []
    return next((d for span, d in opening if span.start == first.start and len(d) == 10), article.published)


class _Scanner(Paragraph):
    """Reads the mentions of one paragraph."""

    def __init__(self, article: Article, span: Span, day: str | None) -> None:
        super().__init__(article, span, day)
        self.cased = cased.starts(self.text, self.lexicon.capitals)
        self.seen: dict[tuple[int, bool | None], Mention | None] = {}

    def learn(self, aliases: Mapping[str, str], told: Container[int] = ()) -> bool:
        self.seen.clear()
        return super().learn(aliases, told)

    def mentions(self) -> Iterator[Mention]:
        position = 0
        before: Mention | None = None
        for start in sorted({*self.starts, *self.values, *self.cased}):
            if start < position:
                continue
            mention = self.at(start, before)
            if mention is None and start in self.cased and self.lexicon.capitals:
                behind = before is not None and before.type == "POSITION" and self.text[position:start] == " "
                mention = untitled(self, start, behind) or cased.told(self, start)
            if mention is None:
                continue
            yield mention
            position, before = self.local(mention), mention
            named = owner(self, mention)
            for alias in aliases(self, named, position) if named else ():
                yield alias
                position = self.local(alias)
                if self.text[position : position + 1] == ")":
                    position += 1

    def at(self, start: int, before: Mention | None = None) -> Mention | None:
        """The mention that begins at ``start``, the longest that is seen there.

        ``before`` is the mention before it, beside which a post may stand.
        """
        value = self.values.get(start)
        if value is not None:
            return self.mention(start, *value)
        if start not in self.hits and start not in self.cased:
            return None
        key = start, self.beside(before, start)
        if key not in self.seen:
            self.seen[key] = self.longest(start, key[1])
        return self.seen[key]

    def longest(self, start: int, beside: bool | None) -> Mention | None:
        """The longest mention of those that begin at ``start``, by the lexicon or by capital letters."""
        hits = self.hits.get(start, ())
        if len(hits) > 1:
            barred = {word.type: end for end, word in reversed(hits) if word.kind == "except"}
            hits = [
                (end, word)
                for end, word in hits
                if word.kind in ("thing", "alias", "anaphor") or barred.get(word.type or "PERSON", 0) < end
            ]
        if not (hits or start in self.cased) or not self.free_before(start):
            return None
        found = [self.read(start, end, word, beside) for end, word in hits]
        if start in self.cased:
            found.append(cased.name(self, start))
        return max(filter(None, found), key=_fullness, default=None) if len(found) > 1 else found[0]

    def read(self, start: int, end: int, word: Word, beside: bool | None) -> Mention | None:
        """The mention that the entry ``word`` of the lexicon begins."""
        match word.kind:
            case "thing" | "alias" if word.thing is not None:
                return self.thing(start, end, word.thing)
            case "anaphor" if self.free_after(end):
                return self.mention(start, end, word.type, "")
            case "title" | "latin_title":
                return person(self, start, end)
            case "post" | "modifier":
                return self.post(start, end, word, beside)
            case "head":
                return self.open_name(start, end, word.type)
        return None

    # -- things of the registry --------------------------------------------------------------------

    def thing(self, start: int, end: int, thing: Thing) -> Mention | None:
        text = self.text[start:end]
        if not self.free_after(end):
            return None
        short = len(text) <= 5 and "." not in text and not text.isascii()
        if (thing.ambiguous or short) and not self.whole(start, end):
            return None
        if thing.ambiguous and not (
            text.startswith(self.lexicon.makes_plain) or self.in_list(start, end, thing)
        ):
            return None
        if thing.kind == "province" and self.acts(start, end):
            return self.mention(start, end, "ORG", thing.name)
        if thing.type != "ORG":
            return self.mention(start, end, thing.type, thing.name)
        longer = self.extended(end, self.lexicon.names["ORG"])
        office = self.lexicon.office.match(self.text, end) if thing.kind == "international" else None
        if office and self.free_after(office.end()):
            longer = max(longer, office.end())
        if longer > end:
            known = self.mention(start, end, "ORG", thing.name)  # in English of another country: no part
            return self.mention(start, longer, "ORG", None, () if self.lexicon.capitals else (known,))
        return self.mention(start, end, "ORG", thing.name)

    def acts(self, start: int, end: int) -> bool:
        """Whether a province stands where one who acts does: "ร่วมกับกรุงเทพมหานคร" is with its authority."""
        words = self.lexicon
        if words.acts_behind.search(self.text, max(0, start - 20), start):
            return True
        place = words.place_before.search(self.text, max(0, start - 20), start)
        return not place and words.acts_before.match(self.text, end) is not None

    def in_list(self, start: int, end: int, thing: Thing) -> bool:
        """Whether what may be a country stands in a list of countries: "จีน เช็ก ฟินแลนด์"."""
        listed = thing.type == "COUNTRY" and self.text[start - 1 : start] == " " == self.text[end : end + 1]
        return listed and self.country(end + 1) > 0

    def whole(self, start: int, end: int) -> bool:
        """Whether words begin at ``start`` and ``end``, the first of them not beyond ``end``."""
        return (self.words.end(start) or end + 1) <= end and (
            end == len(self.text) or bool(self.words.end(end))
        )

    def extended(self, end: int, rule: NameRule) -> int:
        """Where an organisation's name ends that goes on "แห่ง...", "จังหวัด..." or with a country."""
        position = self.skip_space(end)
        inner = next((word for word in rule.extend if self.text.startswith(word, position)), None)
        if inner is None or (position > end and inner not in rule.extend_after_space):
            return self.country(end) or end
        begin = position + len(inner)
        country = self.country(begin)
        if country or self.lexicon.capitals:
            return country or end
        stop = name_end(self, end, begin, rule)
        return stop if stop > begin else end

    def country(self, position: int) -> int:
        """The end of a country's name at ``position``; 0 where there is none."""
        for end, word in self.hits.get(position, ()):
            if word.kind == "thing" and word.type == "COUNTRY" and self.free_after(end):
                return end
        return 0

    # -- posts -------------------------------------------------------------------------------------

    def beside(self, before: Mention | None, start: int) -> bool | None:
        """Whether a post at ``start`` stands beside its holder; ``None`` where a verb joins the two."""
        if before is None or before.type not in ("PERSON", "POSITION"):
            return False
        gap = self.text[self.local(before) : start]
        if len(gap) >= _GAP:
            return False
        if gap.strip() in self.lexicon.made_a_post:
            return None
        return gap.strip() in self.lexicon.beside_a_post

    def post(self, start: int, end: int, word: Word, beside: bool | None) -> Mention | None:
        """A post with the organisation, country or place it is of: "รองอธิบดีกรมประมง"."""
        head_end = self.post_head(end, word)
        if self.text.startswith(self.lexicon.crowds, start):
            return None
        if head_end is None or self.text[head_end : head_end + 1] in COMBINING:
            return None
        rule = self.lexicon.names["ORG"]
        within = (at for at in self.within(start + 1, head_end + 1) if self.is_organisation(at, head_end))
        parts = self.abroad(list(self.post_of(next(within, head_end), bool(beside))))
        finish = self.local(parts[-1]) if parts else head_end
        if word.thing is not None:
            parts.insert(0, self.mention(start, end, word.type, word.thing.name))
        side = self.lexicon.post_side.match(self.text, self.skip_space(finish)) if beside else None
        if side:
            finish = max(finish, name_end(self, side.end(), side.end(), rule))
        if not parts:
            ministry = self.ministry(start, head_end)
            if ministry is not None:
                parts, finish = [ministry], self.local(ministry)
            elif beside and not ends_name(self, head_end, rule) and self.text[head_end : head_end + 1] != " ":
                finish = max(finish, name_end(self, start, head_end, rule))
        alone = not beside and not parts
        if alone and (beside is None or finish - start < 4 or not self.free_after(finish)):
            return None
        return self.mention(start, finish, "POSITION", None, tuple(parts))

    def post_head(self, end: int, word: Word) -> int | None:
        """The end of the words of a post, behind all that may stand before and in it ("อดีตรองปลัด")."""
        while word.kind == "modifier":
            following = self.entry(self.skip_space(end), "post", "modifier")
            if following is None:
                return None
            end, word = following
        while (following := self.entry(end, "post")) is not None:
            end = following[0]
        return end

    def post_of(self, position: int, beside: bool) -> Iterator[Mention]:
        """What a post is a post of: the names that follow its head without a break."""
        first = True
        while True:
            begin = self.skip_space(position)
            link = self.lexicon.post_link.match(self.text, begin)
            part = self.at(link.end() if link else begin)
            if part is None or part.type not in ("ORG", "COUNTRY", "PLACE") or not part.name:
                return
            if begin > position and not link:
                if beside and not first and part.type != "COUNTRY":
                    return
                if not beside and "." not in part.text:
                    return
            yield part
            position, first = self.local(part), False

    def abroad(self, parts: list[Mention]) -> list[Mention]:
        """``parts`` with a home body and the country behind it as one: "กระทรวงศึกษาธิการของญี่ปุ่น"."""
        if len(parts) < 2 or not self.lexicon.home:
            return parts
        *before, body, country = parts
        thing = self.lexicon.things.get((body.type, body.name))
        at_home = thing is not None and thing.type == "ORG" and thing.kind != "international"
        if not at_home or country.type != "COUNTRY" or country.name == self.lexicon.home:
            return parts
        start, end = body.span.start - self.base, self.local(country)
        return [*before, self.mention(start, end, "ORG", body.name + country.name, (country,))]

    def is_organisation(self, start: int, beyond: int) -> bool:
        """Whether an organisation's name begins at ``start``, within a post, and reaches to its end.

        The segmenter may see a post and its organisation as one word.
        """
        known = self.entry(start, "thing")
        if known and known[1].type == "ORG" and known[0] >= max(beyond, start + _SHORT):
            self.words.begin(start, known[0])
        if not self.begins(start, ("ORG",)):
            return False
        found = self.at(start)
        return found is not None and found.type == "ORG" and self.local(found) >= beyond

    def ministry(self, start: int, head_end: int) -> Mention | None:
        """The ministry that a short form of a minister's post calls by its short name: "รมว.แรงงาน"."""
        if not self.text[start:head_end].endswith(self.lexicon.ministers):
            return None
        begin = self.skip_space(head_end)
        end = begin
        while end < len(self.text) and end - begin <= self.lexicon.longest:
            end = self.next_word(end)
            name = self.lexicon.ministry + self.text[begin:end]
            if ("ORG", name) in self.lexicon.things:
                return self.mention(begin, end, "ORG", name)
        return None

    # -- open names --------------------------------------------------------------------------------

    def open_name(self, start: int, end: int, type_: str) -> Mention | None:
        """A name of a type from its head on; ``None`` where nothing but the head is there."""
        rule, text = self.lexicon.names[type_], self.text
        head = text[start:end]
        if text[end : end + 1] in COMBINING or (text[start - 1] != " " and not self.words.end(start)):
            return None
        if head.endswith(".") and type_ == "PLACE" and not _AFTER_SHORT_HEAD.match(text, end):
            return None
        if head in rule.marked and not _MARK.match(text, end) and not text.endswith(rule.marked_by, 0, start):
            return None
        if head in rule.dated:
            at = _DATED.match(text, end)
            day = self.at(at.end()) if at and at.end() in self.values else None
            return (
                self.mention(start, self.local(day), type_, None, (day,))
                if day and day.type == "DATE"
                else None
            )
        company = self.lexicon.company.match(text, start) if type_ == "ORG" else None
        if company:
            return self.mention(start, company.end(), type_)
        if head in rule.closed:
            stop = self.extended(end, rule)
        elif rule.quoted and (whole := _IN_QUOTES.match(text, start - 1)):
            stop = whole.end() - 1
        else:
            stop = to_bracket(self, start, name_end(self, start, end, rule), rule)
        if (stop - end < 2 and head not in rule.alone) or (head in rule.generic and stop - end < 6):
            return None
        return self.mention(start, stop, type_, None, tuple(self.inside(end, stop)))

    def inside(self, start: int, end: int) -> Iterator[Mention]:
        """The mentions within an open name."""
        position = start
        for at in self.within(start, end):
            part = self.at(at) if at >= position else None
            if part is not None and part.name and self.local(part) <= end:
                yield part
                position = self.local(part)
