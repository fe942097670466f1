"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = { ...data.page, nodes: data.nodes, edges: data.edges };
  const words = page.words;
  let language = "th";
  const say = (key) => words[key][language];

  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const things = new Map(page.nodes.map((node) => [node.id, node]));
  const claims = new Map(page.edges.map((edge) => [edge.id, edge]));
  const name = (node) => (language === "en" && node.label_en) || node.name;
  const relation = (edge) => edge["relation_" + language];
  const hidden = { type: new Set(), relation: new Set(), status: new Set() };

  // The graph. Text of articles reaches it as labels on a canvas only.
  const crowded = page.edges.length > page.crowded;
  const segmenter = new Intl.Segmenter("th", { granularity: "word" });
  const wrap = (text) => {
    const short = text.length > page.label ? text.slice(0, page.label - 2) + "…" : text;
    const lines = [""];
    for (const { segment } of segmenter.segment(short)) {
      if (lines.at(-1).length + segment.length > page.line) lines.push("");
      lines[lines.length - 1] += segment;
    }
    return lines.map((line) => line.trim()).join("\n");
  };
  const edgeLabel = (edge) => (edge.status === "planned" ? "◷ " + say("planned") + ": " : "") + relation(edge);
  const drawnNode = (node) => {
    const { shape, color, inside } = page.styles[node.type];
    const marked = { background: color, border: "#1c2733" };
    return {
      id: node.id, x: node.x, y: node.y, label: wrap(name(node)), shape, size: page.size,
      color: { background: color, border: color, highlight: marked, hover: marked }, ...(inside ? page.inside : {}),
    };
  };
  const drawnEdge = (edge) => ({
    id: edge.id, from: edge.from, to: edge.to, label: crowded ? undefined : edgeLabel(edge),
    ...page.edge_styles[edge.status],
    smooth: edge.bend ? { enabled: true, type: edge.bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(edge.bend) } : { enabled: false },
  });
  const nodes = new vis.DataSet(page.nodes.map(drawnNode));
  const edges = new vis.DataSet(page.edges.map(drawnEdge));
  const visibleEdge = (edge) =>
    !hidden.relation.has(edge.relation) && !hidden.status.has(edge.status) &&
    !hidden.type.has(things.get(edge.from).type) && !hidden.type.has(things.get(edge.to).type);
  const touched = () => {
    const ids = new Set();
    for (const edge of page.edges) if (visibleEdge(edge)) ids.add(edge.from).add(edge.to);
    return ids;
  };
  let shown = touched();
  const nodeView = new vis.DataView(nodes, { filter: (n) => shown.has(n.id) || (!hidden.type.has(things.get(n.id).type) && things.get(n.id).alone) });
  const edgeView = new vis.DataView(edges, { filter: (e) => visibleEdge(claims.get(e.id)) });
  const network = new vis.Network(document.getElementById("graph"), { nodes: nodeView, edges: edgeView }, page.vis);
  network.fit({ animation: false });

  // The panel.
  const panel = document.getElementById("panel");
  const row = (list, term, value) => {
    if (value === "" || value === undefined) return;
    list.append(make("dt", term), value instanceof Node ? wrapIn("dd", value) : make("dd", value));
  };
  const wrapIn = (element, child) => { const outer = make(element); outer.append(child); return outer; };
  const status = (edge) => make("span", say(edge.status), "status " + edge.status);

  const showClaim = (id) => {
    const edge = claims.get(id);
    panel.replaceChildren();
    const sentence = `${name(things.get(edge.from))} — ${relation(edge)} — ${name(things.get(edge.to))}`;
    panel.append(make("h2", sentence), wrapIn("p", status(edge)));
    const quote = make("blockquote");
    quote.append(edge.context.slice(0, edge.context_begin), make("mark", edge.context.slice(edge.context_begin, edge.context_end)), edge.context.slice(edge.context_end));
    panel.append(quote);
    const list = make("dl");
    row(list, say("said_by"), edge.said_by);
    row(list, say("since"), edge.since);
    row(list, say("until"), edge.until);
    row(list, say("published"), edge.published);
    row(list, say("article"), edge.title);
    if (/^https?:\/\//.test(edge.url)) {
      const link = make("a", edge.url);
      link.href = edge.url;
      link.rel = "noopener noreferrer";
      link.target = "_blank";
      row(list, say("source"), link);
    }
    row(list, say("place"), `${edge.begin}–${edge.end}`);
    row(list, say("rule"), edge.rule);
    row(list, say("score"), String(edge.score));
    panel.append(list);
    network.selectEdges([id]);
  };

  const showThing = (id) => {
    const node = things.get(id);
    panel.replaceChildren(make("h2", name(node)));
    const other = language === "en" ? node.name : node.label_en;
    panel.append(make("p", page.styles[node.type].name[language] + (other && other !== name(node) ? " · " + other : ""), "kind"));
    const list = make("ul");
    for (const edge of page.edges) {
      if (edge.from !== id && edge.to !== id) continue;
      const button = make("button", `${edge.from === id ? "→" : "←"} ${relation(edge)}: ${name(things.get(edge.from === id ? edge.to : edge.from))}`);
      button.type = "button";
      if (edge.status === "planned") button.append(status(edge));
      button.addEventListener("click", () => showClaim(edge.id));
      list.append(wrapIn("li", button));
    }
    panel.append(list);
    network.selectNodes([id]);
    if (crowded) edges.update(page.edges.map((edge) => ({ id: edge.id, label: edge.from === id || edge.to === id ? edgeLabel(edge) : " " })));
  };

  const showHelp = () => panel.replaceChildren(make("h2", say("help_title")), make("p", say("help")));

  network.on("click", (event) => {
    if (event.nodes.length) showThing(event.nodes[0]);
    else if (event.edges.length) showClaim(event.edges[0]);
    else showHelp();
  });

  // Filters: the legend is the filter.
  const filters = document.getElementById("filters");
  const swatch = (type) => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    const shape = document.createElementNS(space, "path");
    shape.setAttribute("d", page.styles[type].path);
    shape.setAttribute("fill", page.styles[type].color);
    svg.append(shape);
    return svg;
  };
  const stripe = (edgeStatus) => { const mark = make("span", "━"); mark.style.color = page.edge_styles[edgeStatus].color.color; return mark; };
  const group = (title, key, values, label, mark) => {
    filters.append(make("h2", title));
    for (const [value, count] of values) {
      const box = make("input");
      box.type = "checkbox";
      box.checked = !hidden[key].has(value);
      box.dataset[key] = value;
      box.addEventListener("change", () => {
        if (box.checked) hidden[key].delete(value); else hidden[key].add(value);
        refresh();
      });
      const line = make("label");
      line.append(box);
      if (mark) line.append(mark(value));
      line.append(label(value), make("span", String(count), "count"));
      filters.append(line);
    }
  };
  const tally = (items, key) => {
    const counts = new Map();
    for (const item of items) counts.set(item[key], (counts.get(item[key]) || 0) + 1);
    return counts;
  };
  const refresh = () => {
    shown = touched();
    nodeView.refresh();
    edgeView.refresh();
    count();
  };
  const count = () => {
    const footer = document.getElementById("counts");
    footer.replaceChildren(`${nodeView.length} ${say("things")} · ${edgeView.length} ${say("claims")}`);
    if (page.left_out) footer.append(" · ", make("strong", say("part").replace("{shown}", page.nodes.length).replace("{all}", page.nodes.length + page.left_out)));
  };

  // Search, in either language.
  const query = document.getElementById("query");
  const results = document.getElementById("found");
  const matches = () => {
    const wanted = query.value.trim().toLowerCase();
    if (!wanted) return [];
    return page.nodes.filter((node) => (node.name + " " + node.label_en).toLowerCase().includes(wanted)).slice(0, 12);
  };
  const go = (id) => {
    results.replaceChildren();
    network.focus(id, { scale: 1.1, animation: false });
    showThing(id);
  };
  query.addEventListener("input", () => {
    results.replaceChildren(...matches().map((node) => {
      const button = make("button", name(node));
      button.type = "button";
      button.addEventListener("click", () => go(node.id));
      return wrapIn("li", button);
    }));
  });
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = matches()[0];
    if (first) go(first.id);
  });

  const speak = () => {
    document.documentElement.lang = language;
    document.getElementById("language").textContent = language === "th" ? "English" : "ไทย";
    query.placeholder = say("search");
    query.setAttribute("aria-label", say("search"));
    filters.replaceChildren();
    group(say("status"), "status", tally(page.edges, "status"), say, stripe);
    group(say("class"), "type", tally(page.nodes, "type"), (type) => page.styles[type].name[language], swatch);
    group(say("relation"), "relation", tally(page.edges, "relation"), (value) => relation(page.edges.find((edge) => edge.relation === value)));
    nodes.update(page.nodes.map((node) => ({ id: node.id, label: wrap(name(node)) })));
    if (!crowded) edges.update(page.edges.map((edge) => ({ id: edge.id, label: edgeLabel(edge) })));
    showHelp();
    count();
  };
  document.getElementById("language").addEventListener("click", () => {
    language = language === "th" ? "en" : "th";
    speak();
  });
  speak();
  window.kgPage = { network, nodeView, edgeView, page };
})();
