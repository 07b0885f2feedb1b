// Bars of the schedule can be dragged: where one is let go, its effect is asked for by the form below, nothing else.
"use strict";

const MINUTES_STEP = 5;
// So far a pointer wanders in a click.
const STILL_UNITS = 4;

function unitsOf(board, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(board.getScreenCTM().inverse());
}

function momentAt(board, x) {
  const { begin, until, left, right } = board.dataset;
  const share = (x - Number(left)) / (Number(right) - Number(left));
  const step = MINUTES_STEP * 60;
  return Math.round((Number(begin) + share * (Number(until) - Number(begin))) / step) * step;
}

function machineAt(board, y) {
  const rows = [...board.querySelectorAll("[data-machine]")];
  return rows.find((row) => y >= row.y.baseVal.value && y < row.y.baseVal.value + row.height.baseVal.value);
}

function ask(bar, machine, seconds) {
  const form = document.getElementById("move-form");
  form.elements.run.value = bar.dataset.run;
  form.elements.operation.value = bar.dataset.operation;
  form.elements.machine.value = machine;
  form.elements.starts_at.value = new Date(seconds * 1000).toISOString().slice(0, 16);
  form.requestSubmit();
}

function takeHold(board, bar, down) {
  const rect = bar.querySelector("rect");
  const from = unitsOf(board, down);
  const grip = from.x - rect.x.baseVal.value;
  let far = false;
  const move = (event) => {
    const at = unitsOf(board, event);
    far = far || Math.hypot(at.x - from.x, at.y - from.y) > STILL_UNITS;
    if (far) bar.setAttribute("transform", `translate(${at.x - from.x} ${at.y - from.y})`);
  };
  const end = (event) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    bar.removeAttribute("transform");
    if (!far || event.type === "pointercancel") return;
    bar.addEventListener("click", (click) => click.preventDefault(), { once: true });
    const at = unitsOf(board, event);
    const row = machineAt(board, at.y);
    if (row) ask(bar, row.dataset.machine, momentAt(board, at.x - grip));
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}

// On a narrow screen the picture is wider than its place: where the moved run would go is what was asked for.
function showGhost(board) {
  const outline = board.querySelector(".ghost.asked .outline") || board.querySelector(".ghost .outline");
  const place = board.closest(".scroll");
  if (!outline || !place) return;
  const ghost = outline.getBoundingClientRect();
  const seen = place.getBoundingClientRect();
  if (ghost.left < seen.left || ghost.right > seen.right) {
    place.scrollLeft += (ghost.left + ghost.right - seen.left - seen.right) / 2;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const board of document.querySelectorAll(".board")) {
    showGhost(board);
    for (const bar of board.querySelectorAll(".takes")) {
      bar.addEventListener("dragstart", (event) => event.preventDefault());
      bar.addEventListener("pointerdown", (event) => {
        if (event.button === 0) takeHold(board, bar, event);
      });
    }
  }
});
