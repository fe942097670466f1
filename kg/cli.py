"""The command line: the one part of kg that prints and exits.

Exit status: 0 done, 1 the answer is no (``check``, ``verify``, a build whose graph has violations, a
``diff`` that finds one), 2 an error, told in one line on stderr.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.arguments import parser
from kg.errors import KgError, one_line
from kg.model import Extraction, Span
from kg.progress import Progress

if TYPE_CHECKING:
    from kg.query import Source
    from kg.remote import Login, Token

_EVERY = 5  # seconds between the lines that tell how far a push is

# Each command imports what it runs on, so that help and wrong arguments are answered at once.


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, by the arguments of the process unless ``argv`` is given. Returns its exit status."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="strict" if stream is sys.stdin else "backslashreplace"
            )
    argv = sys.argv[1:] if argv is None else argv
    try:
        arguments = parser(asks=argv[:1] == ["ask"]).parse_args(argv)
        status = _COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
    except KgError as error:
        return _complain(error)
    except BrokenPipeError:
        # The reader has left. What is still unwritten at the exit of Python must go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _complain(f"{error.strerror}: {error.filename}" if error.filename else error)
    except KeyboardInterrupt:
        return _complain("stopped")
    return status


def _build(arguments: Namespace) -> int:
    from kg.build import build

    with Progress() as progress:
        report = build(
            arguments.paths,
            arguments.store,
            arguments.exports,
            workers=arguments.workers,
            scheduler=arguments.scheduler,
            least=arguments.min_score,
            progress=progress,
        )
    told = json.dumps(report.data(), ensure_ascii=False, indent=1)
    (arguments.store / "report.json").write_text(f"{told}\n", encoding="utf-8")
    for line in str(report).splitlines():
        print(_safe(line))
    print(f"\nThe graph is in {arguments.store}, its exports are in {arguments.exports}.")
    if others := [each for each in ("graphml", "csv") if each not in report.formats]:
        print(f"It is too large to be written in all formats; `kg export` may write {', '.join(others)}.")
    return 1 if report.violations else 0


def _extract(arguments: Namespace) -> int:
    for extraction in _extractions(arguments.paths):
        print(json.dumps(_json(extraction), ensure_ascii=False))
    return 0


def _query(arguments: Namespace) -> int:
    from kg.query import answer

    print(answer(_source(arguments), _sparql(arguments.query), arguments.format), end="")
    return 0


def _list_questions() -> int:
    from kg.query import questions

    for question in questions().values():
        print(f"{question.name}: {question.title_en} {question.title_th}")
        for each in question.parameters.values():
            print(f"    --{each.name} {each.type.upper()}  {each.description}")
    return 0


def _ask(arguments: Namespace) -> int:
    from kg.query import ask

    if "question" not in arguments:
        return _list_questions()
    given = {
        name.removeprefix("?"): value for name, value in vars(arguments).items() if name[0] == "?" and value
    }
    print(ask(_source(arguments), arguments.question, given, arguments.format), end="")
    return 0


def _source(arguments: Namespace) -> Source:
    """What is asked: the endpoint of a server if one is given, otherwise the store."""
    if not arguments.endpoint:
        from kg.store import Store

        return Store.open(arguments.store)
    from kg.remote import Endpoint

    endpoint = Endpoint(arguments.endpoint, _login(arguments.user))
    if endpoint.hides_named_graphs():
        _complain(
            f"default graph empty: {arguments.endpoint}: only GRAPH finds something there, unless the server "
            "is started with the union of its graphs as its default graph"
        )
    return endpoint


def _login(user: str | None) -> Login | Token | None:
    """Who asks: ``user``, with the password in KG_PASSWORD or as it is typed, or the token in KG_TOKEN."""
    from kg.remote import Login, Token

    if user:
        password = os.environ.get("KG_PASSWORD")
        if password is None and not sys.stdin.isatty():
            raise KgError(f"no password for {user}: set KG_PASSWORD")
        return Login(user, getpass(f"Password of {user}: ") if password is None else password)
    token = os.environ.get("KG_TOKEN")
    return Token(token) if token else None


def _push(arguments: Namespace) -> int:
    from kg.push import push
    from kg.remote import GraphStore
    from kg.store import Store

    store = Store.open(arguments.store)
    server = GraphStore(arguments.url, _login(arguments.user))
    state = arguments.state or arguments.store.with_name(f"{arguments.store.name}.pushed")
    told = time.monotonic()
    for progress in push(store, server, state, everything=arguments.all, retries=arguments.retries):
        if progress.waiting:
            _complain(progress.waiting)
        elif time.monotonic() - told > _EVERY:
            done = progress.sent + progress.unchanged
            print(f"{done} of {progress.total} graphs", flush=True)
            told = time.monotonic()
    print(
        f"{_count(progress.total, 'graph')}: {progress.sent} sent, {progress.unchanged} unchanged, "
        f"{progress.removed} removed."
    )
    return 0


def _search(arguments: Namespace) -> int:
    from kg.search import search
    from kg.store import Store

    store = Store.open(arguments.store)
    print(search(store, arguments.words, arguments.limit, arguments.kind, arguments.format), end="")
    return 0


def _export(arguments: Namespace) -> int:
    from kg.export import write
    from kg.network import Selection
    from kg.store import Store
    from kg.vocabulary import local_class, local_relation

    selection = Selection(
        frozenset(map(local_class, arguments.classes)),
        frozenset(map(local_relation, arguments.relations)),
        frozenset(arguments.statuses),
        arguments.from_year,
        arguments.to_year,
    )
    for path in write(Store.open(arguments.store), arguments.format, arguments.output, selection):
        print(path)
    return 0


def _draw(arguments: Namespace) -> int:
    from kg.draw import draw
    from kg.network import found, neighbourhood
    from kg.store import Store

    store = Store.open(arguments.store)
    iri = found(store, arguments.thing)
    claims, number = neighbourhood(store, iri, arguments.depth, arguments.limit)
    if iri not in claims:
        raise KgError(f"nothing to draw: {arguments.thing}: no claim is about it")
    arguments.output.write_text(draw(claims, str(claims.nodes[iri]["label"])), encoding="utf-8")
    drawn = claims.number_of_edges()
    told = f"the {drawn} surest of {number} claims" if number > drawn else _count(drawn, "claim")
    print(f"{_count(len(claims), 'thing')}, {told}: {arguments.output}")
    return 0


def _check(arguments: Namespace) -> int:
    from kg.build import violations
    from kg.store import Store

    found = violations(Store.open(arguments.store))
    for violation in found:
        print(_safe(str(violation)))
    print(
        f"{_count(len(found), 'violation')}: the graph does not conform" if found else "The graph conforms."
    )
    return 1 if found else 0


def _verify(arguments: Namespace) -> int:
    from kg.store import Store
    from kg.verify import verify

    result = verify(arguments.paths, Store.open(arguments.store))
    for failure in result.failures:
        print(_safe(f"{failure.claim or 'no claim'} of {failure.article}: {failure.reason}"))
    held = result.receipts - sum(1 for failure in result.failures if failure.claim)
    print(f"{held} of {_count(result.receipts, 'receipt')} hold, in {_count(result.articles, 'article')}.")
    return 1 if result.failures else 0


def _diff(arguments: Namespace) -> int:
    from itertools import chain

    from kg.diff import diff, written
    from kg.store import reading

    with reading(arguments.old) as old, reading(arguments.new) as new:
        differences = diff(old, new)
        some = [each for each in [next(differences, None)] if each]
        for line in written(chain(some, differences), arguments.format):
            print(_safe(line) if arguments.format == "table" else line)
    return 1 if some else 0


def _explain(arguments: Namespace) -> int:
    from kg.explain import explain

    for extraction in _extractions(arguments.paths):
        for line in explain(extraction):
            print(_safe(line))
    return 0


def _extractions(paths: Sequence[Path]) -> Iterator[Extraction]:
    """What each article says; a document that is passed over is told on stderr."""
    from kg.extract import each, extract
    from kg.model import Skip

    for result in each(paths, extract):
        if isinstance(result, Skip):
            _complain(f"skipped: {result.label}: {result.message}")
        else:
            yield result


def _learn(arguments: Namespace) -> int:
    from kg.learn import learn, proposal

    for line in proposal(learn(arguments.paths, tests=arguments.tests, least=arguments.least)):
        print(line)
    return 0


def _json(extraction: Extraction) -> dict[str, Any]:
    """One article as ``kg extract`` writes it; offsets count code points of the raw text."""

    def pair(span: Span) -> list[int]:
        return [span.start, span.end]

    def object_(relation: str, value: str | Span) -> str | dict[str, Any]:
        if isinstance(value, str):
            return value
        if relation == "also_known_as":
            return {"text": value.of(extraction.article.text)}
        return {"span": pair(value)}

    entities = [
        {
            "id": entity.id,
            "type": entity.type,
            "name": entity.name,
            "iri": entity.iri,
            "mentions": [pair(span) for span in entity.mentions],
        }
        for entity in extraction.entities
    ]
    facts = [
        {
            "rel": claim.relation,
            "subj": claim.subject,
            "obj": object_(claim.relation, claim.object),
            "status": claim.status,
            "evidence": pair(claim.evidence),
            "score": claim.score,
            "rule": claim.rule,
        }
        | {name: value for name in ("said_by", "since") if (value := getattr(claim, name))}
        for claim in extraction.claims
    ]
    return {
        "doc": extraction.article.name,
        "published": extraction.article.published,
        "entities": entities,
        "facts": facts,
    }


def _sparql(query: str) -> str:
    """The query itself: as given, from the file of that name, or from standard input for "-"."""
    if "{" in query or any(letter.isspace() for letter in query):
        return query
    try:
        return sys.stdin.read() if query == "-" else Path(query).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise KgError(f"not UTF-8: {query}: write the query in UTF-8") from None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _safe(line: str) -> str:
    """``line`` without what could steer a terminal: file names and texts come from anywhere."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in line
    )


def _complain(message: object) -> int:
    print(f"kg: {_safe(one_line(message))}", file=sys.stderr)
    return 2


_COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "build": _build,
    "extract": _extract,
    "query": _query,
    "ask": _ask,
    "search": _search,
    "export": _export,
    "draw": _draw,
    "push": _push,
    "check": _check,
    "verify": _verify,
    "diff": _diff,
    "explain": _explain,
    "learn": _learn,
}
