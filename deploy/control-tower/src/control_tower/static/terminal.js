// Acts at the terminal: kept in the browser with their keys until production has recorded each of them, once.
"use strict";

const STORE = "o2d-terminal-acts";
const ACTS_COUNT_MAX = 200;
const RETRY_MS = 3000;
const REFRESH_MS = 20000;
const SEND_MS_MAX = 10000;
const MARK_CHARS_MIN = 6;
const BECOMES = { start: "running", override: "running", resume: "running", hold: "held", end: "closed" };

const byId = (id) => document.getElementById(id);
const outbox = () => byId("outbox").dataset;

function kept() {
  return JSON.parse(localStorage.getItem(STORE) ?? "[]");
}

function keep(acts) {
  localStorage.setItem(STORE, JSON.stringify(acts));
  show(acts);
}

// Read and written in one turn: another tab may have changed what is kept meanwhile.
const change = (key, how) => keep(kept().flatMap((act) => (act.key === key ? how(act) : [act])));

function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(text, bad = false) {
  const place = byId("says");
  place.textContent = text;
  place.classList.toggle("bad", bad);
}

function element(name, text, made = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...made });
}

function row(act) {
  const line = element("li", "");
  const mine = act.who === outbox().who;
  const state = act.state === "refused" ? `refused: ${act.why}` : mine ? "waits to be sent" : `waits for ${act.who} to sign in here`;
  line.append(element("strong", act.label), element("span", ` run ${act.run.slice(-10)}, ${act.at.slice(11, 16)}: `), element("span", state));
  line.classList.toggle("bad", act.state === "refused");
  if (act.state === "refused" && mine) {
    const again = element("button", "Try again", { type: "button" });
    // The answer to its old key is kept by production: another attempt is another act.
    again.addEventListener("click", () => {
      const key = freshKey();
      change(act.key, (one) => [{ ...one, key, fields: { ...one.fields, idempotency_key: key }, state: "waiting", why: "" }]);
      drain();
    });
    const drop = element("button", "Give up", { type: "button", className: "danger" });
    drop.addEventListener("click", () => change(act.key, () => []));
    line.append(" ", again, " ", drop);
  }
  return line;
}

function show(acts) {
  byId("outbox").hidden = acts.length === 0;
  byId("outbox").querySelector("ol").replaceChildren(...acts.map(row));
  for (const job of document.querySelectorAll(".job")) {
    const mine = acts.filter((act) => act.run === job.dataset.run);
    const waiting = mine.filter((act) => act.state === "waiting");
    job.dataset.shown = waiting.reduce((state, act) => BECOMES[act.fields.act] ?? state, job.dataset.state);
    job.querySelector(".unsent").textContent = mine.length ? `${mine.length} not recorded yet` : "";
  }
}

// What has to be sent next: of this person, at a run at which nothing before it was refused.
function nextOf(acts) {
  const stopped = new Set();
  for (const act of acts) {
    if (act.state === "refused") stopped.add(act.run);
    else if (act.who === outbox().who && !stopped.has(act.run)) return act;
  }
  return null;
}

async function send(act) {
  const body = new URLSearchParams({ ...act.fields, form_token: outbox().token });
  try {
    const signal = AbortSignal.timeout(SEND_MS_MAX);
    const answer = await fetch(act.path, { method: "POST", body, headers: { accept: "application/json" }, signal });
    const said = await answer.json();
    if (answer.ok) return said;
    if (answer.status === 401 || said.type?.endsWith("/not-from-our-page")) return { outcome: "away", why: "Sign in again to send what waits." };
    if (answer.status >= 500 || answer.status === 429) return { outcome: "away", why: "" };
    return { outcome: "refused", why: said.detail ?? said.title };
  } catch {
    // No answer is no refusal: the act stays, under the same key.
    return { outcome: "away", why: "" };
  }
}

let draining = false;

async function drain() {
  if (draining) return;
  draining = true;
  let recorded = false;
  for (let act = nextOf(kept()); act; act = nextOf(kept())) {
    const { outcome, why } = await send(act);
    if (outcome === "away") {
      say(why || "No connection: what you do is kept here and sent when it is back.", true);
      break;
    }
    if (outcome === "recorded") {
      recorded = true;
      change(act.key, () => []);
      say(`Recorded: ${act.label}.`);
    } else {
      change(act.key, (one) => [{ ...one, state: "refused", why }]);
      say(`Refused: ${act.label}. ${why}`, true);
    }
  }
  draining = false;
  if (recorded) await refresh();
}

// The queue as it is now, unless somebody is writing in it.
async function refresh() {
  const writes = [...document.querySelectorAll("#queue input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
  if (writes) return;
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(SEND_MS_MAX) });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const queue = fresh.getElementById("queue");
    if (!queue || fresh.querySelector("[role=alert]")) return;
    const open = new Set([...document.querySelectorAll(".job[open]")].map((job) => job.dataset.run));
    const inside = byId("queue").contains(document.activeElement);
    byId("queue").replaceWith(queue);
    queue.querySelectorAll(".job").forEach((job) => { job.open = open.has(job.dataset.run) || job.open; });
    listen();
    show(kept());
    if (inside) byId("code").focus();
  } catch {
    // The page stays as it is until the network is back.
  }
}

function take(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const { form_token: _, ...fields } = Object.fromEntries(new FormData(form));
  const acts = kept();
  if (acts.length >= ACTS_COUNT_MAX) {
    say(`${ACTS_COUNT_MAX} acts wait already; nothing more is kept here.`, true);
    return;
  }
  const written = [...form.querySelectorAll("input:not([type=hidden]), select")].map((one) => one.value).filter(Boolean);
  const key = freshKey();
  const act = {
    key, who: outbox().who, run: fields.run_id, path: form.getAttribute("action"), at: new Date().toISOString(), state: "waiting", why: "",
    label: [form.dataset.label, ...written].join(" "), fields: { ...fields, idempotency_key: key },
  };
  form.reset();
  keep([...acts, act]);
  byId("code").focus();
  drain();
}

function listen() {
  document.querySelectorAll(".jobacts form").forEach((form) => form.addEventListener("submit", take));
}

// A scanner types a code and Enter: a run opens; a lot opens the run that it lies ready for, and is filled in.
function find(event) {
  event.preventDefault();
  const field = byId("code");
  const code = field.value.trim();
  field.value = "";
  if (!code) return;
  const jobs = [...document.querySelectorAll(".job")];
  const run = jobs.find(({ dataset }) => dataset.run === code || (code.length >= MARK_CHARS_MIN && dataset.run.endsWith(code)));
  const holders = jobs.filter(({ dataset }) => dataset.lots.split(" ").includes(code));
  const lot = holders.find((job) => job.open) ?? holders[0];
  const job = run ?? lot;
  if (!job) {
    say(`Nothing here has the code ${code}.`, true);
    return;
  }
  jobs.forEach((one) => { one.open = one === job; });
  const shown = [...job.querySelectorAll(".jobacts form")].filter((form) => form.dataset.when.split(" ").includes(job.dataset.shown));
  const report = shown.find((form) => form.dataset.label === "Report");
  if (!run && report) report.querySelector(".lot").value = code;
  (report?.querySelector("[name=quantity]") ?? shown[0]?.querySelector("button") ?? job.querySelector("summary")).focus();
  say(run ? "Run found." : `Lot ${code} found.`);
}

document.addEventListener("DOMContentLoaded", () => {
  listen();
  byId("scan").addEventListener("submit", find);
  show(kept());
  addEventListener("storage", () => show(kept()));
  addEventListener("online", drain);
  addEventListener("offline", () => say("No connection: what you do is kept here and sent when it is back.", true));
  setInterval(() => { if (nextOf(kept())) drain(); }, RETRY_MS);
  setInterval(refresh, REFRESH_MS);
  drain();
});
