"""An extraction as RDF: N-Quads lines in the article's own named graph."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlsplit

from kg.errors import KgError
from kg.model import Article, Claim, Entity, Extraction, Span, Status
from kg.vocabulary import ID, KG, OWL, PROV, RDF, RDFS, SCHEMA, XSD, class_of, relation

_THING = re.compile(re.escape(ID) + r"[a-z]+/[0-9a-f]{16}")
# Narrower than RFC 3987: plain hosts, and beyond ASCII only Thai, so that every parser takes it.
_CHAR = r"[A-Za-z0-9._~!$&'()*+,;=:@/\u0e01-\u0e3a\u0e40-\u0e5b-]|%[0-9A-Fa-f]{2}"
_WEB = re.compile(
    rf"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{{1,5}})?"
    rf"(?:/(?:{_CHAR})*)?(?:\?(?:{_CHAR}|\?)*)?(?:#(?:{_CHAR}|\?)*)?"
)
_THAI = re.compile(r"[\u0e01-\u0e5b]")
_MONEY = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([A-Z]{3})")
_ISO_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_PRECISION = {4: "gYear", 7: "gYearMonth", 10: "date"}

# What the canonical form escapes, as a store does; a lone surrogate cannot be written as UTF-8.
_UNSAFE = re.compile(r'["\\\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]')
_ESCAPES = {'"': r"\"", "\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f"}

_TYPE = f"<{RDF}type>"
_LABEL = f"<{RDFS}label>"
_STATUS = {Status.ACTUAL: f"<{KG}Actual>", Status.PLANNED: f"<{KG}Planned>"}


def quads(extraction: Extraction) -> list[str]:
    """The N-Quads lines of one article, sorted and unique, without newlines, as a store gives them back.

    They are the article itself, its entities' types and labels, its claims, and a direct triple for
    each actual claim. Where two claims tell the same by the same words, the better score stays.
    Raises KgError for an unknown relation or entity, and for a date, an amount or an entity's IRI
    that is malformed.
    """
    article = extraction.article
    source = article_iri(article)
    entities = {entity.id: entity for entity in extraction.entities}
    triples = _article(article, source)
    for entity in extraction.entities:
        triples += _money(entity) if entity.type == "MONEY" else _entity(entity)
    claims: dict[str, list[str]] = {}
    for claim in sorted(extraction.claims, key=lambda claim: (claim.score, claim.rule)):
        try:
            iri, lines = _claim(claim, entities, article, source)
        except KeyError as error:
            raise KgError(f"unknown entity: {error} in a {claim.relation} claim of {article.name}") from None
        claims[iri] = lines
    for lines in claims.values():
        triples += lines
    return sorted({f"{triple} <{source}> ." for triple in triples})


def article_iri(article: Article) -> str:
    """The IRI of an article and of its named graph: from its URL, or from its text where it has none."""
    return f"{ID}article/{_digest(article.url or article.text)}"


def claim_iri(article: str, relation: str, subject: str, object: str, status: Status, evidence: Span) -> str:
    """The IRI of a claim: from the IRIs of its article, relation and subject, and its object as an N-Quads
    term (``<iri>`` or ``"text"@th``), its status and its evidence in the raw text."""
    key = (article, relation, subject, object, status.value, str(evidence.start), str(evidence.end))
    return f"{ID}claim/{_digest(chr(9).join(key))}"


def _article(article: Article, iri: str) -> list[str]:
    triples = [
        f"<{iri}> {_TYPE} <{KG}Article>",
        f'<{iri}> <{KG}sha256> "{article.sha256}"',
        f"<{iri}> <{SCHEMA}headline> {literal(article.title.of(article.plain))}",
        f"<{iri}> <{SCHEMA}text> {literal(article.text)}",
        f'<{iri}> <{SCHEMA}inLanguage> "{_escape(article.language)}"',
    ]
    if article.url and _WEB.fullmatch(article.url):
        triples.append(f"<{iri}> <{SCHEMA}url> <{article.url}>")
        triples.append(f'<{iri}> <{SCHEMA}publisher> "{urlsplit(article.url).hostname}"')
    if article.published:
        triples.append(f"<{iri}> <{SCHEMA}datePublished> {date_literal(article.published)}")
    return triples


def _entity(entity: Entity) -> list[str]:
    if entity.type == "DATE":
        return []
    iri = _iri(entity)
    triples = [
        f"{iri} {_TYPE} <{class_of(entity.type).iri}>",
        f"{iri} {_LABEL} {literal(entity.name)}",
    ]
    if entity.label_en:
        triples.append(f'{iri} {_LABEL} "{_escape(entity.label_en)}"@en')
    if entity.same_as and _WEB.fullmatch(entity.same_as):
        triples.append(f"{iri} <{OWL}sameAs> <{entity.same_as}>")
    return triples


def _money(entity: Entity) -> list[str]:
    iri = _iri(entity)
    value, currency = _amount(entity.name)
    return [
        f"{iri} {_TYPE} <{SCHEMA}MonetaryAmount>",
        f'{iri} <{SCHEMA}currency> "{currency}"',
        f'{iri} <{SCHEMA}value> "{value}"^^<{XSD}decimal>',
    ]


def _claim(claim: Claim, entities: dict[str, Entity], article: Article, source: str) -> tuple[str, list[str]]:
    predicate = relation(claim.relation).iri
    subject = _iri(entities[claim.subject])
    until = None
    if isinstance(claim.object, Span):
        object_ = literal(claim.object.of(article.text))
    elif (entity := entities[claim.object]).type == "DATE":
        start, _, end = entity.name.partition("/")
        object_ = date_literal(start)
        until = date_literal(end) if end else None
    else:
        object_ = _iri(entity)
    evidence = claim.evidence
    iri = claim_iri(source, predicate, subject[1:-1], object_, claim.status, evidence)
    triples = [
        f"<{iri}> {_TYPE} <{KG}Claim>",
        f"<{iri}> <{RDF}subject> {subject}",
        f"<{iri}> <{RDF}predicate> <{predicate}>",
        f"<{iri}> <{RDF}object> {object_}",
        f"<{iri}> <{KG}status> {_STATUS[claim.status]}",
        f"<{iri}> <{KG}quote> {literal(evidence.of(article.text))}",
        f'<{iri}> <{KG}begin> "{evidence.start}"^^<{XSD}integer>',
        f'<{iri}> <{KG}end> "{evidence.end}"^^<{XSD}integer>',
        f'<{iri}> <{KG}rule> "{_escape(claim.rule)}"',
        f'<{iri}> <{KG}score> "{_decimal(f"{claim.score:.6f}")}"^^<{XSD}decimal>',
        f"<{iri}> <{PROV}wasDerivedFrom> <{source}>",
    ]
    if claim.said_by:
        triples.append(f"<{iri}> <{KG}saidBy> {_iri(entities[claim.said_by])}")
    if claim.since:
        triples.append(f"<{iri}> <{KG}since> {date_literal(claim.since)}")
    if until:
        triples.append(f"<{iri}> <{KG}until> {until}")
    if claim.status is Status.ACTUAL:
        triples.append(f"{subject} <{predicate}> {object_}")
        if until:
            triples.append(f"{subject} <{KG}heldUntil> {until}")
    return iri, triples


def _iri(entity: Entity) -> str:
    """The entity as a term. Only IRIs of our own making pass, so that no text gets into one."""
    if entity.type == "MONEY":
        value, currency = _amount(entity.name)
        return f"<{ID}money/{currency}-{value}>"
    if not _THING.fullmatch(entity.iri):
        raise KgError(f"not an entity's IRI: {entity.iri!r} of {entity.name!r}: use {ID}<class>/<16 hex>")
    return f"<{entity.iri}>"


def _amount(name: str) -> tuple[str, str]:
    match = _MONEY.fullmatch(name)
    if not match:
        raise KgError(f"not an amount of money: {name!r}: write it as '53104158 THB'")
    return _decimal(match[1]), match[2]


@lru_cache(maxsize=4096)
def date_literal(iso: str) -> str:
    """An ISO 8601 day, month or year as a literal of the datatype that fits."""
    try:
        date.fromisoformat((iso + "-01-01")[:10] if _ISO_DATE.fullmatch(iso) else "")
    except ValueError:
        raise KgError(f"not a date: {iso!r}: write it as 2024-02-06, 2024-02 or 2024") from None
    return f'"{iso}"^^<{XSD}{_PRECISION[len(iso)]}>'


def _decimal(number: str) -> str:
    """The canonical form of a decimal number, the one that stores give back: 0.5, not 0.50."""
    written = f"{Decimal(number):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def literal(text: str, language: str | None = None) -> str:
    """A literal tagged as Thai where it has a Thai letter, otherwise as English, if no language is told."""
    return f'"{_escape(text)}"@{language or ("th" if _THAI.search(text) else "en")}'


def _escape(text: str) -> str:
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if "\ud800" <= character <= "\udfff":
        return "\N{REPLACEMENT CHARACTER}"
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
