"""A graph as one HTML page that opens offline: positions computed here, pyvis carries it, vis-network draws it.

Text from articles enters the page as JSON data only, and the document through ``textContent`` or a
canvas; a content security policy lets nothing run but the page's own scripts, and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
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

_CROWDED = 90  # edges; above that many, an edge tells its relation only when one of its ends is chosen
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_LINE, _CHARACTER, _LEADING = 24, 11.0, 28  # where a label is wrapped; pixels of a character and of a line
_EDGE, _BETWEEN, _ASPECT = 250, 50, 1.1  # pixels; width to height of the whole
_SIZE = 20  # half the height of a node in pixels
_NOT_TYPES = ("Date", "Money", "Text")

_PATHS = {
    "dot": "M8 2a6 6 0 1 0 .01 0z",
    "square": "M2.5 2.5h11v11h-11z",
    "diamond": "M8 1l6 7-6 7-6-7z",
    "hexagon": "M4.5 2h7L15 8l-3.5 6h-7L1 8z",
    "triangle": "M8 2l6.5 12h-13z",
    "triangleDown": "M8 14L1.5 2h13z",
    "star": "M8 .8l2 5h5.2l-4.2 3.300 1.600 5.300L8 11.300l-4.600 3.100L5 9.100.8 5.800H6z",
    "box": "M1 4.500h14v7H1z",
}
_STYLES = {
    "Person": ("dot", "#2f6fb0", "บุคคล", "Person"),
    "Position": ("diamond", "#7a9cc6", "ตำแหน่ง", "Post"),
    "Organization": ("square", "#1f7a5c", "องค์กร", "Organisation"),
    "Country": ("hexagon", "#b5476b", "ประเทศ", "Country"),
    "Place": ("triangleDown", "#8a6d3b", "สถานที่", "Place"),
    "Event": ("star", "#d08a1d", "เหตุการณ์", "Event"),
    "Instrument": ("triangle", "#7c4fa3", "ตราสาร", "Instrument"),
    "Programme": ("hexagon", "#2a93a8", "โครงการ", "Programme"),
    "Date": ("box", "#dfe5ea", "วันที่", "Date"),
    "Money": ("box", "#d9ead3", "จำนวนเงิน", "Amount"),
    "Text": ("box", "#fbf3d5", "ข้อความ", "Text"),
}
_EDGES = {
    "actual": {"color": {"color": "#8aa0b4", "highlight": "#33536e", "hover": "#33536e"}, "width": 1.6},
    "planned": {"color": {"color": "#e07a3f", "highlight": "#c2410c", "hover": "#c2410c"}, "width": 2.4},
}
_OPTIONS = {
    "physics": {"enabled": False},
    "interaction": {
        "hover": True,
        "keyboard": {"enabled": True, "bindToWindow": False},
        "multiselect": False,
    },
    "nodes": {
        "size": _SIZE,
        "borderWidth": 1,
        "font": {
            "size": 22,
            "face": "Noto Sans Thai, Sarabun, Leelawadee UI, Thonburi, Loma, Tahoma, sans-serif",
            "color": "#1c2733",
            "strokeWidth": 4,
            "strokeColor": "#ffffff",
        },
    },
    "edges": {
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.6}},
        "font": {
            "size": 16,
            "face": "Noto Sans Thai, Sarabun, Leelawadee UI, Thonburi, Loma, Tahoma, sans-serif",
            "color": "#5b6b7b",
            "strokeWidth": 4,
            "strokeColor": "#ffffff",
            "align": "horizontal",
        },
        "selectionWidth": 2,
    },
}
_WORDS = {
    "search": ("ค้นหาชื่อ", "Search names"),
    "status": ("สถานะ", "Status"),
    "class": ("ประเภท", "Kind"),
    "relation": ("ความสัมพันธ์", "Relation"),
    "actual": ("เกิดขึ้นแล้ว", "actual"),
    "planned": ("แผน", "planned"),
    "said_by": ("ผู้กล่าว", "Said by"),
    "since": ("ตั้งแต่", "Since"),
    "until": ("ถึง", "Until"),
    "published": ("เผยแพร่", "Published"),
    "article": ("ข่าว", "Article"),
    "source": ("ที่มา", "Source"),
    "place": ("ตำแหน่งในข่าว", "Characters"),
    "rule": ("กฎ", "Rule"),
    "score": ("ความเชื่อมั่น", "Score"),
    "things": ("รายการ", "things"),
    "claims": ("ข้อเท็จจริง", "claims"),
    "part": (
        "แสดงเฉพาะส่วนที่เชื่อมโยงมากที่สุด {shown} จาก {all} รายการ",
        "Only the most connected {shown} of {all} things are shown",
    ),
    "help_title": ("ข้อเท็จจริงพร้อมหลักฐาน", "Facts with receipts"),
    "help": (
        "คลิกเส้นเพื่อดูประโยคในข่าวที่เป็นหลักฐาน คลิกสัญลักษณ์เพื่อดูข้อเท็จจริงทั้งหมดของสิ่งนั้น เส้นสีส้มคือสิ่งที่เป็นเพียงแผน",
        "Click a line to read the sentence that shows it. Click a thing for all that is said of it. Orange lines are only planned.",
    ),
}


def draw(network: nx.MultiDiGraph[str], title: str, limit: int = LIMIT) -> str:
    """One self-contained HTML page of ``network`` (see ``kg.network`` for its attributes).

    The same graph gives the same bytes. Where it has more than ``limit`` nodes, the most connected are
    drawn and the page says so.
    """
    part = _most_connected(network, limit)
    order = {key: number for number, key in enumerate(sorted(part))}
    places = _positions(part, list(order))
    nodes = [
        _node(number, part.nodes[key], places[number], part.degree(key) == 0) for key, number in order.items()
    ]
    bends: Counter[tuple[int, int]] = Counter()
    edges = []
    for number, (source, target, key) in enumerate(
        sorted(part.edges(keys=True), key=lambda e: (order[e[0]], order[e[1]], e[2]))
    ):
        pair = (min(order[source], order[target]), max(order[source], order[target]))
        bends[pair] += 1
        bend = _bend(bends[pair]) * (1 if order[source] <= order[target] else -1)
        edges.append(
            {
                **part.edges[source, target, key],
                "id": number,
                "from": order[source],
                "to": order[target],
                "bend": bend,
            }
        )
    return _page(
        title,
        nodes,
        edges,
        {
            "left_out": len(network) - len(part),
            "crowded": _CROWDED,
            "line": _LINE,
            "styles": {type_: _style(type_) for type_ in _STYLES},
            "edge_styles": _EDGES,
            "words": {key: {"th": th, "en": en} for key, (th, en) in _WORDS.items()},
            "vis": _OPTIONS,
        },
    )


def _most_connected(network: nx.MultiDiGraph[str], limit: int) -> nx.MultiDiGraph[str]:
    if len(network) <= limit:
        return network
    ranked = sorted(network, key=lambda key: (-network.degree(key), key))
    return network.subgraph(ranked[:limit])


def _node(number: int, attributes: dict[str, Any], place: tuple[float, float], alone: bool) -> dict[str, Any]:
    return {
        "id": number,
        "name": attributes["label"],
        "label_en": attributes["label_en"],
        "type": attributes["type"],
        "alone": alone,
        "x": round(place[0]),
        "y": round(place[1]),
    }


def _style(type_: str) -> dict[str, Any]:
    shape, color, th, en = _STYLES[type_]
    vis: dict[str, Any] = {
        "shape": shape,
        "color": {
            "background": color,
            "border": color,
            "highlight": {"background": color, "border": "#1c2733"},
            "hover": {"background": color, "border": "#1c2733"},
        },
    }
    if type_ in _NOT_TYPES:
        vis |= {"font": {"size": 19, "strokeWidth": 0}, "margin": 9}
    return {"name": {"th": th, "en": en}, "color": color, "path": _PATHS[shape], "vis": vis}


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
    """Places of the nodes of one connected part, from a fixed start, so that an edge is ``_EDGE`` long on average."""
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
        if len(keys) < 250
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
    letters = len(re.sub("[ัิ-ฺ็-๎]", "", label[:64]))
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


def _page(
    title: str, nodes: list[dict[str, Any]], edges: list[dict[str, Any]], options: dict[str, Any]
) -> str:
    """The page: pyvis renders our template with its own copy of vis-network; ``options`` are constants."""
    network = Network(cdn_resources="in_line")
    network.templateEnv = Environment(
        loader=FileSystemLoader([Path(__file__).parent / "page", Path(pyvis.__file__).parent / "templates"]),
        autoescape=True,
    )
    network.path = "graph.html"
    network.heading, network.nodes, network.edges, network.options = title, nodes, edges, options
    html: str = network.generate_html()
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _SCRIPT.findall(html)
    )
    return html.replace("SCRIPT-HASHES", hashes, 1)
