"""The graph page, in a real headless Chromium with the network off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import gold
import networkx as nx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kg.draw import draw
from kg.graph import quads
from kg.network import network
from kg.store import Store, write

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
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
    write(folder, quads(gold.first_article()))
    return network(Store.open(folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
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
        self.page.wait_for_function("window.kgPage")

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


@needs_chromium
def test_page_opens_offline_and_asks_for_nothing(opened: Opened, claims: nx.MultiDiGraph[str]) -> None:
    assert opened.counts() == [len(claims), claims.number_of_edges()]
    assert opened.faults == []
    assert len(opened.requests) == 1 and opened.requests[0].startswith("file:")


@needs_chromium
def test_click_on_an_edge_shows_the_evidence_in_its_sentence(opened: Opened) -> None:
    opened.click_edge("heldAt")
    quote = opened.page.locator("#panel blockquote")
    evidence = quote.locator("mark").inner_text()
    edge = opened.page.evaluate("kgPage.page.edges.find((edge) => edge.relation === 'heldAt')")
    assert evidence == edge["quote"]
    assert evidence in quote.inner_text() and len(quote.inner_text()) > len(evidence)
    assert opened.page.locator("#panel a").get_attribute("href") == edge["url"]


@needs_chromium
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


@needs_chromium
def test_filters_by_class_and_relation(opened: Opened) -> None:
    nodes, edges = opened.counts()
    opened.page.uncheck("input[data-type=Country]")
    assert opened.counts()[0] < nodes
    opened.page.check("input[data-type=Country]")
    assert opened.counts() == [nodes, edges]
    opened.page.uncheck("input[data-relation=heldAt]")
    assert opened.counts()[1] < edges


@needs_chromium
@pytest.mark.parametrize("query", ["โรงแรม", "ไซเบอร์"])
def test_search_leads_to_a_thing_and_its_claims(opened: Opened, query: str) -> None:
    opened.page.fill("#query", query)
    opened.page.press("#query", "Enter")
    assert query in opened.page.locator("#panel h2").inner_text()
    opened.page.locator("#panel li button").first.click()
    assert opened.page.locator("#panel mark").inner_text()


@needs_chromium
def test_labels_in_english(opened: Opened) -> None:
    opened.page.click("#language")
    assert "planned" in opened.page.inner_text("#filters")
    assert "Person" in opened.page.inner_text("#filters")


@needs_chromium
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
    assert opened.faults == []


@needs_chromium
def test_a_large_graph_shows_its_most_connected_part_and_says_so(browser: Browser, tmp_path: Path) -> None:
    large: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    attributes = dict.fromkeys(("quote", "title", "url", "rule", "context", "said_by", "since", "until"), "x")
    attributes |= {"status": "actual", "relation": "meets", "relation_th": "พบ", "relation_en": "meets"}
    for number in range(700):
        large.add_node(f"n{number:03}", label=f"สิ่งที่ {number}", label_en="", type="Person")
        if number:
            large.add_edge(f"n{number:03}", f"n{number // 9:03}", key=f"c{number}", **attributes, score=1.0)
    opened = Opened(browser, draw(large, "ใหญ่"), tmp_path)
    assert opened.counts()[0] == 500
    footer = opened.page.inner_text("#counts")
    assert "500" in footer and "700" in footer
