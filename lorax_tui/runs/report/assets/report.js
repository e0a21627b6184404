"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const box = document.getElementById("charts");
  const near = document.getElementById("near");
  const reset = document.getElementById("reset");
  const whole = { min: 0, max: Math.max(data.end_s, 1) };
  const charts = [];
  let zooming = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  const clock = (s) => (s >= 3600 ? `${Math.floor(s / 3600)}:${two((s % 3600) / 60)}` : two(s / 60)) + `:${two(s % 60)}`;
  const short = (value) => value < 0.995 ? value.toFixed(2) : value < 9.95 ? value.toFixed(1) : value.toFixed(0);
  const unknown = "–";
  const ms = (value) => value == null ? unknown : value < 999.5 ? `${short(value)} ms` : `${(value / 1000).toFixed(2)} s`;
  const tick = (value) => value < 1000 ? `${+value.toPrecision(3)} ms` : `${+(value / 1000).toPrecision(3)} s`;
  const rate = (value) => value == null ? unknown : `${value.toFixed(1)} /s`;
  const count = (value) => value == null ? unknown : String(value);
  const mb = (value) => value == null ? unknown : `${value.toFixed(1)} MB`;

  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text ?? "" });
  const titled = (title, note) => {
    const chart = element("div"), head = element("div");
    chart.className = "chart";
    head.className = "head";
    const words = element("span", note);
    words.className = "muted small";
    head.append(element("h3", title), words);
    chart.append(head);
    box.append(chart);
    return [chart, head];
  };

  /* Behind the lines: where users were still being started, where a phase begins, what happened. */
  const background = (u) => {
    const { ctx } = u, { left, top, width, height } = u.bbox;
    const x = (s) => Math.min(left + width, Math.max(left, u.valToPos(s, "x", true)));
    ctx.save();
    for (const phase of data.phases) {
      const from = x(phase.start_s), settled = x(phase.settled_s ?? phase.end_s ?? data.end_s);
      ctx.fillStyle = colour("faint");
      ctx.fillRect(from, top, settled - from, height);
    }
    ctx.restore();
  };
  const foreground = (u) => {
    const { ctx } = u, { left, top, width, height } = u.bbox, ratio = devicePixelRatio;
    const inside = (at) => at >= left - 1 && at <= left + width + 1;
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.lineWidth = ratio;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.setLineDash([]);
    let free = -Infinity;
    for (const phase of data.phases) {
      const at = u.valToPos(phase.start_s, "x", true);
      if (!inside(at)) continue;
      ctx.strokeStyle = colour("muted");
      ctx.beginPath(); ctx.moveTo(at, top); ctx.lineTo(at, top + height); ctx.stroke();
      const wide = ctx.measureText(phase.scenario).width;
      if (at > free && at + wide < left + width) {
        ctx.fillStyle = colour("muted");
        ctx.fillText(phase.scenario, at + 4 * ratio, top + 11 * ratio);
        free = at + wide + 10 * ratio;
      }
    }
    for (const event of data.events) {
      const at = u.valToPos(event.at_s, "x", true), foot = top + height, size = 4 * ratio;
      if (!inside(at)) continue;
      ctx.fillStyle = colour(event.kind === "warning" ? "doubt" : "muted");
      ctx.beginPath(); ctx.moveTo(at - size, foot); ctx.lineTo(at + size, foot); ctx.lineTo(at, foot - 1.6 * size); ctx.fill();
    }
    ctx.restore();
  };
  const limitsOf = (phase, latency) => phase.limits.filter((one) => one.protocol === latency.protocol && (!one.name || one.name === latency.name));
  const limits = (latency) => (u) => {
    const { ctx } = u, { left, top, width } = u.bbox, ratio = devicePixelRatio;
    const above = new Set();
    ctx.save();
    ctx.beginPath(); ctx.rect(left, top, width, u.bbox.height); ctx.clip();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.lineWidth = ratio;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.setLineDash([2 * ratio, 4 * ratio]);
    ctx.strokeStyle = ctx.fillStyle = colour("bad");
    for (const phase of data.phases) {
      for (const limit of limitsOf(phase, latency)) {
        if (limit.ms > u.scales.y.max) { above.add(`${limit.metric} < ${tick(limit.ms)}`); continue; }
        const from = u.valToPos(phase.start_s, "x", true), to = u.valToPos(phase.end_s ?? data.end_s, "x", true);
        const y = u.valToPos(limit.ms, "y", true);
        ctx.beginPath(); ctx.moveTo(from, y); ctx.lineTo(to, y); ctx.stroke();
        ctx.fillText(`${limit.metric} limit`, Math.max(from, left) + 4 * ratio, y - 4 * ratio);
      }
    }
    if (above.size) {
      ctx.textAlign = "right";
      ctx.fillText(`limits above: ${[...above].join(", ")} ↑`, left + width - 4 * ratio, top + 25 * ratio);
    }
    ctx.restore();
  };

  const tell = (u) => {
    if (u.cursor.idx == null || u.cursor.left < 0) { near.textContent = near.dataset.idle; return; }
    const at = u.posToVal(u.cursor.left, "x"), reach = (u.scales.x.max - u.scales.x.min) / 80;
    const phase = data.phases.findLast((one) => one.start_s <= at);
    const events = data.events.filter((one) => Math.abs(one.at_s - at) <= reach);
    const told = events.map((one) => `${clock(one.at_s)} ${one.text}`);
    near.textContent = [clock(at) + (phase ? `  ${phase.scenario}` : ""), ...told].join("  ·  ");
  };
  const zoomed = (u, key) => {
    if (key !== "x" || zooming) return;
    zooming = true;
    const { min, max } = u.scales.x;
    for (const other of charts) if (other.plot !== u) other.plot.setScale("x", { min, max });
    reset.style.visibility = min > whole.min || max < whole.max ? "visible" : "hidden";
    zooming = false;
  };
  reset.addEventListener("click", () => charts[0]?.plot.setScale("x", whole));

  const line = (label, stroke, value, more) => ({
    label, value: (u, v) => value(v), width: 1.6, points: { size: 4, fill: () => colour("surface") }, stroke: () => colour(stroke), ...more,
  });
  const axis = (more) => ({
    stroke: () => colour("muted"), font: "11px system-ui, sans-serif", ticks: { show: false },
    grid: { stroke: () => colour("line"), width: 0.5 }, ...more,
  });
  const draw = (into, height, series, y, hooks) => {
    const options = {
      width: into.clientWidth || 600, height,
      cursor: { sync: { key: "run", setSeries: false }, y: false, points: { size: 7, fill: (u, i) => u.series[i].stroke(u, i), stroke: (u, i) => u.series[i].stroke(u, i) } },
      legend: { live: true, markers: { stroke: (u, i) => u.series[i].stroke(), dash: (u, i) => u.series[i].dash ? "dashed" : "solid" } },
      scales: { x: { time: false, range: (u, min, max) => min == null ? [whole.min, whole.max] : [Math.max(min, whole.min), Math.min(max, whole.max)] }, y: y.scale },
      axes: [
        axis({ values: (u, ticks) => ticks.map(clock), incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400], space: 70, size: 28 }),
        axis({ size: 62, space: 30, values: (u, ticks) => ticks.map((v) => v == null ? "" : y.tick(v)), ...y.axis }),
      ],
      series: [{ label: "time", value: (u, v) => v == null ? unknown : clock(v) }, ...series.lines],
      hooks: { drawAxes: [background], draw: [foreground, ...(hooks ?? [])], setScale: [zoomed], setCursor: [tell] },
    };
    const plot = new uPlot(options, series.columns, into);
    plot.setScale("x", whole);
    const chart = { plot, into };
    charts.push(chart);
    into.plot = plot;
    plot.over.addEventListener("dblclick", () => plot.setScale("x", whole));
    return chart;
  };
  const fromZero = { scale: { range: (u, min, max) => [0, Math.max(1, (max ?? 0) * 1.12)] } };
  const step = uPlot.paths.stepped({ align: -1 });

  const throughput = titled("Throughput", "answers a second")[0];
  draw(throughput, 190, {
    lines: [line("ok", "accent", rate), line("failed", "bad", rate, { dash: [5, 3] })],
    columns: [data.at_s, data.ok, data.bad],
  }, { ...fromZero, tick: (v) => `${+v.toPrecision(3)}` });

  const drawLatency = (into, latency) => {
    const limitsHere = data.phases.flatMap((phase) => limitsOf(phase, latency));
    // What was due in a paced phase, and what hung without an answer: only where there was any.
    const beside = [
      [latency.intended_p99, line("due p99", "doubt", ms, { dash: [8, 3] })],
      [latency.at_least, line("no answer for", "bad", ms, { width: 2.2 })],
    ].filter(([column]) => column.some((v) => v != null));
    const fitted = (u, min, max) => {
      if (min == null) return [1, 1000];
      const reachable = limitsHere.map((one) => one.ms).filter((limit) => limit < max * 4);
      return [Math.min(min, max / 2) / 1.3, Math.max(max, ...reachable) * 1.5];
    };
    return draw(into, 240, {
      lines: [
        line("p50", "low", ms, { width: 1.4 }),
        line("p95", "accent", ms, { width: 2 }),
        line("p99", "users", ms, { dash: [5, 3] }),
        ...beside.map(([, more]) => more),
      ],
      columns: [data.at_s, latency.p50, latency.p95, latency.p99, ...beside.map(([column]) => column)],
    }, { scale: { distr: 3, range: fitted }, axis: { space: 24 }, tick }, [limits(latency)]);
  };
  if (data.latency.length) {
    const [into, head] = titled("Latency", "sliding window of 10 s or more, asks that ended ok, logarithmic");
    const choice = element("select");
    choice.setAttribute("aria-label", "what the latency chart shows");
    data.latency.forEach((one, i) => choice.append(Object.assign(element("option", `${one.protocol} ${one.name || "all"}`), { value: i })));
    head.append(choice);
    let shown = drawLatency(into, data.latency[0]);
    choice.addEventListener("change", () => {
      const { min, max } = shown.plot.scales.x;
      charts.splice(charts.indexOf(shown), 1);
      shown.plot.destroy();
      shown = drawLatency(into, data.latency[choice.value]);
      shown.plot.setScale("x", { min, max });
    });
  }

  draw(titled("Users", "")[0], 120, {
    lines: [line("there", "users", count, { paths: step }), line("wanted", "muted", count, { paths: step, dash: [3, 3], width: 1 })],
    columns: [data.at_s, data.users, data.wanted],
  }, { ...fromZero, tick: (v) => Number.isInteger(v) ? String(v) : "" });

  if (data.memory.length) {
    const hues = ["accent", "users", "good", "doubt", "low", "bad"], dashes = [undefined, [6, 3], [2, 3]];
    const pids = data.memory.map((one, i) => line(`pid ${one.pid}`, hues[i % hues.length], mb, { dash: dashes[Math.floor(i / hues.length) % 3] }));
    const spread = (u, min, max) => {
      if (min == null) return [0, 1];
      const missing = Math.max(0, max * 0.05 - (max - min)) / 2, margin = (max - min) * 0.1;
      return [Math.max(0, min - missing - margin), max + missing + margin];
    };
    draw(titled("Target memory", "resident, of each worker that answered")[0], 140,
      { lines: pids, columns: uPlot.join(data.memory.map((one) => [one.at_s, one.mb])) },
      { scale: { range: spread }, tick: (v) => `${+v.toPrecision(5)} MB` });
  }

  const redraw = () => charts.forEach(({ plot }) => plot.redraw(false));
  new ResizeObserver(() => charts.forEach(({ plot, into }) => {
    if (into.clientWidth && plot.width !== into.clientWidth) plot.setSize({ width: into.clientWidth, height: plot.height });
  })).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("print").addEventListener("change", redraw);
  if (matchMedia("(hover: none)").matches) near.dataset.idle = "tap a chart for its values";
  near.textContent = near.dataset.idle;
  box.dataset.charts = charts.length;
})();
