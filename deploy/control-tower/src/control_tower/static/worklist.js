// A list that is worked off by keys. The row that has the focus of its box is the one that keys are for.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector("form[data-worklist]");
  const rows = list ? [...list.querySelectorAll("tr[data-row]")] : [];
  const boxes = rows.map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);
  if (!boxes.length) return;
  const { act, until, reason } = list.elements;
  const place = `row of ${location.pathname}`;
  const current = () => boxes.findIndex((box) => box.closest("tr").contains(document.activeElement));
  const go = (number) => boxes[Math.max(0, Math.min(number, boxes.length - 1))].focus();

  // Those that are picked are answered; where none is, the one that has the focus.
  const answering = (what) => {
    const here = current();
    if (!boxes.some((box) => box.checked)) {
      if (here < 0) return false;
      boxes[here].checked = true;
    }
    act.value = what;
    return true;
  };
  const keys = {
    j: () => go(current() + 1),
    ArrowDown: () => go(current() + 1),
    k: () => go(current() - 1),
    ArrowUp: () => go(current() - 1),
    x: () => current() >= 0 && boxes[current()].click(),
    a: () => answering("accept") && list.requestSubmit(),
    s: () => answering("snooze") && until.focus(),
    r: () => answering("reject") && reason.focus(),
    "?": () => { const told = list.querySelector(".keys"); told.open = !told.open; told.querySelector("summary").focus(); },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  // What is typed says what is meant.
  until.addEventListener("input", () => { act.value = "snooze"; });
  reason.addEventListener("input", () => { act.value = "reject"; });
  list.addEventListener("submit", () => sessionStorage.setItem(place, Math.max(0, boxes.findIndex((box) => box.checked))));
  const left = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (left !== null) go(Number(left));
});
