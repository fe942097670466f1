"""A graph as one HTML page that opens offline: we place the things, pyvis carries them, vis-network draws.

Text from articles enters the page as JSON data only, and the document through ``textContent`` or a
canvas; a content security policy lets nothing run but the page's own scripts, and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pyvis
from jinja2 import Environment, FileSystemLoader
from pyvis.network import Network

LIMIT = 500
"""Nodes drawn at most; above about that many, measured, a page is a hairball."""

_PAGE = Path(__file__).parent / "page"
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_LABEL, _LINE, _CHARACTER, _LEADING = 64, 24, 11.0, 28  # characters of a label and a line; pixels of each
_EDGE, _BETWEEN, _ASPECT = 250, 50, 1.1  # pixels of an edge, between parts; width to height of the whole
_SIZE = 20  # half the height of a node in pixels
_SPRINGS = 250  # nodes of a part that Kamada and Kawai's method places well in a second


def draw(network: nx.MultiDiGraph[str], title: str, limit: int = LIMIT) -> str:
    """One self-contained HTML page of ``network`` (see ``kg.network`` for its attributes).

    The same graph gives the same bytes. Where it has more than ``limit`` nodes, the most connected are
    drawn and the page says so.
    """
    part = _most_connected(network, limit)
    order = {key: number for number, key in enumerate(sorted(part))}
    places = _positions(part, list(order))
    nodes = [_node(number, part, key, places[number]) for key, number in order.items()]
    between: Counter[tuple[int, int]] = Counter()
    edges: list[dict[str, Any]] = []
    for source, target, key in sorted(part.edges(keys=True), key=lambda e: (order[e[0]], order[e[1]], e[2])):
        ends = (order[source], order[target])
        pair = (min(ends), max(ends))
        between[pair] += 1
        bend = _bend(between[pair]) if ends == pair else -_bend(between[pair])
        place = {"id": len(edges), "from": ends[0], "to": ends[1], "bend": bend}
        edges.append({**part.edges[source, target, key], **place})
    look = json.loads((_PAGE / "page.json").read_text(encoding="utf-8"))
    look |= {"left_out": len(network) - len(part), "label": _LABEL, "line": _LINE, "size": _SIZE}
    return _page(title, nodes, edges, look)


def _most_connected(network: nx.MultiDiGraph[str], limit: int) -> nx.MultiDiGraph[str]:
    if len(network) <= limit:
        return network
    ranked = sorted(network, key=lambda key: (-network.degree(key), key))
    return network.subgraph(ranked[:limit])


def _node(number: int, network: nx.MultiDiGraph[str], key: str, place: tuple[float, float]) -> dict[str, Any]:
    attributes = network.nodes[key]
    return {
        "id": number,
        "name": attributes["label"],
        "label_en": attributes["label_en"],
        "type": attributes["type"],
        "alone": network.degree(key) == 0,
        "x": round(place[0]),
        "y": round(place[1]),
    }


def _bend(count: int) -> float:
    """How far the ``count``-th edge between two nodes bends: 0, then to either side in turn."""
    return 0.0 if count == 1 else round((1 if count % 2 else -1) * 0.16 * (count // 2), 2)


def _positions(network: nx.MultiDiGraph[str], keys: list[str]) -> list[tuple[float, float]]:
    """A place in pixels for each of ``keys``: each connected part laid out by springs, then set in rows."""
    sizes = {key: _extent(network.nodes[key]["label"]) for key in keys}
    parts = [sorted(part) for part in nx.weakly_connected_components(network)]
    blocks = [
        (part, _springs(network, part, [sizes[key] for key in part]))
        for part in sorted(parts, key=lambda part: (-len(part), part))
    ]
    extents = [_bounds(places, [sizes[key] for key in part]) for part, places in blocks]
    area = sum(right * bottom for right, bottom in extents)
    row_width = max([math.sqrt(area * _ASPECT), *(right for right, _ in extents)], default=0.0)
    found: dict[str, tuple[float, float]] = {}
    x = y = height = 0.0
    for (part, places), (right, bottom) in zip(blocks, extents, strict=True):
        if x and x + right > row_width:
            x, y, height = 0.0, y + height + _BETWEEN, 0.0
        found |= {key: (x + place[0], y + place[1]) for key, place in zip(part, places, strict=True)}
        x, height = x + right + _BETWEEN, max(height, bottom)
    return [found[key] for key in keys]


def _springs(
    network: nx.MultiDiGraph[str], keys: list[str], sizes: list[tuple[float, float]]
) -> list[list[float]]:
    """Places of the nodes of one connected part, from a fixed start, an edge ``_EDGE`` long on average."""
    number = {key: i for i, key in enumerate(keys)}
    pairs = sorted(
        {(min(number[a], number[b]), max(number[a], number[b])) for a, b in network.edges(keys) if a != b}
    )
    graph = igraph.Graph(n=len(keys), edges=pairs)
    circle = [
        (math.cos(2 * math.pi * i / len(keys)), math.sin(2 * math.pi * i / len(keys)))
        for i in range(len(keys))
    ]
    layout = (
        graph.layout_kamada_kawai(seed=circle)
        if len(keys) < _SPRINGS
        else graph.layout_fruchterman_reingold(seed=circle, niter=400, grid="nogrid")
    )
    lengths = [math.dist(layout[a], layout[b]) for a, b in pairs]
    scale = _EDGE * len(lengths) / sum(lengths) if sum(lengths, 0.0) else 1.0
    places = [[x * scale * 1.25, y * scale] for x, y in layout]
    _push_apart(places, sizes)
    left = min(place[0] - size[0] / 2 for place, size in zip(places, sizes, strict=True))
    top = min(place[1] - _SIZE for place in places)
    return [[x - left, y - top] for x, y in places]


def _bounds(places: list[list[float]], sizes: list[tuple[float, float]]) -> tuple[float, float]:
    """Width and height of what stands at ``places``, measured from 0, 0."""
    return (
        max(place[0] + size[0] / 2 for place, size in zip(places, sizes, strict=True)),
        max(place[1] + size[1] for place, size in zip(places, sizes, strict=True)),
    )


def _extent(label: str) -> tuple[float, float]:
    """The room a node takes with its label below it: width and height in pixels."""
    letters = len(re.sub("[ัิ-ฺ็-๎]", "", label[:_LABEL]))
    return max(70.0, min(letters, _LINE) * _CHARACTER) + 16, 2 * _SIZE + _LEADING * math.ceil(
        max(1, letters) / _LINE
    ) + 24


def _push_apart(places: list[list[float]], sizes: list[tuple[float, float]]) -> None:
    """Move nodes, along the shorter way, until no two of their boxes overlap (or 80 rounds are over)."""
    for _ in range(80):
        moved = False
        order = sorted(range(len(places)), key=lambda i: (places[i][0], i))
        for at, i in enumerate(order):
            for j in order[at + 1 :]:
                room_x = (sizes[i][0] + sizes[j][0]) / 2
                if places[j][0] - places[i][0] > room_x + 40:
                    break
                over_x = room_x - abs(places[i][0] - places[j][0])
                over_y = (sizes[i][1] + sizes[j][1]) / 2 - abs(places[i][1] - places[j][1])
                if over_x <= 0 or over_y <= 0:
                    continue
                moved = True
                axis, over = (0, over_x) if over_x < over_y else (1, over_y)
                sign = 1 if places[i][axis] <= places[j][axis] else -1
                places[i][axis] -= sign * over / 2
                places[j][axis] += sign * over / 2
        if not moved:
            return


def _page(title: str, nodes: list[dict[str, Any]], edges: list[dict[str, Any]], look: dict[str, Any]) -> str:
    """The page: pyvis renders our template with its own copy of vis-network. ``look`` holds constants."""
    network = Network(cdn_resources="in_line")
    templates = [_PAGE, Path(pyvis.__file__).parent / "templates"]
    network.templateEnv = Environment(loader=FileSystemLoader(templates), autoescape=True)
    network.path = "graph.html"
    network.heading, network.nodes, network.edges, network.options = title, nodes, edges, look
    html: str = network.generate_html()
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in _SCRIPT.findall(html))
    return html.replace("SCRIPT-HASHES", hashes, 1)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
