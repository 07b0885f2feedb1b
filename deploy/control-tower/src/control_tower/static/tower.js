// What the pages do beyond plain HTML: the chart of facts a minute, and whether the page is live.
"use strict";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The last hour by minute, from what the server said of those minutes in which there were facts.
function lastHour(pulse) {
  const last = Math.floor(Date.now() / 60000) * 60;
  const minutes = Array.from({ length: 60 }, (_, back) => last - (59 - back) * 60);
  return [minutes, minutes.map((minute) => pulse.get(minute) ?? 0)];
}

function drawPulse(place) {
  const pulse = new Map(JSON.parse(place.dataset.pulse));
  const utc = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 16);
  // Colours are asked for at each drawing: a page that stays open while the system turns dark stays readable.
  const [text, line, accent, shade] = ["--text", "--line", "--accent", "--shade"].map((name) => () => colour(name));
  const axis = { stroke: text, grid: { stroke: line }, ticks: { stroke: line } };
  const chart = new uPlot(
    {
      width: place.clientWidth,
      height: 160,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, least, most) => [0, Math.max(most, 5)] } },
      series: [{}, { label: "facts a minute", stroke: accent, fill: shade, width: 2, points: { show: false } }],
      axes: [{ ...axis, values: (_, marks) => marks.map(utc) }, { ...axis, size: 56 }],
    },
    lastHour(pulse),
    place,
  );
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw());
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: 160 })).observe(place);
  document.addEventListener("pulse", (event) => {
    pulse.set(...event.detail);
    chart.setData(lastHour(pulse));
  });
}

// Each piece replaces the element with its id; focus inside it stays where it was.
function replaceChanged(pieces) {
  for (const piece of pieces) {
    const made = document.createElement("template");
    made.innerHTML = piece;
    const fresh = made.content.firstElementChild;
    const old = document.getElementById(fresh.id);
    if (!old || old.isEqualNode(fresh)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceWith(fresh);
    if (focused) [...fresh.querySelectorAll("[href]")].find((link) => link.getAttribute("href") === focused)?.focus();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".chart[data-pulse]").forEach(drawPulse);
  const live = document.getElementById("live");
  if (live) {
    const say = (text, on) => {
      if (live.textContent !== text) live.textContent = text;
      live.classList.toggle("on", on);
    };
    live.addEventListener("changed", (event) => {
      const { elements, pulse } = JSON.parse(event.detail.data);
      replaceChanged(elements);
      if (pulse) document.dispatchEvent(new CustomEvent("pulse", { detail: pulse }));
    });
    document.addEventListener("htmx:sse:after:connection", () => say("Live: what changes is shown as it happens.", true));
    document.addEventListener("htmx:sse:error", () => say("Not live at the moment: the connection is tried again.", false));
    document.addEventListener("htmx:sse:close", () => say("Not live at the moment.", false));
  }
});
