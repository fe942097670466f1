"""Where the claims of an article come from: words, rule and cue of each, and the cues that gave none."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Article, Claim, Extraction, Span
from kg.patterns import Grammar, grammar

_AROUND = 30  # characters shown on either side


def explain(extraction: Extraction) -> Iterator[str]:
    """Lines for a person: the claims of an article in the text's order, then its cues without a claim.

    The spans of ``extraction`` are those of the raw text.
    """
    article = extraction.article
    rules = grammar(article.language)
    cues = {rule.id: rule.cues for rule in (*rules.phrases.rules, *rules.clauses.rules)}
    names = {
        each.id: (each.label_en if article.language == "en" else None) or each.name
        for each in extraction.entities
    }
    yield f"{article.name}: {len(extraction.claims)} claims"
    for claim in sorted(extraction.claims, key=lambda each: (each.evidence.start, each.evidence.end)):
        words = claim.evidence.of(article.text)
        found = ", ".join(cue for cue in cues.get(claim.rule, ()) if cue in words)
        yield ""
        yield f"{claim.relation}, {claim.status}: {names[claim.subject]} -> {_object(claim, article, names)}"
        yield f"  rule {claim.rule}, score {claim.score}" + (f", cue {found}" if found else "")
        yield f"  {_line(_sentence(article.text, claim.evidence))}"
    idle = list(_idle(extraction, rules))
    yield ""
    yield f"cues that gave no claim: {len(idle)}"
    for cue, place in idle:
        before = article.text[max(0, place.start - _AROUND) : place.start]
        after = article.text[place.end : place.end + _AROUND]
        yield f"  {place.start} {cue}: {_line(f'{before}[{cue}]{after}')}"


def _idle(extraction: Extraction, rules: Grammar) -> Iterator[tuple[str, Span]]:
    """Each cue of a clause in the body outside the evidence of every claim, in the text's order."""
    article = extraction.article
    cues = sorted({cue for rule in rules.clauses.rules for cue in rule.cues}, key=len, reverse=True)
    taken = [claim.evidence for claim in extraction.claims]
    found: list[tuple[int, str, Span]] = []
    for paragraph in map(article.raw, article.paragraphs):
        for cue in cues:
            start = article.text.find(cue, paragraph.start, paragraph.end)
            while start >= 0:
                place = Span(start, start + len(cue))
                if not any(span.overlaps(place) for span in taken):
                    taken.append(place)  # a longer cue hides the shorter ones within it
                    found.append((start, cue, place))
                start = article.text.find(cue, place.end, paragraph.end)
    for _, cue, place in sorted(found):
        yield cue, place


def _object(claim: Claim, article: Article, names: dict[str, str]) -> str:
    if isinstance(claim.object, Span):
        text = _line(claim.object.of(article.text))
        return text if len(text) <= 2 * _AROUND else f"{text[: 2 * _AROUND]}…"
    return names[claim.object]


def _sentence(text: str, evidence: Span) -> str:
    """The words of the claim in brackets, with what stands around them in their line."""
    begin = max(text.rfind("\n", 0, evidence.start) + 1, evidence.start - _AROUND)
    line = text.find("\n", evidence.end)
    end = min(len(text) if line < 0 else line, evidence.end + _AROUND)
    return f"{text[begin : evidence.start]}[{evidence.of(text)}]{text[evidence.end : end]}"


def _line(text: str) -> str:
    return " ".join(text.split())
