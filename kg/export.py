"""A store as files for other programs, the same bytes for the same graph."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import networkx as nx

from kg.draw import draw
from kg.errors import KgError
from kg.network import network
from kg.store import Store
from kg.vocabulary import resource

_TITLE = "ข้อเท็จจริงจากข่าวรัฐบาลไทย · Facts from Thai government news"


def export(store: Store, directory: Path) -> None:
    """Write the graph into ``directory``, which is made where it is missing.

    ``graph.ttl`` is the union of the articles' graphs; ``graph.nq`` and ``graph.jsonld`` keep them apart;
    ``graph.graphml`` holds the claims as edges (see ``kg.network``), ``graph.html`` draws them.
    Each file is replaced as a whole.
    Raises KgError where the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write(directory / "graph.ttl", _lines(store.triples().turtle()))
        _write(directory / "graph.nq", _lines(store.lines()))
        _write(directory / "graph.jsonld", _json_ld(store))
        claims = network(store)
        _write(directory / "graph.graphml", _graphml(claims))
        _write(directory / "graph.html", [draw(claims, _TITLE).encode()])
    except OSError as error:
        raise KgError(f"cannot write the exports: {directory}: {error.strerror}") from None


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.writelines(chunks)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _lines(lines: Iterable[str]) -> Iterator[bytes]:
    for line in lines:
        yield f"{line}\n".encode()


def _json_ld(store: Store) -> Iterator[bytes]:
    context = json.loads(resource("ontology", "context.jsonld").read_text("utf-8"))["@context"]
    graph = json.loads(store.dataset().serialize(format="json-ld", context=context))
    yield json.dumps(_sorted(graph), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _sorted(node: object) -> object:
    """JSON-LD whose lists, which are sets there, are in one order."""
    if isinstance(node, dict):
        return {key: _sorted(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted(map(_sorted, node), key=lambda each: json.dumps(each, sort_keys=True))
    return node


def _graphml(claims: nx.MultiDiGraph[str]) -> Iterator[bytes]:
    output = io.BytesIO()
    nx.write_graphml_xml(claims, output)
    yield output.getvalue() + b"\n"
