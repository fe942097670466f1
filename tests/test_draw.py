"""The graph page, in a real headless Chromium with the network off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import gold
import networkx as nx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from stores import write

from kg.draw import draw
from kg.graph import quads
from kg.network import network
from kg.search import index
from kg.store import Store

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>'\"`{{7*7}}"


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> nx.MultiDiGraph[str]:
    folder = tmp_path_factory.mktemp("draw") / "store"
    write(folder, quads(gold.first_article()), index)
    return network(Store.open(folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Opened:
    """A page as it was loaded, and what went on meanwhile."""

    def __init__(self, browser: Browser, html: str, folder: Path) -> None:
        file = folder / "graph.html"
        file.write_text(html, encoding="utf-8")
        self.page: Page = browser.new_context(
            viewport={"width": 1400, "height": 900}, offline=True
        ).new_page()
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.page.goto(file.as_uri())
        self.page.evaluate(
            """async () => {
              for (let frame = 0; frame < 3; frame += 1) {
                kgPage.network.redraw();
                await new Promise(requestAnimationFrame);
              }
            }"""
        )

    def counts(self) -> list[int]:
        shown: list[int] = self.page.evaluate("[kgPage.nodeView.length, kgPage.edgeView.length]")
        return shown

    def click_edge(self, relation: str) -> None:
        place = self.page.evaluate(
            """relation => {
              const edge = kgPage.page.edges.find((edge) => edge.relation === relation);
              const ends = [edge.from, edge.to].map((id) => kgPage.network.getPosition(id));
              const middle = { x: (ends[0].x + ends[1].x) / 2, y: (ends[0].y + ends[1].y) / 2 };
              const at = kgPage.network.canvasToDOM(middle);
              const box = document.querySelector("#graph canvas").getBoundingClientRect();
              return [at.x + box.left, at.y + box.top];
            }""",
            relation,
        )
        self.page.mouse.click(*place)


def _large() -> nx.MultiDiGraph[str]:
    large: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    names = ("quote", "title", "url", "also", "rule", "context", "said_by", "since", "until")
    attributes = dict.fromkeys(names, "x")
    attributes |= {"status": "actual", "relation": "meets", "relation_th": "พบ", "relation_en": "meets"}
    for number in range(700):
        large.add_node(f"n{number:03}", label=f"สิ่งที่ {number}", label_en="", type="Person")
        if number:
            large.add_edge(f"n{number:03}", f"n{number // 9:03}", key=f"c{number}", **attributes, score=1.0)
    return large


@pytest.fixture
def opened(browser: Browser, claims: nx.MultiDiGraph[str], tmp_path: Path) -> Opened:
    return Opened(browser, draw(claims, "ทดสอบ"), tmp_path)


def test_the_same_graph_gives_the_same_bytes(claims: nx.MultiDiGraph[str]) -> None:
    again: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in reversed(list(claims)):
        again.add_node(node, **claims.nodes[node])
    for source, target, key in reversed(list(claims.edges(keys=True))):
        again.add_edge(source, target, key=key, **claims.edges[source, target, key])
    assert draw(again, "ทดสอบ") == draw(claims, "ทดสอบ")


def test_a_large_graph_too_gives_the_same_bytes() -> None:
    assert draw(_large(), "ใหญ่") == draw(_large(), "ใหญ่")


def test_page_opens_offline_and_asks_for_nothing(opened: Opened, claims: nx.MultiDiGraph[str]) -> None:
    assert opened.counts() == [len(claims), claims.number_of_edges()]
    assert opened.faults == []
    assert len(opened.requests) == 1 and opened.requests[0].startswith("file:")


def test_click_on_an_edge_shows_the_evidence_in_its_sentence(opened: Opened) -> None:
    opened.click_edge("heldAt")
    quote = opened.page.locator("#panel blockquote")
    evidence = quote.locator("mark").inner_text()
    edge = opened.page.evaluate("kgPage.page.edges.find((edge) => edge.relation === 'heldAt')")
    assert evidence == edge["quote"]
    assert evidence in quote.inner_text() and len(quote.inner_text()) > len(evidence)
    assert opened.page.locator("#panel a").get_attribute("href") == edge["url"]


def test_evidence_after_a_letter_beyond_the_basic_plane_is_marked_right(
    browser: Browser, claims: nx.MultiDiGraph[str], tmp_path: Path
) -> None:
    """Our offsets count code points, those of JavaScript its own units."""
    changed = claims.copy()
    for _, _, attributes in changed.edges(data=True):
        attributes |= {"context": "🎉🎉 ก ข 🎉 ค", "context_begin": 3, "context_end": 8}
    opened = Opened(browser, draw(changed, "ทดสอบ"), tmp_path)
    opened.click_edge("heldAt")
    assert opened.page.locator("#panel mark").inner_text() == "ก ข 🎉"


def test_cards_stand_apart_and_on_the_page(browser: Browser, sample: Path, tmp_path: Path) -> None:
    """No card covers another, or what is written on an edge, in the graph of the sample article."""
    opened = Opened(browser, draw(network(Store.open(sample / "store")), "ทดสอบ"), tmp_path)
    boxes = opened.page.evaluate(
        """kgPage.page.nodes.map(({ id, x, y }) => {
          const { width, height } = kgPage.network.body.nodes[id].shape;
          const corner = kgPage.network.canvasToDOM({ x: x - width / 2, y: y - height / 2 });
          const other = kgPage.network.canvasToDOM({ x: x + width / 2, y: y + height / 2 });
          return [corner.x, corner.y, other.x, other.y];
        })"""
    )
    words = opened.page.evaluate(
        """kgPage.page.edges.map(({ from, to }) => {
          const [a, b] = [from, to].map((id) => kgPage.network.canvasToDOM(kgPage.network.getPosition(id)));
          return [(a.x + b.x) / 2, (a.y + b.y) / 2];
        })"""
    )
    frame = opened.page.locator("#graph").bounding_box()
    assert frame and len(boxes) > 20
    for left, top, right, bottom in boxes:
        assert right - left > 30
        assert left >= 0 and top >= 0 and right <= frame["width"] and bottom <= frame["height"]
        assert not [word for word in words if left < word[0] < right and top < word[1] < bottom]
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_each_class_has_a_colour_and_a_shape_of_its_own(opened: Opened) -> None:
    styles = opened.page.evaluate("Object.values(kgPage.page.styles)")
    for property_ in ("color", "path"):
        assert len({style[property_] for style in styles}) == len(styles)


def test_edges_between_the_same_things_lie_apart(
    browser: Browser, claims: nx.MultiDiGraph[str], tmp_path: Path
) -> None:
    several: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    source, target, attributes = next(iter(claims.edges(data=True)))
    for ends, key in (((source, target), "a"), ((target, source), "b"), ((source, target), "c")):
        several.add_edge(*ends, key=key, **attributes)
    for node in (source, target):
        several.add_node(node, **claims.nodes[node])
    opened = Opened(browser, draw(several, "ทดสอบ"), tmp_path)
    middles = opened.page.evaluate(
        """kgPage.page.edges.map(({ id }) => {
          const { x, y } = kgPage.network.body.edges[id].edgeType.getPoint(0.5);
          return [Math.round(x), Math.round(y)];
        })"""
    )
    assert len({tuple(middle) for middle in middles}) == 3
    rows = opened.page.evaluate("kgPage.edgeView.get().map(({ label }) => label.split('\\n'))")
    assert sorted([len(row.strip()) > 0 for row in each].index(True) for each in rows) == [0, 1, 2]


def test_planned_facts_look_different_and_can_be_hidden(opened: Opened) -> None:
    drawn = opened.page.evaluate(
        """kgPage.page.edges.map((edge) => {
          const one = kgPage.edgeView.get(edge.id);
          return [edge.status, one.color.color, one.label];
        })"""
    )
    colours = {status: {color for s, color, _ in drawn if s == status} for status in ("actual", "planned")}
    assert len(colours["actual"]) == len(colours["planned"]) == 1
    assert colours["actual"] != colours["planned"]
    assert all(("แผน" in label) == (status == "planned") for status, _, label in drawn)
    before = opened.counts()[1]
    opened.page.uncheck("input[data-status=planned]")
    assert opened.counts()[1] == before - sum(status == "planned" for status, *_ in drawn)


def test_filters_by_class_and_relation(opened: Opened) -> None:
    nodes, edges = opened.counts()
    opened.page.uncheck("input[data-type=Country]")
    assert opened.counts()[0] < nodes
    opened.page.check("input[data-type=Country]")
    assert opened.counts() == [nodes, edges]
    opened.page.uncheck("input[data-relation=heldAt]")
    assert opened.counts()[1] < edges


@pytest.mark.parametrize("query", ["โรงแรม", "ไซเบอร์"])
def test_search_leads_to_a_thing_and_its_claims(opened: Opened, query: str) -> None:
    opened.page.fill("#query", query)
    opened.page.press("#query", "Enter")
    assert query in opened.page.locator("#panel h2").inner_text()
    opened.page.locator("#panel li button").first.click()
    assert opened.page.locator("#panel mark").inner_text()
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("#panel").inner_text() == ""


def test_search_reads_english_names_and_says_when_there_are_none(opened: Opened) -> None:
    opened.page.fill("#query", "group meeting")
    assert "Working Group" in opened.page.locator("#found button").first.inner_text()
    opened.page.fill("#query", "no such thing")
    assert opened.page.locator("#found").inner_text() == "ไม่พบ"


def test_a_click_on_a_card_lists_the_claims_of_the_thing(opened: Opened) -> None:
    place, expected = opened.page.evaluate(
        """() => {
          const node = kgPage.page.nodes.find((node) => node.type === "Event");
          const at = kgPage.network.canvasToDOM(node);
          const box = document.querySelector("#graph canvas").getBoundingClientRect();
          const claims = kgPage.page.edges.filter((edge) => edge.from === node.id || edge.to === node.id);
          return [[at.x + box.left, at.y + box.top], [node.name, claims.length]];
        }"""
    )
    opened.page.mouse.click(*place)
    listed = opened.page.locator("#panel li button")
    assert [opened.page.locator("#panel h2").inner_text(), listed.count()] == expected


def test_labels_in_english(opened: Opened) -> None:
    opened.page.click("#language")
    assert "planned" in opened.page.inner_text("#filters")
    assert "Person" in opened.page.inner_text("#filters")


def test_hostile_text_is_shown_and_never_run(
    browser: Browser, claims: nx.MultiDiGraph[str], tmp_path: Path
) -> None:
    hostile = claims.copy()
    for _, attributes in hostile.nodes(data=True):
        attributes |= {"label": HOSTILE, "label_en": HOSTILE}
    for _, _, attributes in hostile.edges(data=True):
        attributes |= {"quote": HOSTILE, "title": HOSTILE, "said_by": HOSTILE, "rule": HOSTILE}
        attributes |= {"context": HOSTILE, "context_begin": 0, "context_end": len(HOSTILE)}
        attributes |= {"url": "javascript:window.hit=1"}
    opened = Opened(browser, draw(hostile, HOSTILE), tmp_path)
    opened.click_edge("heldAt")
    assert opened.page.locator("#panel mark").inner_text() == HOSTILE
    assert opened.page.locator("h1").inner_text() == HOSTILE
    assert opened.page.locator("#panel a").count() == 0
    assert opened.page.evaluate("window.hit") is None
    assert opened.page.locator("img").count() == 0
    assert len(opened.requests) == 1
    assert opened.faults == []


def test_a_large_graph_shows_its_most_connected_part_and_says_so(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, draw(_large(), "ใหญ่"), tmp_path)
    assert opened.counts()[0] == 500
    footer = opened.page.inner_text("#counts")
    assert "500" in footer and "700" in footer


def test_in_a_crowd_the_chosen_claims_have_their_words(browser: Browser, tmp_path: Path) -> None:
    """Planned ones keep their mark."""
    many: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    names = ("quote", "title", "url", "also", "rule", "context", "said_by", "since", "until")
    attributes = dict.fromkeys(names, "x")
    attributes |= {"relation": "meets", "relation_th": "พบ", "relation_en": "meets"}
    for number in range(100):
        many.add_node(f"n{number:03}", label=f"สิ่งที่ {number:03}", label_en="", type="Person")
        status = "planned" if number % 2 else "actual"
        if number:
            ends = f"n{number:03}", f"n{number // 9:03}"
            many.add_edge(*ends, key=f"c{number}", status=status, score=1.0, **attributes)
    opened = Opened(browser, draw(many, "มาก"), tmp_path)
    labels = "kgPage.edgeView.get().map(({ label }) => label.trim())"
    assert sorted(opened.page.evaluate(labels)) == [""] * 49 + ["◷"] * 50
    opened.page.fill("#query", "สิ่งที่ 099")
    opened.page.press("#query", "Enter")
    assert sorted(opened.page.evaluate(labels))[-1] == "◷ แผน: พบ"
    opened.page.keyboard.press("Escape")
    assert sorted(opened.page.evaluate(labels)) == [""] * 49 + ["◷"] * 50


def test_a_graph_without_anything_is_a_page_too(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, draw(nx.MultiDiGraph(), "ว่าง"), tmp_path)
    assert (opened.counts(), opened.faults) == ([0, 0], [])


def test_what_is_drawn_of_a_large_graph_hangs_together(claims: nx.MultiDiGraph[str]) -> None:
    """The part grows from the node with most edges, so that none of it stands alone."""
    stars: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    source, _, attributes = next(iter(claims.edges(data=True)))
    for star, rays in (("a", 9), ("b", 8)):
        for ray in range(rays):
            stars.add_edge(star, f"{star}{ray}", key=f"{star}{ray}", **attributes)
    for node in stars:
        stars.add_node(node, **claims.nodes[source])
    data = json.loads(draw(stars, "ทดสอบ", limit=8).partition('id="data">')[2].partition("</script>")[0])
    assert (len(data["nodes"]), len(data["edges"]), data["page"]["left_out"]) == (8, 7, 11)


def test_an_overview_tells_how_many_claims_a_line_stands_for(browser: Browser, tmp_path: Path) -> None:
    """And how to draw the rest; the counts are of claims."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, edges in enumerate(_large().edges(data=True)):
        source, target, attributes = edges
        if number < 60:
            for key in (source, target):
                graph.add_node(key, label=key, label_en="", type="Person", thing=f"person:{key}")
            more = {"context_begin": 0, "context_end": 1, "claims": number + 2, "planned": 1}
            graph.add_edge(source, target, f"c{number}", **{**attributes, **more})
    opened = Opened(browser, draw(graph, "ภาพรวม", beyond=939), tmp_path)
    opened.page.click("#language")
    total = sum(range(2, 62))
    assert f"61 things · {total} claims" in opened.page.inner_text("#counts")
    assert "Only the most connected 61 of 1000 things are shown" in opened.page.inner_text("#counts")
    assert opened.page.inner_text("#filters label:has([data-relation]) .count") == str(total)
    opened.page.fill("#query", "n060")
    opened.page.press("#query", "Enter")
    assert "kg draw person:n060" in opened.page.inner_text("#panel")
    opened.page.click("#panel li button")
    panel = opened.page.inner_text("#panel")
    assert "61 claims (planned 1)" in panel
    assert "kg draw person:n060" in panel
    assert "kg draw person:n006" in panel
    widths = opened.page.evaluate("kgPage.network.body.data.edges.get().map((edge) => edge.width)")
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
    assert opened.faults == []
