"""Mentions -> entities: which mentions name one thing, and the IRI that it has in every article.

Within an article a short form takes the identity of the full one ("นายวิษณุ", "สกมช.", "ปลัดดีอี",
"การประชุมดังกล่าว"); across articles the registry and the name itself decide.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from operator import attrgetter

from kg.lexicon import Lexicon, lexicon
from kg.model import Article, Entity, Mention, Reference, Resolution, Span
from kg.vocabulary import ID, class_of

_SPACE = re.compile(r"\s+")
_UNCASED_SPACE = re.compile(r"(?<![A-Za-z,])\s+|\s+(?![A-Za-z])")  # not between words in Latin letters
_BETWEEN_LETTERS = re.compile(r"[\s“”\"'‘’().\-–]")
_ACTION = re.compile("^(?:การ|งาน|ร่าง)")
_TELLING = 12  # letters with which a longer name may begin to be the same
_YEAR = re.compile("[0-9]{4}")  # without one, other articles call other events by the same name
_VALUES = ("DATE", "MONEY")
_LENGTH = attrgetter("length")
_NAMED_AFTER = ("EVENT", "INSTRUMENT", "PROGRAM")


def resolve(article: Article, mentions: list[Mention]) -> Resolution:
    """The entities that ``mentions`` (of ``article``, in order) name, and the references to them."""
    resolver = _Resolver(article, lexicon(article.language))
    resolver.learn_aliases(mentions)
    resolver.learn_persons(mentions)
    references = resolver.references(mentions)
    return Resolution(tuple(resolver.entities()), tuple(references))


@lru_cache(maxsize=2**13)
def iri(type_: str, key: str) -> str:
    """The IRI of the thing of a type that ``key`` (its canonical name, or ISO code) stands for."""
    digest = hashlib.sha256(f"{type_}\t{key}".encode()).hexdigest()[:16]
    if type_ in _VALUES:
        return f"{ID}{type_.lower()}/{digest}"
    local = class_of(type_).iri.rpartition("#")[2]
    return f"{ID}{local.lower()}/{digest}"


class _Resolver:
    def __init__(self, article: Article, words: Lexicon) -> None:
        self.article = article
        self.lexicon = words
        self.aliases: dict[tuple[str, str], str] = {}
        self.given: dict[str, str] = {}
        self.posts: dict[str, str] = {}
        self.holders: list[tuple[str, set[str], str]] = []  # post, what it is a post of, and who holds it
        self.abroad: set[str] = set()  # posts that name a country
        # Known by an office, an ordinary word or a name of recurring events: in each article another one.
        self.local: set[str] = set()
        self.spans: dict[tuple[str, str], list[Span]] = {}
        self.brackets: set[Span] = set()  # where an alias stands beside the name it is an alias of
        self.ids: dict[tuple[str, str], str] = {}
        self.last: dict[str, tuple[str, str]] = {}

    # -- what the article says of names ------------------------------------------------------------

    def learn_aliases(self, mentions: list[Mention]) -> None:
        for mention in mentions:
            if mention.type == "ALIAS":
                owner = mention.parts[0]
                self.aliases[owner.type, _fold(mention.name)] = self.key(owner)

    def learn_persons(self, mentions: list[Mention]) -> None:
        """Full names first, so that a given name alone finds its person wherever it stands."""
        for mention in mentions:
            if mention.type == "PERSON" and " " in mention.name:
                first, *_, last = mention.name.split()
                self.given.setdefault(first, mention.name)
                if last.isascii():
                    self.given.setdefault(last, mention.name)
                for part in mention.parts:
                    self.aliases["PERSON", _fold(part.name)] = mention.name
        for index, mention in enumerate(mentions):
            if mention.type == "POSITION":
                holder = self.holder(mentions, index)
                if holder is not None:
                    for full in (True, False):
                        self.posts.setdefault(self.post_key(mention, full), self.key(holder))
                    of = {self.key(part) for part in mention.parts}
                    self.holders.append((self.post_key(mention), of, self.key(holder)))
                    if any("COUNTRY" in (part.type, *(p.type for p in part.parts)) for part in mention.parts):
                        self.abroad.add(self.post_key(mention))

    def holder(self, mentions: list[Mention], index: int) -> Mention | None:
        """The person who holds the post ``mentions[index]`` because the two stand side by side.

        The name stands before the post or, full, behind it; other posts of the person may stand between.
        """
        if self.lexicon.capitals:  # where the post rather stands before the name
            return self.ahead(mentions, index) or self.behind(mentions, index)
        return self.behind(mentions, index) or self.ahead(mentions, index)

    def behind(self, mentions: list[Mention], at: int) -> Mention | None:
        """The person before the post ``mentions[at]``."""
        joined = self.lexicon.beside_a_post | self.lexicon.made_a_post
        while at and self.gap(mentions[at - 1], mentions[at]) in joined:
            at -= 1
            if mentions[at].type == "PERSON":
                return mentions[at] if mentions[at].name else None
            if mentions[at].type != "POSITION":
                break
        return None

    def ahead(self, mentions: list[Mention], at: int) -> Mention | None:
        """The person, named in full, behind the post ``mentions[at]``."""
        while at + 1 < len(mentions):
            gap = self.gap(mentions[at], mentions[at + 1])
            if gap not in self.lexicon.before_holder:
                break
            at += 1
            if mentions[at].type == "PERSON":
                joined = gap != "and" or not self.lexicon.capitals
                return mentions[at] if joined and " " in mentions[at].name else None
            if mentions[at].type not in ("POSITION", "ALIAS"):
                break
        return None

    def gap(self, before: Mention, after: Mention) -> str | None:
        """What stands between two mentions; ``None`` where that is too much to join them."""
        text = self.article.plain[before.span.end : after.span.start]
        return text.strip(" )" if before.type == "ALIAS" else None) if len(text) < 16 else None

    # -- keys: what one thing is called, whatever the text calls it ----------------------------------

    def key(self, mention: Mention) -> str:
        name = mention.name
        if self.aliases and (local := self.aliases.get((mention.type, _fold(name)))) is not None:
            return local
        if mention.type == "PERSON":
            return name if " " in name else self.given.get(name.removesuffix("ฯ"), name)
        if mention.type == "POSITION":
            return self.post_key(mention)
        if mention.type in _NAMED_AFTER:
            return _SPACE.sub(" ", name)
        thing = self.lexicon.things.get((mention.type, name))
        return thing.key if thing else _SPACE.sub(" ", name)

    def post_key(self, post: Mention, full: bool = True) -> str:
        """The post with the organisation's own name in it: "รมว.กห." is "รัฐมนตรีว่าการกระทรวงกลาโหม".

        Not ``full``: without a word such as "Acting", with which it still is that post.
        """
        text = post.text
        if not full:
            text = next((text[len(w) :].strip() for w in self.lexicon.acting if text.startswith(w)), text)
        whole = self.lexicon.post_names.get(text)
        if whole is not None:
            return _UNCASED_SPACE.sub("", whole)
        of = next((part for part in post.parts if part.type == "ORG"), None)
        end = of.span.start - post.span.end if of else 0
        head = self.unlinked(text[: len(text) + end])
        name = self.key(of) if of else ""
        head = self.lexicon.post_names.get(head, head)
        if name.startswith("กระทรวง"):
            head = head.removesuffix("กระทรวง")
        return _UNCASED_SPACE.sub("", f"{head} {name}".strip())

    # -- entities ------------------------------------------------------------------------------------

    def references(self, mentions: list[Mention]) -> list[Reference]:
        found: list[Reference] = []
        for index, mention in enumerate(mentions):
            if mention.type == "ALIAS":
                owner = mention.parts[0]
                named = self.refer(owner)
                if named is not None:
                    self.see(self.same_name((owner.type, self.key(owner))), mention.span)
                    self.brackets.add(mention.span)
                    found.append(Reference(mention.span, "ALIAS", named.entity))
            elif mention.type == "POSITION":
                found += self.post(mention, self.holder(mentions, index))
            else:
                reference = self.refer(mention)
                if reference is not None:
                    found.append(reference)
        return found

    def refer(self, mention: Mention) -> Reference | None:
        if not mention.name:
            key = self.last.get(mention.type)
            return Reference(mention.span, mention.type, self.ids[key]) if key else None
        key = (mention.type, self.key(mention))
        if mention.type in _NAMED_AFTER:
            key = self.same_name(key)
            if key[1].islower() or (mention.type == "EVENT" and not _YEAR.search(key[1])):
                self.local.add(key[1])
        if mention.type not in _VALUES and mention.span.start > self.article.title.end:
            self.last[mention.type] = key
        id_ = self.see(key, mention.span)
        if mention.type in _NAMED_AFTER:
            more = self.lexicon.beyond_bracket.match(self.article.plain, mention.span.end)
            if more:
                self.see(key, Span(mention.span.start, more.end()))
        if mention.type == "PERSON":
            for part in mention.parts:
                self.see(key, part.span)
            return Reference(mention.span, "PERSON", id_)
        parts = tuple(r for r in map(self.refer, mention.parts) if r is not None)
        return Reference(mention.span, mention.type, id_, parts)

    def post(self, mention: Mention, near: Mention | None) -> list[Reference]:
        """A post beside its holder; or, standing alone, the person who holds it; or what it is a post of."""
        parts = tuple(r for r in map(self.refer, mention.parts) if r is not None)
        key = self.post_key(mention)
        if near is not None:
            person = ("PERSON", self.key(near))
            id_ = self.see(("POSITION", key), mention.span)
            return [
                Reference(
                    mention.span, "POSITION", id_, parts, self.ids.get(person) or self.see(person, near.span)
                )
            ]
        held = self.held(mention, self.post_key(mention, full=False))
        if held is not None:
            self.see(("POSITION", key), mention.span)
            return [Reference(mention.span, "PERSON", self.see(("PERSON", held), mention.span))]
        if self.head(mention) in self.lexicon.posts_alone:
            self.local.add(key)
            return [Reference(mention.span, "PERSON", self.see(("PERSON", key), mention.span), parts)]
        return list(parts)

    def held(self, post: Mention, key: str) -> str | None:
        """The person whom the article names as holder of a post that stands alone, if it can be but one."""
        exact = self.posts.get(key)
        if exact is not None:
            return exact
        head = self.lexicon.post_names.get(self.head(post), self.head(post))
        names = [self.key(part) for part in post.parts]
        # The name of an office stands for that of another country only where it is a kind of post.
        others = self.abroad if not names and head not in self.lexicon.kinds_of_post else set()
        fitting = {
            person
            for known, of, person in self.holders
            if known.startswith(head)
            and known not in others
            and all(name in of or _SPACE.sub("", name) in known for name in names)
        }
        return fitting.pop() if len(fitting) == 1 else None

    def head(self, post: Mention) -> str:
        """A post without what it is a post of: "อธิบดี"."""
        if post.parts and post.parts[0].span.start == post.span.start:
            return post.text[len(post.parts[0].text) :].strip()
        end = post.parts[0].span.start - post.span.start if post.parts else None
        return self.unlinked(post.text[:end])

    def unlinked(self, head: str) -> str:
        """A post's head without the word that links it to what follows: "Governor of the" is "Governor"."""
        link = next((link for link in self.lexicon.post_links if head.endswith(f" {link}")), "")
        return head.removesuffix(link).strip()

    def same_name(self, key: tuple[str, str]) -> tuple[str, str]:
        """An earlier thing of which this is a shorter or a longer name."""
        type_, name = key
        bare = _bare(name)
        for other in self.ids:
            if other[0] != type_:
                continue
            known = _bare(other[1])
            if (
                bare == known
                or (len(bare) >= _TELLING and known.startswith(bare))
                or (len(known) >= _TELLING and bare.startswith(known))
            ):
                return other
        return key

    def see(self, key: tuple[str, str], span: Span) -> str:
        """Note that ``span`` names the thing of ``key``; its id in this article."""
        if key not in self.ids:
            self.ids[key] = f"e{len(self.ids) + 1}"
            self.spans[key] = []
        if span not in self.spans[key]:
            self.spans[key].append(span)
        return self.ids[key]

    def entities(self) -> list[Entity]:
        return [self.entity(*key) for key in self.ids]

    def entity(self, type_: str, key: str) -> Entity:
        spans = self.spans[type_, key]
        thing = self.lexicon.by_key.get((type_, key))
        own = [span for span in spans if span not in self.brackets] or spans if self.brackets else spans
        written = max(own, key=_LENGTH).of(self.article.plain)
        name = key if type_ in ("PERSON", *_VALUES) and key not in self.local else written
        return Entity(
            id=self.ids[type_, key],
            type=type_,
            name=thing.name if thing else _SPACE.sub(" ", name),
            iri=iri(type_, f"{key}\t{self.article.url or self.article.sha256}" if key in self.local else key),
            mentions=tuple(spans),
            label_en=thing.english if thing else None,
            same_as=f"http://www.wikidata.org/entity/{thing.wikidata}" if thing and thing.wikidata else None,
            office=iri("POSITION", key) if type_ == "PERSON" and key in self.local else None,
        )


@lru_cache(maxsize=2**13)
def _fold(name: str) -> str:
    return _BETWEEN_LETTERS.sub("", name).casefold()


@lru_cache(maxsize=2**13)
def _bare(name: str) -> str:
    return _fold(_ACTION.sub("", name))
