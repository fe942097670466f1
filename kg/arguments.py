"""The arguments of the command line: the commands, what each takes, and what it says of itself."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import NoReturn

from kg import __version__
from kg.errors import KgError


class _Parser(argparse.ArgumentParser):
    """Tells wrong arguments in one line, as every other error."""

    def error(self, message: str) -> NoReturn:
        raise KgError(f"{message}: see {self.prog} --help")


def parser(*, asks: bool) -> argparse.ArgumentParser:
    """What parses the commands and their arguments, into ``command`` and a value for each argument.

    Those of a named question, ``question`` and "?NAME" for each parameter, are there only where one ``asks``.
    Wrong arguments are a KgError.
    """
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
        does: str,
        example: str,
        *parents: _Parser,
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            parents=parents,
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog=f"example: {example}",
            allow_abbrev=False,
        )
        made.set_defaults(command=name)
        return made

    build = command(
        "build",
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
        "print what each article says, a line of JSON for each",
        "kg extract data/articles > facts.jsonl",
        paths,
    )
    query = command(
        "query",
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
        "list the named questions, or answer one",
        "kg ask chairs --event ประชุม",
    )
    if asks:
        _add_questions(ask, store, endpoint, formats)
    search = command(
        "search",
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
    draw.add_argument(
        "--limit",
        metavar="N",
        type=_count_of_one_or_more,
        default=500,
        help="draw at most so many claims, the surest and latest (default: %(default)s)",
    )
    push = command(
        "push",
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
        "check the graph against its shapes (SHACL)",
        "kg check",
        store,
    )
    command(
        "verify",
        "check every receipt of the graph against the articles",
        "kg verify data/articles",
        paths,
        store,
    )
    diff = command(
        "diff",
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
        "show each claim in its words, with rule and cue, and the cues that gave none",
        "kg explain data/articles",
        paths,
    )
    learn = command(
        "learn",
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
        made = names.add_parser(
            question.name,
            parents=parents,
            help=question.title_en,
            description=f"{question.title_en} {question.title_th}",
            allow_abbrev=False,
        )
        made.set_defaults(question=question.name)
        for each in question.parameters.values():
            default = f" (default: {each.default})" if each.default else ""
            made.add_argument(
                f"--{each.name}",
                dest=f"?{each.name}",
                metavar=each.type.upper(),
                required=each.required,
                help=(each.description + default).replace("%", "%%"),
            )


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
