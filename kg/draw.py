"""A graph as one HTML page that opens offline: we place the things, pyvis carries them, vis-network draws.

Text from articles enters the page as JSON data only, and the document through ``textContent`` or a
canvas; a content security policy lets nothing run but the page's own scripts, and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import igraph
import networkx as nx
import pyvis
from jinja2 import Environment, FileSystemLoader
from pyvis.network import Network

LIMIT = 500
"""Nodes drawn at most; above about that many, measured, a page is a hairball."""

_Box = tuple[tuple[int, ...], float, float]
"""What takes room: the nodes amid which it stands, its width and its height in pixels."""

_PAGE = Path(__file__).parent / "page"
_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
_ABOVE_OR_BELOW = re.compile("[ัิ-ฺ็-๎]")  # Thai signs that take no width
_ASPECT = 1.45  # width to height of the whole
_BETWEEN = 50  # pixels between parts
_SPRINGS = 250  # nodes of a part that Kamada and Kawai's method places well in a second
_ROUNDS = 100  # of pushing apart
_LENGTHS, _LONG = (110, 150, 190, 230), 300  # pixels of an edge on average: to try, and in a large graph


def draw(network: nx.MultiDiGraph[str], title: str, limit: int = LIMIT, beyond: int = 0) -> str:
    """One self-contained HTML page of ``network`` (see ``kg.network`` for its attributes).

    The same graph gives the same bytes. Where it has more than ``limit`` nodes, its most connected part
    is drawn and the page says so, as it does where ``beyond`` tells of things that are not in it. An edge
    with the attribute ``claims`` stands for as many (see ``kg.network.overview``).
    """
    part = _most_connected(network, limit)
    keys = sorted(part)
    order = {key: number for number, key in enumerate(keys)}
    look = json.loads((_PAGE / "page.json").read_text(encoding="utf-8"))
    look["left_out"] = len(network) - len(part) + beyond
    places = _positions(part, keys, look)
    nodes = [_node(order[key], part.nodes[key], places[key]) for key in keys]
    between: Counter[tuple[int, int]] = Counter()
    edges: list[dict[str, Any]] = []
    for source, target, key in sorted(part.edges(keys=True), key=lambda e: (order[e[0]], order[e[1]], e[2])):
        pair = (min(order[source], order[target]), max(order[source], order[target]))
        place = {"id": len(edges), "from": order[source], "to": order[target], "lane": between[pair]}
        edges.append({**part.edges[source, target, key], **place})
        between[pair] += 1
    return _page(title, nodes, edges, look)


def _most_connected(network: nx.MultiDiGraph[str], limit: int) -> nx.MultiDiGraph[str]:
    """``limit`` nodes around the one with most edges: of all that touch the part, always the next such."""
    ranks = {key: (-network.degree(key), key) for key in network}
    rest = sorted(ranks.values(), reverse=True)
    chosen: set[str] = set()
    touching: list[tuple[int, str]] = []
    while len(chosen) < min(limit, len(network)):
        _, key = heapq.heappop(touching) if touching else rest.pop()
        if key not in chosen:
            chosen.add(key)
            for other in nx.all_neighbors(network, key):
                heapq.heappush(touching, ranks[other])
    return network.subgraph(chosen)


def _node(number: int, attributes: dict[str, Any], place: tuple[float, float]) -> dict[str, Any]:
    named = {"name": attributes["label"], "label_en": attributes["label_en"], "type": attributes["type"]}
    if "thing" in attributes:
        named["thing"] = attributes["thing"]
    return {"id": number, **named, "x": round(place[0]), "y": round(place[1])}


def _positions(
    network: nx.MultiDiGraph[str], keys: list[str], look: dict[str, Any]
) -> dict[str, tuple[float, float]]:
    """Where the middle of each of ``keys`` stands, in pixels: each connected part by springs, all packed."""
    if not keys:
        return {}
    labelled = network.number_of_edges() <= look["crowded"]
    parts = sorted(map(sorted, nx.weakly_connected_components(network)), key=lambda part: (-len(part), part))
    laid = []
    for part in parts:
        number = {key: i for i, key in enumerate(part)}
        boxes: list[_Box] = [((number[key],), *_card(network.nodes[key], look)) for key in part]
        between: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for source, target, edge in network.edges(part, data=True):
            if source != target:
                pair = (min(number[source], number[target]), max(number[source], number[target]))
                between.setdefault(pair, []).append(edge)
        if labelled:
            boxes += [(pair, *_edge_labels(between[pair], look)) for pair in sorted(between)]
        trials = _trials(len(part)) if labelled else [(_LONG, 0.0)]
        laid.append(_springs(len(part), sorted(between), boxes, trials))
    choices = [[first, *(trials[0] for trials in laid[1:])] for first in laid[0]]
    packed = [
        _packed([(each.width + _BETWEEN, each.height + _BETWEEN) for each in choice]) for choice in choices
    ]
    best = min(range(len(choices)), key=lambda i: packed[i][0] * (1 + choices[i][0].faults / 10))
    return {
        key: (left + x, top + y)
        for part, each, (left, top) in zip(parts, choices[best], packed[best][1], strict=True)
        for key, (x, y) in zip(part, each.places, strict=True)
    }


def _card(node: dict[str, Any], look: dict[str, Any]) -> tuple[float, float]:
    """Room for a node in either language, by letters of middling width: the page measures the letters."""
    card = look["card"]
    widest, lines = 0.0, 1
    for name in (node["label"], node["label_en"]):
        width = _width(name, card["font"])
        widest = max(widest, min(width, card["text"]))
        lines = max(lines, min(card["lines"], math.ceil(width / (0.9 * card["text"]))))
    return widest + card["glyph"] + 3 * card["pad"] + 20, lines * card["line"] + 2 * card["pad"] + 20


def _edge_labels(edges: list[dict[str, Any]], look: dict[str, Any]) -> tuple[float, float]:
    """Room for what is written on the edges between two nodes, in either language, one below the other."""
    size = look["vis"]["edges"]["font"]["size"]
    planned = {language: f"◷ {word}: " for language, word in look["words"]["planned"].items()}
    texts = [
        (planned[language] if edge["status"] == "planned" else "") + edge[f"relation_{language}"]
        for edge in edges
        for language in ("th", "en")
    ]
    return max(_width(text, size) for text in texts) + 30, len(edges) * (size + 4.0) + 6


def _width(text: str, size: float) -> float:
    return len(_ABOVE_OR_BELOW.sub("", text)) * size * 0.48


class _Laid(NamedTuple):
    """One connected part: the places of its nodes, from 0, 0 on, what they take, and ``_faults``."""

    places: list[list[float]]
    width: float
    height: float
    faults: int


def _trials(count: int) -> list[tuple[int, float]]:
    """Lengths of an edge and turns of the whole to try for a part of ``count`` nodes: fewer for many."""
    turns = 8 if count < 30 else 2
    return [(length, turn * math.pi / turns) for length in _LENGTHS for turn in range(turns)]


def _springs(
    count: int, pairs: Sequence[tuple[int, int]], boxes: list[_Box], trials: list[tuple[int, float]]
) -> list[_Laid]:
    """One connected part by springs from a fixed start, with edges of several lengths and turned.

    First the one that hides and crosses least and takes least room.
    """
    igraph.set_random_number_generator(random.Random(0))  # its springs shake nodes that meet
    graph = igraph.Graph(n=count, edges=pairs)
    angles = [2 * math.pi * i / count for i in range(count)]
    circle = [(math.cos(angle), math.sin(angle)) for angle in angles]
    layout = (
        graph.layout_kamada_kawai(seed=circle)
        if count < _SPRINGS
        else graph.layout_fruchterman_reingold(seed=circle, niter=400, grid="nogrid")
    )
    mean = sum(math.dist(layout[a], layout[b]) for a, b in pairs) / max(1, len(pairs)) or 1.0
    tried = []
    for length, turn in trials:
        cos, sin = math.cos(turn) * length / mean, math.sin(turn) * length / mean
        places = [[(x * cos - y * sin) * _ASPECT, x * sin + y * cos] for x, y in layout]
        _push_apart(places, boxes)
        left, top, right, bottom = _bounds(places, boxes)
        moved = [[x - left, y - top] for x, y in places]
        faults = _faults(moved, pairs, boxes) if len(trials) > 1 else 0
        tried.append(_Laid(moved, right - left, bottom - top, faults))
    return sorted(tried, key=lambda laid: (laid.width / _ASPECT + laid.height) * (1 + laid.faults / 10))


def _middle(places: list[list[float]], box: _Box) -> tuple[float, float]:
    count = len(box[0])
    return sum(places[i][0] for i in box[0]) / count, sum(places[i][1] for i in box[0]) / count


def _bounds(places: list[list[float]], boxes: list[_Box]) -> tuple[float, float, float, float]:
    sides = [(*_middle(places, box), box[1] / 2, box[2] / 2) for box in boxes]
    return (
        min(x - w for x, _, w, _ in sides),
        min(y - h for _, y, _, h in sides),
        max(x + w for x, _, w, _ in sides),
        max(y + h for _, y, _, h in sides),
    )


def _push_apart(places: list[list[float]], boxes: list[_Box]) -> None:
    """Move nodes, along the shorter way, until no two boxes overlap (or ``_ROUNDS`` are over)."""
    widest = max(width for _, width, _ in boxes)
    for _ in range(_ROUNDS):
        moved = False
        middles = [_middle(places, box) for box in boxes]
        order = sorted(range(len(boxes)), key=lambda i: (middles[i][0], i))
        for at, i in enumerate(order):
            members, width, height = boxes[i]
            for next_at in range(at + 1, len(order)):
                j = order[next_at]
                others, other_width, other_height = boxes[j]
                x, y = middles[j][0] - middles[i][0], middles[j][1] - middles[i][1]
                if x > widest:
                    break
                over_x, over_y = (width + other_width) / 2 - abs(x), (height + other_height) / 2 - abs(y)
                if over_x <= 0.5 or over_y <= 0.5:
                    continue
                moved = True
                axis = 0 if over_x < over_y else 1
                step = math.copysign(min(over_x, over_y), y if axis else x)
                if len(members) < len(others) and members[0] in others:
                    places[members[0]][axis] -= 2 * step  # what is written on its edge follows by half
                elif len(others) < len(members) and others[0] in members:
                    places[others[0]][axis] += 2 * step
                else:
                    for member in members:
                        places[member][axis] -= step / 2
                    for member in others:
                        places[member][axis] += step / 2
                middles[i], middles[j] = _middle(places, boxes[i]), _middle(places, boxes[j])
        if not moved:
            return


def _faults(places: list[list[float]], pairs: Sequence[tuple[int, int]], boxes: list[_Box]) -> int:
    """How often an edge runs over another, and, counted threefold, behind a card, or a box over another."""
    cards = [(members[0], width / 2, height / 2) for members, width, height in boxes if len(members) == 1]
    behind = overlaps = 0
    for a, b in pairs:
        (x, y), (to_x, to_y) = places[a], places[b]
        points = [(x + (to_x - x) * t / 24, y + (to_y - y) * t / 24) for t in range(1, 24)]
        for card, width, height in cards:
            left, top = places[card]
            behind += card not in (a, b) and any(
                abs(x - left) < width and abs(y - top) < height for x, y in points
            )
    for one, other in combinations(boxes, 2):
        (x, y), (other_x, other_y) = _middle(places, one), _middle(places, other)
        over = (one[1] + other[1]) / 2 - abs(x - other_x), (one[2] + other[2]) / 2 - abs(y - other_y)
        overlaps += min(over) > 3

    def left_of(a: int, b: int, c: int) -> bool:
        (ax, ay), (bx, by), (cx, cy) = places[a], places[b], places[c]
        return (bx - ax) * (cy - ay) > (by - ay) * (cx - ax)

    crossings = sum(
        left_of(a, b, c) != left_of(a, b, d) and left_of(c, d, a) != left_of(c, d, b)
        for (a, b), (c, d) in combinations(pairs, 2)
        if len({a, b, c, d}) == 4
    )
    return 3 * (behind + overlaps) + crossings


def _packed(sizes: list[tuple[float, float]]) -> tuple[float, list[tuple[float, float]]]:
    """Corners for blocks of these widths and heights in a frame of ``_ASPECT``, after its height."""
    widest = max(width for width, _ in sizes)
    area = sum(width * height for width, height in sizes)
    tried = []
    for slack in range(10, 22):
        corners = _stacked(sizes, max(widest, math.sqrt(area * _ASPECT) * slack / 10))
        right = max(x + width for (x, _), (width, _) in zip(corners, sizes, strict=True))
        bottom = max(y + height for (_, y), (_, height) in zip(corners, sizes, strict=True))
        tried.append((max(right / _ASPECT, bottom), corners))
    return min(tried)


def _stacked(sizes: list[tuple[float, float]], room: float) -> list[tuple[float, float]]:
    """Corners for blocks, each as high up as it goes within the width ``room``, leftmost first."""
    skyline = [(0.0, 0.0), (room, math.inf)]  # from each x on, to the next, all is free below y
    corners = []
    for width, height in sizes:
        y, x = min(
            (max(top for start, top in skyline[at:] if start < x + width), x)
            for at, (x, _) in enumerate(skyline)
            if x + width <= room
        )
        corners.append((x, y))
        beyond = max(step for step in skyline if step[0] <= x + width)[1]
        kept = [step for step in skyline if not x <= step[0] < x + width]
        skyline = sorted({*kept, (x, y + height), (x + width, beyond)})
    return corners


def _page(title: str, nodes: list[dict[str, Any]], edges: list[dict[str, Any]], look: dict[str, Any]) -> str:
    """The page: pyvis renders our template with its own copy of vis-network. ``look`` holds constants."""
    network = Network(cdn_resources="in_line")
    templates = [_PAGE, Path(pyvis.__file__).parent / "templates"]
    network.templateEnv = Environment(loader=FileSystemLoader(templates), autoescape=True)
    network.path = "graph.html"
    network.heading, network.nodes, network.edges, network.options = title, nodes, edges, look
    html: str = network.generate_html()
    for kind in ("script", "style"):
        hashes = " ".join(_hash(text) for found, text in _INLINE.findall(html) if found == kind)
        html = html.replace(f"{kind.upper()}-HASHES", hashes, 1)
    return html


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
