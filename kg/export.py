"""A store as files for other programs, the same bytes for the same graph.

All but JSON-LD are streamed, and sorted on disk: memory does not grow with the graph.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Literal, TextIO, get_args
from xml.sax.saxutils import escape, quoteattr

from kg.draw import draw
from kg.errors import KgError
from kg.network import EVERYTHING, Attributes, Edge, Selection, edges, network, overview
from kg.query import harmless
from kg.sorting import sorted_lines
from kg.store import Store, turtle
from kg.vocabulary import resource

Format = Literal["ttl", "nq", "jsonld", "graphml", "csv", "html"]

FORMATS: tuple[Format, ...] = get_args(Format)

LARGE = 5_000
"""Claims up to which a graph is written as JSON-LD, drawn as a whole, and exported in every format."""

_TITLE = "ข้อเท็จจริงจากข่าวรัฐบาลไทย · Facts from Thai government news"
_COUNT = "SELECT (COUNT(?claim) AS ?count) WHERE { ?claim a kg:Claim }"
_FILES: dict[Format, tuple[str, ...]] = {
    **{format_: (f"graph.{format_}",) for format_ in FORMATS},
    "csv": ("nodes.csv", "edges.csv"),
}
_ALWAYS: tuple[Format, ...] = ("ttl", "nq", "html")
_OF_CLAIMS: tuple[Format, ...] = ("graphml", "csv", "html")
_NODE_COLUMNS = {"id": "id", "label": "label", "label_en": "label_en", "type": "class"}
_CLAIM_COLUMNS = {
    **{name: name for name in ("source", "target", "relation", "status")},
    "published": "date",
    **{name: name for name in ("since", "until", "said_by", "score", "quote", "title")},
    "url": "article",
    "id": "claim",
}
_GRAPHML = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
_IDS = ("source", "target", "id")
_ATTRIBUTES = {
    "node": ("label", "label_en", "type"),
    "edge": (
        *("relation", "relation_th", "relation_en", "status", "quote", "begin", "end", "rule", "score"),
        *("said_by", "since", "until", "article", "title", "url", "published", "also"),
    ),
}
_NUMBERS = {"begin": "int", "end": "int", "score": "double"}


def export(
    store: Store, directory: Path, lines: Callable[[], Iterable[str]] | None = None
) -> tuple[Format, ...]:
    """Write the graph into ``directory``, which is made where it is missing, and tell in which formats.

    They are all of a small graph; of one with more than ``LARGE`` claims Turtle, N-Quads and the page, and
    older files of the other formats are removed, since they tell of another graph. See ``write``.
    """
    formats = FORMATS if _claims(store) <= LARGE else _ALWAYS
    (quads,) = write(store, "nq", directory, lines=lines)
    for format_ in FORMATS:
        if format_ in formats and format_ != "nq":
            write(store, format_, directory, lines=lambda: _lines(quads))
        elif format_ not in formats:
            for name in _FILES[format_]:
                (directory / name).unlink(missing_ok=True)
    return formats


def write(
    store: Store,
    format: Format,
    directory: Path,
    selection: Selection = EVERYTHING,
    lines: Callable[[], Iterable[str]] | None = None,
) -> list[Path]:
    """Write the graph into ``directory``, which is made where it is missing, and give the files.

    ``graph.ttl`` is the union of the articles' graphs; ``graph.nq`` and ``graph.jsonld`` keep them apart.
    ``graph.graphml``, and ``nodes.csv`` with ``edges.csv``, hold the claims as edges (see ``kg.network``);
    ``graph.html`` draws them, or where there are many what is most connected. ``selection`` is for these.

    ``lines`` gives the store's lines where they are at hand: a large store takes minutes to write them.
    Each file is replaced as a whole. Raises KgError where the folder cannot be written, the format takes
    no selection, or the graph is too large for JSON-LD.
    """
    if selection != EVERYTHING and format not in _OF_CLAIMS:
        raise KgError(f"{format} holds all statements: choose among claims with {', '.join(_OF_CLAIMS)}")
    if format == "jsonld" and (count := _claims(store)) > LARGE:
        raise KgError(f"too large for JSON-LD: {count:,} claims, more than {LARGE:,}: use ttl or nq")
    lines = lines or store.lines
    paths = [directory / name for name in _FILES[format]]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _replaced(paths) as files:
            match format:
                case "ttl":
                    triples = (line.rpartition(" <")[0] for line in lines())
                    _print(turtle(sorted_lines(triples, directory)), files[0])
                case "nq":
                    _print(lines(), files[0])
                case "jsonld":
                    files[0].write(_json_ld(store))
                case "graphml":
                    _graphml(_network(edges(store, selection, lines()), directory), files[0])
                case "csv":
                    _tables(_network(edges(store, selection, lines()), directory), files[0], files[1])
                case "html":
                    files[0].write(_page(store, selection, lines))
    except OSError as error:
        raise KgError(f"cannot write the exports: {directory}: {error.strerror}") from None
    return paths


def _claims(store: Store) -> int:
    ((count,),) = store.select(_COUNT).rows
    return int(count.value) if count else 0


@contextmanager
def _replaced(paths: list[Path]) -> Iterator[list[TextIO]]:
    """Files to write, which take the places of ``paths`` if all goes well."""
    fresh = [path.with_name(f".{path.name}.new") for path in paths]
    try:
        with ExitStack() as stack:
            yield [stack.enter_context(path.open("w", encoding="utf-8", newline="\n")) for path in fresh]
        for new, path in zip(fresh, paths, strict=True):
            new.replace(path)
    finally:
        for new in fresh:
            new.unlink(missing_ok=True)


def _print(lines: Iterable[str], file: TextIO) -> None:
    file.writelines(f"{line}\n" for line in lines)


def _json_ld(store: Store) -> str:
    context = json.loads(resource("ontology", "context.jsonld").read_text("utf-8"))["@context"]
    graph = json.loads(store.dataset().serialize(format="json-ld", context=context))
    return json.dumps(_sorted(graph), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _sorted(node: object) -> object:
    """JSON-LD whose lists, which are sets there, are in one order."""
    if isinstance(node, dict):
        return {key: _sorted(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted(map(_sorted, node), key=lambda each: json.dumps(each, sort_keys=True))
    return node


def _network(claims: Iterable[Edge], folder: Path) -> Iterator[tuple[bool, Attributes]]:
    """The nodes of claims, then the claims, by their keys; True stands with the claims."""

    def lines() -> Iterator[str]:
        for edge in claims:
            for node in (edge.source, edge.target):
                yield "0" + json.dumps({"id": node.key, **node.attributes}, ensure_ascii=False)
            ends = {"id": edge.key, "source": edge.source.key, "target": edge.target.key}
            yield "1" + json.dumps({**ends, **edge.attributes}, ensure_ascii=False)

    for line in sorted_lines(lines(), folder):
        yield line[0] == "1", json.loads(line[1:])


def _graphml(rows: Iterator[tuple[bool, Attributes]], file: TextIO) -> None:
    file.write(_GRAPHML)
    for element, names in _ATTRIBUTES.items():
        for name in names:
            type_ = _NUMBERS.get(name, "string")
            key = f'id="{element}.{name}" for="{element}" attr.name="{name}" attr.type="{type_}"'
            file.write(f"<key {key}/>\n")
    file.write('<graph edgedefault="directed">\n')
    for claim, row in rows:
        element = "edge" if claim else "node"
        ids = "".join(f" {name}={quoteattr(str(row[name]))}" for name in _IDS if name in row)
        data = "".join(
            f'<data key="{element}.{name}">{escape(str(row[name]))}</data>' for name in _ATTRIBUTES[element]
        )
        file.write(f"<{element}{ids}>{data}</{element}>\n")
    file.write("</graph>\n</graphml>\n")


def _tables(rows: Iterator[tuple[bool, Attributes]], nodes: TextIO, claims: TextIO) -> None:
    writers = [csv.writer(file, lineterminator="\n") for file in (nodes, claims)]
    columns = (_NODE_COLUMNS, _CLAIM_COLUMNS)
    for writer, names in zip(writers, columns, strict=True):
        writer.writerow(names.values())
    for claim, row in rows:
        writers[claim].writerow(harmless(str(row[name])) for name in columns[claim])


def _page(store: Store, selection: Selection, lines: Callable[[], Iterable[str]]) -> str:
    if len(list(islice(edges(store, selection, lines()), LARGE + 1))) > LARGE:
        hubs, things = overview(store, edges(store, selection, lines()))
        return draw(hubs, _TITLE, beyond=things - len(hubs))
    return draw(network(store, edges(store, selection, lines())), _TITLE)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from (line[:-1] for line in file)
