"""The command line: the one part of kg that prints and exits.

Exit status: 0 done, 1 the answer is no (``check``, ``verify``, a build whose graph has violations, a
``diff`` that finds one), 2 an error, told in one line on stderr.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kg import __version__
from kg.errors import KgError, one_line
from kg.model import Extraction, Span

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
        arguments = _parser(asks=argv[:1] == ["ask"]).parse_args(argv)
        status: int = arguments.run(arguments)
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


def _build(arguments: argparse.Namespace) -> int:
    from kg.build import build

    with _Progress() as progress:
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


def _extract(arguments: argparse.Namespace) -> int:
    for extraction in _extractions(arguments.paths):
        print(json.dumps(_json(extraction), ensure_ascii=False))
    return 0


def _query(arguments: argparse.Namespace) -> int:
    from kg.query import answer

    print(answer(_source(arguments), _sparql(arguments.query), arguments.format), end="")
    return 0


def _list_questions(_: argparse.Namespace) -> int:
    from kg.query import questions

    for question in questions().values():
        print(f"{question.name}: {question.title_en} {question.title_th}")
        for each in question.parameters.values():
            print(f"    --{each.name} {each.type.upper()}  {each.description}")
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    from kg.query import ask

    given = {
        name.removeprefix("?"): value for name, value in vars(arguments).items() if name[0] == "?" and value
    }
    print(ask(_source(arguments), arguments.question, given, arguments.format), end="")
    return 0


def _source(arguments: argparse.Namespace) -> Source:
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


def _push(arguments: argparse.Namespace) -> int:
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


def _search(arguments: argparse.Namespace) -> int:
    from kg.search import search
    from kg.store import Store

    store = Store.open(arguments.store)
    print(search(store, arguments.words, arguments.limit, arguments.kind, arguments.format), end="")
    return 0


def _export(arguments: argparse.Namespace) -> int:
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


def _draw(arguments: argparse.Namespace) -> int:
    from kg.draw import draw
    from kg.network import found, neighbourhood
    from kg.store import Store

    store = Store.open(arguments.store)
    iri = found(store, arguments.thing)
    claims = neighbourhood(store, iri, arguments.depth)
    if iri not in claims:
        raise KgError(f"nothing to draw: {arguments.thing}: no claim is about it")
    arguments.output.write_text(draw(claims, str(claims.nodes[iri]["label"])), encoding="utf-8")
    print(f"{_count(len(claims), 'thing')}, {_count(claims.number_of_edges(), 'claim')}: {arguments.output}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from kg.build import violations
    from kg.store import Store

    found = violations(Store.open(arguments.store))
    for violation in found:
        print(_safe(str(violation)))
    print(
        f"{_count(len(found), 'violation')}: the graph does not conform" if found else "The graph conforms."
    )
    return 1 if found else 0


def _verify(arguments: argparse.Namespace) -> int:
    from kg.store import Store
    from kg.verify import verify

    result = verify(arguments.paths, Store.open(arguments.store))
    for failure in result.failures:
        print(_safe(f"{failure.claim or 'no claim'} of {failure.article}: {failure.reason}"))
    held = result.receipts - sum(1 for failure in result.failures if failure.claim)
    print(f"{held} of {_count(result.receipts, 'receipt')} hold, in {_count(result.articles, 'article')}.")
    return 1 if result.failures else 0


def _diff(arguments: argparse.Namespace) -> int:
    from itertools import chain

    from kg.diff import diff, written
    from kg.store import reading

    with reading(arguments.old) as old, reading(arguments.new) as new:
        differences = diff(old, new)
        some = [each for each in [next(differences, None)] if each]
        for line in written(chain(some, differences), arguments.format):
            print(_safe(line) if arguments.format == "table" else line)
    return 1 if some else 0


def _explain(arguments: argparse.Namespace) -> int:
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


def _learn(arguments: argparse.Namespace) -> int:
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


def _count_of_one_or_more(number: str) -> int:
    if not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number: {number!r}: give 1 or more")
    return int(number)


def _score(number: str) -> float:
    try:
        score = float(number)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise argparse.ArgumentTypeError(f"not a score: {number!r}: give a number from 0 to 1")
    return score


def _whole_number(number: str) -> int:
    if not number.isdecimal():
        raise argparse.ArgumentTypeError(f"not a whole number: {number!r}: give 0 or more")
    return int(number)


def _year(written: str) -> int:
    """A year of the common era; one of the Buddhist era is 543 more."""
    if not re.fullmatch("[0-9]{4}", written):
        raise argparse.ArgumentTypeError(f"not a year: {written!r}: give it as 2024 or 2567")
    year = int(written)
    return year - 543 if year > 2400 else year


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


class _Progress:
    """Tells on stderr how far a build is: on a terminal in one changing line, else in a line now and then.

    A build of a few seconds needs no such lines.
    """

    _QUIET, _TERMINAL, _LOG = 3.0, 0.2, 30.0  # seconds: before the first line, and between two lines

    def __enter__(self) -> _Progress:
        self._terminal = sys.stderr.isatty()
        self._stage, self._begun = "", time.monotonic()
        self._told, self._next = self._begun, self._begun + self._QUIET
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def __call__(self, stage: str, share: float, count: int) -> None:
        now = time.monotonic()
        if self._stage and stage != self._stage:
            self._begun = self._told  # the end of the stage before, nearly
        self._stage, self._told = stage, now
        if now < self._next or now == self._begun:
            return
        self._next = now + (self._TERMINAL if self._terminal else self._LOG)
        spent = now - self._begun
        left = f", {_duration(spent / share - spent)} left" if share else ""
        line = f"{stage}: {100 * share:.0f} %, {count} articles, {count / spent:.0f} a second{left}"
        print(
            f"\r{line}\x1b[K" if self._terminal else line, end="" if self._terminal else "\n", file=sys.stderr
        )
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class _Parser(argparse.ArgumentParser):
    """Tells wrong arguments in one line, as every other error."""

    def error(self, message: str) -> NoReturn:
        raise KgError(f"{message}: see {self.prog} --help")


def _parser(*, asks: bool) -> argparse.ArgumentParser:
    """The commands and their arguments; those of each named question only where one is asked."""
    paths = _Parser(add_help=False)
    paths.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="an article, a folder of them, an archive (.tar, .tar.xz, ...) or a table (.jsonl, .parquet)",
    )
    store = _Parser(add_help=False)
    store.add_argument(
        "--store",
        metavar="DIR",
        type=Path,
        default=Path("build/store"),
        help="the graph (default: %(default)s)",
    )
    formats = _Parser(add_help=False)
    formats.add_argument(
        "--format",
        choices=("table", "csv", "tsv", "json", "xml", "turtle"),
        default="table",
        help="how to write the answer (default: %(default)s)",
    )

    login = _Parser(add_help=False)
    login.add_argument(
        "--user",
        metavar="NAME",
        help="log in by this name, and the password in KG_PASSWORD; without it, by the token in KG_TOKEN",
    )
    endpoint = _Parser(add_help=False, parents=[login])
    endpoint.add_argument("--endpoint", metavar="URL", help="ask a server's SPARQL endpoint, not the store")

    top = _Parser(
        prog="kg",
        description="A knowledge graph of Thai government news in which every fact has its receipt.",
        epilog="kg COMMAND --help tells more of a command, with an example.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"kg {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str,
        run: Callable[[argparse.Namespace], int],
        does: str,
        example: str,
        *parents: _Parser,
    ) -> argparse.ArgumentParser:
        parser = commands.add_parser(
            name,
            parents=parents,
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog=f"example: {example}",
            allow_abbrev=False,
        )
        parser.set_defaults(run=run)
        return parser

    build = command(
        "build",
        _build,
        "read articles, and write their graph, its exports and a report",
        "kg build data/articles",
        paths,
        store,
    )
    build.add_argument(
        "--exports",
        metavar="DIR",
        type=Path,
        default=Path("exports"),
        help="where the exports go (default: %(default)s)",
    )
    build.add_argument(
        "--workers",
        metavar="N",
        type=_count_of_one_or_more,
        help="processes that extract (default: one for each core)",
    )
    build.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="extract on the Dask cluster of this scheduler, such as tcp://10.0.0.1:8786",
    )
    build.add_argument(
        "--min-score",
        metavar="SCORE",
        type=_score,
        default=0.0,
        help="leave out claims with a lower score, from 0 to 1 (default: %(default)s)",
    )
    command(
        "extract",
        _extract,
        "print what each article says, a line of JSON for each",
        "kg extract data/articles > facts.jsonl",
        paths,
    )
    query = command(
        "query",
        _query,
        "answer a SPARQL 1.1 query",
        "kg query 'SELECT ?who ?event { ?who kg:chairs ?event }' --format csv",
        store,
        endpoint,
        formats,
    )
    query.add_argument(
        "query", metavar="QUERY-OR-FILE", help="the query, a file that holds it, or - for standard input"
    )
    ask = command(
        "ask",
        _list_questions,
        "list the named questions, or answer one",
        "kg ask chairs --event ประชุม",
    )
    if asks:
        _add_questions(ask, store, endpoint, formats)
    search = command(
        "search",
        _search,
        "find things by their names, and claims by their quotes",
        "kg search ไซเบอร์ ญี่ปุ่น --class Claim",
        store,
        formats,
    )
    search.add_argument("words", metavar="WORD", nargs="+", help="in Thai or English; all must be found")
    search.add_argument(
        "--class",
        metavar="CLASS",
        dest="kind",
        default="",
        help="look among Person, Organization ... or Claim only",
    )
    search.add_argument(
        "--limit",
        metavar="N",
        type=_count_of_one_or_more,
        default=20,
        help="how many to show (default: %(default)s)",
    )
    export = command(
        "export",
        _export,
        "write the graph for other programs, such as Gephi, Neo4j and pandas",
        "kg export --format csv --class Person --status actual -o people",
        store,
    )
    export.add_argument(
        "--format",
        choices=("ttl", "nq", "jsonld", "graphml", "csv", "html"),
        required=True,
        help="csv writes nodes.csv and edges.csv, the others one file: graph.ttl, graph.nq ...",
    )
    export.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("exports"),
        help="the folder (default: %(default)s)",
    )
    chosen = export.add_argument_group("of graphml, csv and html only the claims")
    chosen.add_argument(
        "--class",
        dest="classes",
        metavar="CLASS",
        nargs="+",
        default=(),
        help="about one of these: Person, Organization ...",
    )
    chosen.add_argument(
        "--relation",
        dest="relations",
        metavar="RELATION",
        nargs="+",
        default=(),
        help="of one of these: chairs, coHosts ...",
    )
    chosen.add_argument(
        "--status", dest="statuses", choices=("actual", "planned"), nargs="+", default=(), help="so marked"
    )
    chosen.add_argument(
        "--from-year", metavar="YEAR", type=_year, help="of articles of this year (2024, 2567) or later"
    )
    chosen.add_argument("--to-year", metavar="YEAR", type=_year, help="of articles of this year or earlier")
    draw = command(
        "draw",
        _draw,
        "draw what surrounds one thing, as a page for the browser",
        "kg draw อาเซียน -o asean.html",
        store,
    )
    draw.add_argument("thing", metavar="THING", help="its name, or part of it, or its IRI")
    draw.add_argument(
        "-o", "--output", metavar="FILE", type=Path, default=Path("graph.html"), help="default: %(default)s"
    )
    draw.add_argument(
        "--depth",
        metavar="N",
        type=_count_of_one_or_more,
        default=1,
        help="how many steps away (default: %(default)s)",
    )
    push = command(
        "push",
        _push,
        "send the graph to a SPARQL server: what changed since the last push",
        "kg push http://localhost:7878/store",
        store,
        login,
    )
    push.add_argument("url", metavar="URL", help="the address of its Graph Store")
    push.add_argument(
        "--state",
        metavar="FILE",
        type=Path,
        help="where it is kept what each server holds (default: the store's name and .pushed)",
    )
    push.add_argument("--all", action="store_true", help="send every graph, changed or not")
    push.add_argument(
        "--retries",
        metavar="N",
        type=_whole_number,
        default=7,
        help="pauses for a server that is not reached or in trouble, longer each time (default: %(default)s)",
    )
    command(
        "check",
        _check,
        "check the graph against its shapes (SHACL)",
        "kg check",
        store,
    )
    command(
        "verify",
        _verify,
        "check every receipt of the graph against the articles",
        "kg verify data/articles",
        paths,
        store,
    )
    diff = command(
        "diff",
        _diff,
        "tell which claims came (+), went (-) and changed (~) between two builds; the exit status is 0 where "
        "they are the same, 1 where they differ, 2 after an error",
        "kg diff before.nq build/store",
    )
    for name in ("old", "new"):
        diff.add_argument(
            name,
            metavar=name.upper(),
            type=Path,
            help=f"the {name} build: its store, or its export graph.nq, also compressed (.gz)",
        )
    diff.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        default="table",
        help="how to write the differences (default: %(default)s)",
    )
    command(
        "explain",
        _explain,
        "show each claim in its words, with rule and cue, and the cues that gave none",
        "kg explain data/articles",
        paths,
    )
    learn = command(
        "learn",
        _learn,
        "propose organisations for the registry, from what articles define as NAME (ABBREVIATION)",
        "kg learn corpus --least 5 > proposal.tsv",
        paths,
    )
    learn.add_argument(
        "--tests",
        metavar="PATH",
        nargs="+",
        type=Path,
        default=(),
        help="articles to learn nothing from, since they test what was learnt",
    )
    learn.add_argument(
        "--least",
        metavar="N",
        type=_count_of_one_or_more,
        default=3,
        help="articles that must define a name (default: %(default)s)",
    )
    return top


def _add_questions(ask: argparse.ArgumentParser, *parents: _Parser) -> None:
    """A command for each named question, its parameters as options."""
    from kg.query import questions

    names = ask.add_subparsers(title="questions", metavar="QUESTION")
    for question in questions().values():
        parser = names.add_parser(
            question.name,
            parents=parents,
            help=question.title_en,
            description=f"{question.title_en} {question.title_th}",
            allow_abbrev=False,
        )
        parser.set_defaults(run=_ask, question=question.name)
        for each in question.parameters.values():
            default = f" (default: {each.default})" if each.default else ""
            parser.add_argument(
                f"--{each.name}",
                dest=f"?{each.name}",
                metavar=each.type.upper(),
                required=each.required,
                help=(each.description + default).replace("%", "%%"),
            )
