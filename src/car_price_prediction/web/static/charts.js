"use strict";

/* Draws the charts of a result: price along mileage and year with its range as a band, and the neighbours. */
(() => {
  const WIDEST = 2.5;
  let library;
  let drawn = [];

  const load = (url) =>
    (library ??= new Promise((done) => {
      const missed = () => {
        library = undefined;
        done(false);
      };
      document.head.append(Object.assign(document.createElement("script"), { src: url, onload: () => done(true), onerror: missed }));
    }));

  const colours = () => {
    const styles = getComputedStyle(document.documentElement);
    return Object.fromEntries(["accent", "band", "line", "quiet", "text", "card", "mark"].map((name) => [name, styles.getPropertyValue(`--${name}`).trim()]));
  };

  const figuresOf = (canvas) => {
    const language = document.documentElement.lang;
    const { currency } = canvas.dataset;
    const money = new Intl.NumberFormat(language, {
      maximumFractionDigits: 0,
      ...(currency ? { style: "currency", currency, currencyDisplay: "narrowSymbol" } : {}),
    });
    const number = new Intl.NumberFormat(language, { useGrouping: !("plain" in canvas.dataset), maximumFractionDigits: 0 });
    return { money: (value) => money.format(value), number: (value) => number.format(value) };
  };

  const point = ([x, y]) => ({ x, y });

  const curveSets = (canvas, { points, this: own }, c) => {
    const plain = { pointRadius: 0, pointHitRadius: 12, borderWidth: 0, tension: 0.2 };
    return [
      { ...plain, label: canvas.dataset.estimate, data: points.map(point), borderColor: c.accent, borderWidth: 2.5, order: 1 },
      { ...plain, label: canvas.dataset.range, data: points.map(([x, , low]) => ({ x, y: low })), fill: "+1", backgroundColor: c.band, order: 3 },
      { ...plain, label: "", data: points.map(([x, , , high]) => ({ x, y: high })), order: 3 },
      ...(own ? [thisCar(canvas, own, c)] : []),
    ];
  };

  const thisCar = (canvas, own, c) => ({
    type: "scatter", label: canvas.dataset.this, data: [point(own)], order: 0, clip: false,
    pointRadius: 7, pointHoverRadius: 8, backgroundColor: c.mark, borderColor: c.card, borderWidth: 2,
  });

  const scatterSets = (canvas, { points, this: own }, c) => [
    { type: "scatter", label: canvas.dataset.listings, data: points.map(point), pointRadius: 4.5, backgroundColor: c.band, borderColor: c.accent, borderWidth: 1.2, order: 2 },
    ...(own ? [thisCar(canvas, own, c)] : []),
  ];

  const tellOf = (canvas, figures, write) => (item) => {
    const at = item.dataIndex;
    if (canvas.dataset.chart === "curve" && item.datasetIndex === 0) {
      const [, price, low, high] = figures.points[at];
      return [`${canvas.dataset.estimate}: ${write.money(price)}`, `${canvas.dataset.range}: ${write.money(low)} – ${write.money(high)}`];
    }
    return `${item.dataset.label}: ${write.money(item.parsed.y)}`;
  };

  const optionsOf = (canvas, figures, c) => {
    const write = figuresOf(canvas);
    const ticks = { color: c.quiet, maxRotation: 0, autoSkipPadding: 16, maxTicksLimit: 7, includeBounds: false };
    const ends = canvas.dataset.chart === "curve" ? { min: figures.points[0][0], max: figures.points.at(-1)[0] } : {};
    /* Where a range is very wide, its end is left out of sight: the price must be seen to move. */
    const dearest = Math.max(...figures.points.map(([, price]) => price)) * WIDEST;
    const top = canvas.dataset.chart === "curve" && figures.points.some(([, , , high]) => high > dearest) ? { max: dearest } : {};
    const side = { grid: { color: c.line, drawTicks: false }, border: { display: false } };
    return {
      maintainAspectRatio: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 250 },
      interaction: { mode: "nearest", intersect: false },
      scales: {
        x: { ...side, ...ends, type: "linear", title: { display: true, text: canvas.dataset.axis, color: c.quiet }, ticks: { ...ticks, padding: 8, precision: 0, callback: write.number } },
        y: { ...side, ...top, ticks: { ...ticks, padding: 6, callback: write.money } },
      },
      plugins: {
        legend: { position: "bottom", labels: { color: c.text, usePointStyle: true, boxHeight: 7, sort: (a, b) => a.datasetIndex - b.datasetIndex, filter: (item) => item.text !== "" } },
        tooltip: {
          displayColors: false,
          filter: (item) => item.dataset.label !== "" && (canvas.dataset.chart === "scatter" || item.datasetIndex !== 1),
          callbacks: { title: (items) => (items.length ? `${canvas.dataset.axis}: ${write.number(items[0].parsed.x)}` : ""), label: tellOf(canvas, figures, write) },
        },
      },
    };
  };

  const draw = (canvas) => {
    const figures = JSON.parse(canvas.dataset.figures);
    const c = colours();
    const sets = canvas.dataset.chart === "curve" ? curveSets : scatterSets;
    return new Chart(canvas, { type: "line", data: { datasets: sets(canvas, figures, c) }, options: optionsOf(canvas, figures, c) });
  };

  const drawAll = async () => {
    for (const chart of drawn) chart.destroy();
    drawn = [];
    const canvases = [...document.querySelectorAll("canvas[data-chart]")];
    if (!canvases.length) return;
    /* Where the service is away the tables tell the same, and the next price asks for it again. */
    if (!(await load(document.getElementById("more").dataset.library))) return;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    for (const chart of drawn) chart.destroy();
    drawn = canvases.filter((canvas) => canvas.isConnected).map(draw);
  };

  /* The price is painted first. */
  const drawNext = () => requestAnimationFrame(() => setTimeout(drawAll));

  document.addEventListener("shown", drawNext);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));
  addEventListener("afterprint", () => drawn.forEach((chart) => chart.resize()));
  drawNext();
})();
