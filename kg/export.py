"""A store as files for other programs, the same bytes for the same graph.

All but JSON-LD are streamed, and sorted on disk: memory does not grow with the graph.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Literal, TextIO, get_args
from xml.sax.saxutils import escape, quoteattr

from kg.draw import draw
from kg.errors import KgError
from kg.network import EVERYTHING, Attributes, Edge, Selection, edges, network, overview
from kg.query import harmless
from kg.sorting import sorted_lines
from kg.store import Rows, Store, turtle
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
_EDGE_COLUMNS = {
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
_XML_TYPES = {str: "string", int: "int", float: "double"}


def export(store: Store, directory: Path) -> tuple[Format, ...]:
    """Write the graph into ``directory``, which is made where it is missing, and tell in which formats.

    They are all of a small graph; of one with more than ``LARGE`` claims Turtle, N-Quads and the page, and
    older files of the other formats are removed, since they tell of another graph. See ``write``.
    """
    formats = FORMATS if _claims(store) <= LARGE else _ALWAYS
    for format_ in FORMATS:
        if format_ in formats:
            write(store, format_, directory)
        else:
            for name in _FILES[format_]:
                (directory / name).unlink(missing_ok=True)
    return formats


def write(store: Store, format: Format, directory: Path, selection: Selection = EVERYTHING) -> list[Path]:
    """Write the graph into ``directory``, which is made where it is missing, and give the files.

    ``graph.ttl`` is the union of the articles' graphs; ``graph.nq`` and ``graph.jsonld`` keep them apart.
    ``graph.graphml``, and ``nodes.csv`` with ``edges.csv``, hold the claims as edges (see ``kg.network``);
    ``graph.html`` draws them, or of a large graph what is most connected. ``selection`` is for these.

    Each file is replaced as a whole. Raises KgError where the folder cannot be written, the format takes
    no selection, or the graph is too large for JSON-LD.
    """
    if selection != EVERYTHING and format not in _OF_CLAIMS:
        raise KgError(f"{format} holds all statements: choose among claims with {', '.join(_OF_CLAIMS)}")
    if format == "jsonld" and (count := _claims(store)) > LARGE:
        raise KgError(f"too large for JSON-LD: {count:,} claims, more than {LARGE:,}: use ttl or nq")
    paths = [directory / name for name in _FILES[format]]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _replaced(paths) as files:
            match format:
                case "ttl":
                    triples = (line.rpartition(" <")[0] for line in store.lines())
                    _print(turtle(sorted_lines(triples, directory)), files[0])
                case "nq":
                    _print(store.lines(), files[0])
                case "jsonld":
                    files[0].write(_json_ld(store))
                case "graphml":
                    _graphml(*_sorted_claims(store, selection, directory), files[0])
                case "csv":
                    nodes, claims = _sorted_claims(store, selection, directory)
                    _table(nodes, _NODE_COLUMNS, files[0])
                    _table(claims, _EDGE_COLUMNS, files[1])
                case "html":
                    files[0].write(_page(store, selection))
    except OSError as error:
        raise KgError(f"cannot write the exports: {directory}: {error.strerror}") from None
    return paths


def _claims(store: Store) -> int:
    answer = store.query(_COUNT)
    assert isinstance(answer, Rows)
    ((count,),) = answer.rows
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


def _sorted_claims(
    store: Store, selection: Selection, folder: Path
) -> tuple[Iterator[Attributes], Iterator[Attributes]]:
    """The nodes and the edges of the selected claims, each by its key, which is its attribute ``id``."""

    def records(rows: Callable[[Edge], Iterable[Attributes]]) -> Iterator[Attributes]:
        written = (
            json.dumps(row, ensure_ascii=False) for edge in edges(store, selection) for row in rows(edge)
        )
        return map(json.loads, sorted_lines(written, folder))

    def ends(edge: Edge) -> Iterator[Attributes]:
        for node in (edge.source, edge.target):
            yield {"id": node.key, **node.attributes}

    def claim(edge: Edge) -> Iterator[Attributes]:
        yield {"id": edge.key, "source": edge.source.key, "target": edge.target.key, **edge.attributes}

    return records(ends), records(claim)


def _graphml(nodes: Iterator[Attributes], claims: Iterator[Attributes], file: TextIO) -> None:
    file.write(_GRAPHML)
    tables = [("node", *_peeked(nodes)), ("edge", *_peeked(claims))]
    for element, first, _ in tables:
        for name, value in first.items():
            if name not in _IDS:
                key = f'id="{element}.{name}" for="{element}" attr.name="{name}"'
                file.write(f'<key {key} attr.type="{_XML_TYPES[type(value)]}"/>\n')
    file.write('<graph edgedefault="directed">\n')
    for element, _, rows in tables:
        for row in rows:
            ids = "".join(f" {name}={quoteattr(str(row[name]))}" for name in _IDS if name in row)
            file.write(f"<{element}{ids}>")
            for name, value in row.items():
                if name not in _IDS:
                    file.write(f'<data key="{element}.{name}">{escape(str(value))}</data>')
            file.write(f"</{element}>\n")
    file.write("</graph>\n</graphml>\n")


def _peeked(rows: Iterator[Attributes]) -> tuple[Attributes, Iterator[Attributes]]:
    """The first row, whose columns are those of all, and all rows."""
    first = next(rows, None)
    return first or {}, chain([first] if first else [], rows)


def _table(rows: Iterator[Attributes], columns: Mapping[str, str], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns.values())
    writer.writerows([harmless(str(row[name])) for name in columns] for row in rows)


def _page(store: Store, selection: Selection) -> str:
    if _claims(store) > LARGE:
        hubs, things = overview(store, selection)
        return draw(hubs, _TITLE, beyond=things - len(hubs))
    return draw(network(store, selection), _TITLE)
