"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = { ...data.page, nodes: data.nodes, edges: data.edges };
  const { words, styles, card } = page;
  let language = "th";
  const say = (key) => words[key][language];

  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const wrapIn = (tag, ...children) => { const outer = make(tag); outer.append(...children); return outer; };
  const press = (text, action) => {
    const button = make("button", text);
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  };
  const byId = (id) => document.getElementById(id);
  const things = new Map(page.nodes.map((node) => [node.id, node]));
  const claims = new Map(page.edges.map((edge) => [edge.id, edge]));
  const name = (node) => (language === "en" && node.label_en) || node.name;
  const relation = (edge) => edge["relation_" + language];
  const many = ({ claims }) => claims || 1; // in an overview a line stands for all claims of its kind
  const overview = page.edges.some((edge) => edge.claims);
  const most = Math.log(Math.max(2, ...page.edges.map(many)));
  const tally = (items, key, weight = () => 1) => {
    const counts = new Map();
    for (const item of items) counts.set(key(item), (counts.get(key(item)) || 0) + weight(item));
    return counts;
  };

  // Cards: each thing is its glyph and its name, written in a box. Text of articles only reaches a canvas.
  const pen = document.createElement("canvas").getContext("2d");
  const font = (size) => `${size}px ${page.face}`;
  const segmenter = new Intl.Segmenter("th", { granularity: "word" });
  const fill = (words, room) => {
    const lines = [""];
    for (const word of words) {
      if (lines.at(-1) && pen.measureText(lines.at(-1) + word.trimEnd()).width > room) lines.push("");
      lines[lines.length - 1] += lines.at(-1) ? word : word.trimStart();
    }
    return lines.map((line) => line.trimEnd());
  };
  const wrap = (text) => {
    pen.font = font(card.font);
    const words = [];
    for (const { segment, isWordLike } of segmenter.segment(text.slice(0, 400))) {
      const opened = /[([{“‘«]$/.test(words.at(-1));
      const closes = !isWordLike && words.length && /^[^\s([{“‘«]/.test(segment);
      if (opened || closes) words[words.length - 1] += segment; else words.push(...segment.match(/.{1,24}/gsu));
    }
    let lines = fill(words, card.text);
    if (lines.length > card.lines) return [...lines.slice(0, card.lines - 1), lines[card.lines - 1] + "…"];
    for (let room = card.text - 10; room > 60; room -= 10) {
      const even = fill(words, room);
      if (even.length > lines.length) break;
      lines = even;
    }
    return lines;
  };
  const measured = (node) => {
    const lines = wrap(name(node));
    const width = Math.max(...lines.map((line) => pen.measureText(line).width)) + card.glyph + 3 * card.pad;
    return { lines, width, height: lines.length * card.line + 2 * card.pad };
  };
  let cards;
  const degree = tally(page.edges.flatMap((edge) => [edge.from, edge.to]), (id) => id);
  const hubs = new Set([...degree].sort((a, b) => b[1] - a[1]).slice(0, card.hubs).map(([id]) => id));
  const glyphs = Object.fromEntries(Object.entries(styles).map(([type, { path }]) => [type, new Path2D(path)]));
  const glyph = (ctx, type, x, y, size) => {
    ctx.save();
    ctx.translate(x - size / 2, y - size / 2);
    ctx.scale(size / 16, size / 16);
    ctx.fillStyle = styles[type].color;
    ctx.fill(glyphs[type], "evenodd");
    ctx.restore();
  };
  const distant = () => network.getScale() < card.overview; // cards too small to read: glyphs in their place
  const room = (id) => {
    const size = (hubs.has(id) ? 15 : 9) / network.getScale();
    return distant() ? { width: size, height: size } : cards.get(id);
  };
  const painter = ({ ctx, id, x, y, state }) => {
    const { type } = things.get(id);
    const { lines } = cards.get(id);
    const { width, height } = room(id);
    const marked = state.selected || state.hover;
    if (distant()) {
      const zoom = network.getScale();
      return {
        drawNode: () => glyph(ctx, type, x, y, marked ? 15 / zoom : width),
        drawExternalLabel: () => {
          if (!marked && !hubs.has(id)) return;
          ctx.font = font(12 / zoom);
          ctx.textAlign = "center";
          ctx.lineWidth = 3.5 / zoom;
          ctx.lineJoin = "round";
          ctx.strokeStyle = "#fff";
          ctx.fillStyle = page.ink;
          const short = lines.length > 1 ? lines[0] + "…" : lines[0];
          ctx.strokeText(short, x, y + 20 / zoom);
          ctx.fillText(short, x, y + 20 / zoom);
        },
      };
    }
    return {
      drawNode: () => {
        const left = x - width / 2;
        ctx.beginPath();
        ctx.roundRect(left, y - height / 2, width, height, 9);
        ctx.fillStyle = page.paper[type] || "#fff";
        ctx.fill();
        ctx.lineWidth = marked ? 4 : 1.6;
        ctx.strokeStyle = styles[type].color;
        ctx.stroke();
        glyph(ctx, type, left + card.pad + card.glyph / 2, y, card.glyph);
        ctx.font = font(card.font);
        ctx.textAlign = "left";
        ctx.textBaseline = "middle";
        ctx.fillStyle = page.ink;
        lines.forEach((line, at) => {
          ctx.fillText(line, left + card.glyph + 2 * card.pad, y + (at - (lines.length - 1) / 2) * card.line);
        });
      },
    };
  };

  // Lines: those between the same two things bend apart, and their words stand one below the other.
  const crowded = page.edges.length > page.crowded;
  const pair = (edge) => Math.min(edge.from, edge.to) + " " + Math.max(edge.from, edge.to);
  const lanes = tally(page.edges, pair);
  const wording = (edge) => {
    const count = lanes.get(pair(edge));
    const [first, second] = [edge.from, edge.to].sort((a, b) => a - b).map((id) => things.get(id).x);
    const rows = Array(count).fill("\u00a0");
    rows[first <= second ? count - 1 - edge.lane : edge.lane] =
      (edge.status === "planned" ? "◷ " + say("planned") + ": " : "") + relation(edge) + (overview ? ` · ${edge.claims}` : "");
    return rows.join("\n");
  };
  const bend = (edge) => {
    const count = lanes.get(pair(edge));
    const roundness = (edge.lane - (count - 1) / 2) * Math.min(0.3, 1.4 / count) * (edge.from <= edge.to ? 1 : -1);
    if (!roundness) return { enabled: false };
    return { enabled: true, type: roundness > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(roundness) };
  };
  let chosen = () => false; // in a crowd only what is chosen, or under the pointer, has its words
  const atRest = (edge) => (!crowded || chosen(edge) ? wording(edge) : edge.status === "planned" ? "◷" : " ");
  const worded = (choice = () => false) => {
    chosen = choice;
    edges.update(page.edges.map((edge) => ({ id: edge.id, label: atRest(edge) })));
  };
  const drawnNode = ({ id, x, y }) => ({ id, x, y, ctxRenderer: painter });
  const drawnEdge = (edge) => ({ id: edge.id, from: edge.from, to: edge.to, ...page.edge_styles[edge.status], ...(overview && { width: 1 + 5 * Math.log(edge.claims) / most }), smooth: bend(edge) });
  const nodes = new vis.DataSet(page.nodes.map(drawnNode));
  const edges = new vis.DataSet(page.edges.map(drawnEdge));

  const hidden = { type: new Set(), relation: new Set(), status: new Set() };
  const visibleEdge = (edge) =>
    !hidden.relation.has(edge.relation) && !hidden.status.has(edge.status) &&
    !hidden.type.has(things.get(edge.from).type) && !hidden.type.has(things.get(edge.to).type);
  const touched = () => new Set(page.edges.filter(visibleEdge).flatMap((edge) => [edge.from, edge.to]));
  let shown = touched();
  const nodeView = new vis.DataView(nodes, {
    filter: ({ id }) => shown.has(id) || (!degree.has(id) && !hidden.type.has(things.get(id).type)),
  });
  const edgeView = new vis.DataView(edges, { filter: ({ id }) => visibleEdge(claims.get(id)) });
  const network = new vis.Network(byId("graph"), { nodes: nodeView, edges: edgeView }, page.vis);
  network.on("beforeDrawing", () => { // where a painter itself tells it, vis takes the size over too late
    for (const { id, shape } of Object.values(network.body.nodes)) {
      if (!things.has(id)) continue;
      const { width, height } = room(id);
      Object.assign(shape, { width, height, customSizeWidth: width, customSizeHeight: height });
    }
  });
  const fit = () => {
    if (!page.nodes.length) return;
    const boxes = page.nodes.map(({ id, x, y }) => ({ x, y, ...cards.get(id) }));
    const side = (pick, sign, along, size) => pick(...boxes.map((box) => box[along] + sign * box[size] / 2));
    const [left, right] = [side(Math.min, -1, "x", "width"), side(Math.max, 1, "x", "width")];
    const [top, bottom] = [side(Math.min, -1, "y", "height"), side(Math.max, 1, "y", "height")];
    const { clientWidth, clientHeight } = byId("graph");
    const scale = Math.min((clientWidth - 32) / (right - left), (clientHeight - 32) / (bottom - top), 1.2);
    network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale });
  };

  // The panel: one claim with its evidence, or one thing with its claims.
  const panel = byId("panel");
  const row = (list, term, value) => {
    if (value !== "" && value !== undefined) list.append(make("dt", term), wrapIn("dd", value));
  };
  const status = (edge) => make("span", say(edge.status), "status " + edge.status);
  const close = () => { panel.replaceChildren(); network.unselectAll(); if (crowded) worded(); };
  const open = (...children) => {
    const button = press("×", close);
    button.className = "close";
    button.setAttribute("aria-label", say("close"));
    panel.replaceChildren(button, ...children);
    panel.scrollTop = 0;
  };
  const covered = () => (getComputedStyle(panel).position === "absolute" ? panel.offsetWidth : 0);
  const uncover = (...ids) => { // what is chosen may lie under the panel that opens
    const right = Math.max(...ids.map((id) => things.get(id).x + cards.get(id).width / 2));
    const over = network.canvasToDOM({ x: right, y: 0 }).x - (byId("graph").clientWidth - covered() - 16);
    const { x, y } = network.getViewPosition();
    if (over > 0) network.moveTo({ position: { x: x + over / network.getScale(), y } });
  };
  const rest = (...nodes) => nodes.flatMap((node) => [make("dt", say("rest")), wrapIn("dd", make("code", `kg draw ${node.thing}`))]);
  const showClaim = (id) => {
    const edge = claims.get(id);
    const end = (node) => press(name(node), () => showThing(node.id));
    const heading = wrapIn("h2", end(things.get(edge.from)), make("span", relation(edge)), end(things.get(edge.to)));
    const context = [...edge.context]; // its offsets count code points
    const part = (from, to) => context.slice(from, to).join("");
    const quote = wrapIn("blockquote", part(0, edge.context_begin), make("mark", part(edge.context_begin, edge.context_end)), part(edge.context_end));
    const list = make("dl");
    const told = wrapIn("p", status(edge));
    if (overview) {
      told.append(` ${edge.claims} ${say("claims")} (${say("planned")} ${edge.planned})`);
      quote.prepend(make("p", say("example"), "kind"));
      list.append(...rest(things.get(edge.from), things.get(edge.to)));
    }
    row(list, say("said_by"), edge.said_by);
    row(list, say("since"), edge.since);
    row(list, say("until"), edge.until);
    row(list, say("published"), edge.published);
    row(list, say("article"), edge.title);
    for (const url of [edge.url, ...edge.also.split(" ")]) {
      if (!/^https?:\/\//.test(url)) continue;
      const link = make("a", url);
      link.href = url;
      link.rel = "noopener noreferrer";
      link.target = "_blank";
      row(list, say(url === edge.url ? "source" : "also"), link);
    }
    row(list, say("place"), `${edge.begin}–${edge.end}`);
    row(list, say("rule"), edge.rule);
    row(list, say("score"), String(edge.score));
    open(heading, told, quote, list);
    network.selectEdges([id]);
    uncover(edge.from, edge.to);
    if (crowded) worded((each) => each.id === id);
  };
  const showThing = (id) => {
    const node = things.get(id);
    const other = language === "en" ? node.name : node.label_en;
    const kind = styles[node.type].name[language] + (other && other !== name(node) ? " · " + other : "");
    const list = make("ul");
    const mine = page.edges.filter((edge) => edge.from === id || edge.to === id);
    for (const edge of mine) {
      const away = edge.from === id;
      const button = press(`${away ? "→" : "←"} ${relation(edge)}: ${name(things.get(away ? edge.to : edge.from))}${overview ? ` · ${edge.claims}` : ""}`, () => showClaim(edge.id));
      if (edge.status === "planned") button.append(status(edge));
      list.append(wrapIn("li", button));
    }
    const commands = overview ? [wrapIn("dl", ...rest(node))] : [];
    open(make("h2", name(node)), make("p", kind, "kind"), ...commands, list);
    if (nodeView.get(id)) network.selectNodes([id]);
    uncover(id);
    if (crowded) worded((edge) => mine.includes(edge));
  };
  network.on("click", ({ nodes, edges }) => {
    if (nodes.length) showThing(nodes[0]);
    else if (edges.length) showClaim(edges[0]);
    else close();
  });
  if (crowded) {
    network.on("hoverEdge", ({ edge }) => edges.update({ id: edge, label: wording(claims.get(edge)) }));
    network.on("blurEdge", ({ edge }) => edges.update({ id: edge, label: atRest(claims.get(edge)) }));
  }

  // Filters: the legend is the filter.
  const filters = byId("filters");
  const swatch = (type) => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    const shape = document.createElementNS(space, "path");
    shape.setAttribute("d", styles[type].path);
    shape.setAttribute("fill", styles[type].color);
    shape.setAttribute("fill-rule", "evenodd");
    svg.append(shape);
    return svg;
  };
  const stripe = (value) => {
    const mark = make("span", value === "planned" ? "━◷" : "━");
    mark.style.color = page.edge_styles[value].color.color;
    return mark;
  };
  const group = (key, items, label, mark) => {
    filters.append(make("h2", say(key)));
    for (const [value, count] of [...tally(items, (item) => item[key], many)].sort((a, b) => b[1] - a[1])) {
      const box = make("input");
      box.type = "checkbox";
      box.checked = !hidden[key].has(value);
      box.dataset[key] = value;
      box.addEventListener("change", () => {
        if (box.checked) hidden[key].delete(value); else hidden[key].add(value);
        shown = touched();
        nodeView.refresh();
        edgeView.refresh();
        counted();
      });
      const line = wrapIn("label", box, label(value), make("span", String(count), "count"));
      if (mark) box.after(mark(value));
      filters.append(line);
    }
  };
  const counted = () => {
    byId("counts").replaceChildren(`${nodeView.length} ${say("things")} · ${edgeView.get().reduce((sum, { id }) => sum + many(claims.get(id)), 0)} ${say("claims")}`);
    if (!page.left_out) return;
    const all = page.nodes.length + page.left_out;
    byId("counts").append(" · ", make("strong", say("part").replace("{shown}", page.nodes.length).replace("{all}", all)));
  };

  // Search, in either language.
  const query = byId("query");
  const results = byId("found");
  const matches = () => {
    const wanted = query.value.trim().toLowerCase();
    if (!wanted) return [];
    const named = (node) => [node.name, node.label_en].map((each) => each.toLowerCase());
    const rank = (node) => Math.min(...named(node).filter((each) => each.includes(wanted)).map((each) => each.length));
    const found = page.nodes.filter((node) => named(node).some((each) => each.includes(wanted)));
    return found.sort((a, b) => rank(a) - rank(b)).slice(0, 12); // the nearest to what is asked first
  };
  const go = (id) => {
    results.replaceChildren();
    showThing(id);
    if (!nodeView.get(id)) return;
    const { x, y } = things.get(id);
    const scale = Math.max(0.8, network.getScale());
    network.moveTo({ position: { x, y }, scale, offset: { x: -covered() / 2, y: 0 } });
  };
  query.addEventListener("input", () => {
    const found = matches().map((node) => wrapIn("li", press(name(node), () => go(node.id))));
    results.replaceChildren(...(found.length || !query.value.trim() ? found : [make("li", say("none"))]));
  });
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = matches();
    if (first) go(first.id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    results.replaceChildren();
    close();
  });

  const speak = () => {
    document.documentElement.lang = language;
    byId("language").textContent = language === "th" ? "English" : "ไทย";
    query.placeholder = say("search");
    query.setAttribute("aria-label", say("search"));
    byId("graph").setAttribute("aria-label", say("graph"));
    byId("help").textContent = say("help");
    cards = new Map(page.nodes.map((node) => [node.id, measured(node)]));
    nodes.update(page.nodes.map((node) => ({ id: node.id, title: make("div", name(node)) })));
    if (overview) edges.update(page.edges.map((edge) => ({ id: edge.id, title: make("div", `${name(things.get(edge.from))} ${relation(edge)} ${name(things.get(edge.to))}: ${edge.claims} ${say("claims")}`) })));
    worded();
    filters.replaceChildren();
    group("status", page.edges, say, stripe);
    group("type", page.nodes, (type) => styles[type].name[language], swatch);
    group("relation", page.edges, (value) => relation(page.edges.find((edge) => edge.relation === value)));
    close();
    counted();
  };
  byId("language").addEventListener("click", () => {
    language = language === "th" ? "en" : "th";
    speak();
  });
  speak();
  fit();
  window.kgPage = { network, nodeView, edgeView, page };
})();
