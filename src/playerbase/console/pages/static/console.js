// What the console adds where scripts run: live rows, shortcuts, dialogs. Every page works without it.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const body = document.body;
const shift = Date.parse(body.dataset.now) - Date.now(); // How far the installation's clock stands from this one.

/* ---------- times go on ---------- */

function span(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

function age() {
  for (const time of $$("time[data-ago]")) {
    const ago = (Date.now() + shift - Date.parse(time.dateTime)) / 1000;
    if (ago >= 5 && ago < 7 * 86400) time.textContent = `${span(ago)} ago`;
    else if (ago < -5 && ago > -14 * 86400) time.textContent = `in ${span(-ago)}`;
  }
}
setInterval(age, 20_000);

/* ---------- live ---------- */

const word = $("#live");
let source = null;
let again = 0; // The timer of the next attempt.
let asked = 0; // The timer of the next look at the page.
const told = new Set();

function say(text, tone) {
  if (!word || word.textContent === text) return;
  word.className = `dot ${tone} tiny push`;
  word.textContent = text;
}

function connect() {
  clearTimeout(again);
  if (source || !body.dataset.stream) return;
  source = new EventSource(body.dataset.stream);
  source.addEventListener("open", () => say("Live", "good"));
  source.addEventListener("told", (event) => look(event.data));
  source.addEventListener("reset", () => look("*"));
  // The portal hears the API's own stream, whose events are called after their topics.
  for (const topic of (body.dataset.topics || "").split(" ").filter(Boolean)) source.addEventListener(topic, () => look(topic));
  source.addEventListener("error", () => {
    say("Connection lost, retrying", "bad");
    if (source && source.readyState === EventSource.CLOSED) {
      disconnect();
      again = setTimeout(connect, 3_000);
    }
  });
}

function disconnect() {
  clearTimeout(again);
  if (source) source.close();
  source = null;
}

// A page nobody sees holds no connection: browsers allow only six to one host.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    disconnect();
    say("Paused", "idle");
  } else {
    connect();
    look("*");
  }
});
addEventListener("pagehide", disconnect);

// Events come in bursts; the page looks at most once in two seconds, and only if it shows something of the kind.
function look(topic) {
  told.add(topic);
  if (!asked) asked = setTimeout(refresh, asked === 0 ? 400 : 2_000);
}

function concerns(region) {
  const topics = region.dataset.live.split(" ");
  return told.has("*") || topics.includes("*") || topics.some((topic) => told.has(topic));
}

async function refresh() {
  const regions = $$("[data-live]").filter(concerns);
  told.clear();
  try {
    count();
    if (regions.length) {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected) return location.reload();
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const region of regions) merge(region, page.getElementById(region.id));
        age();
      }
    }
  } catch {
    // The stream says itself that the connection is lost.
  }
  await new Promise((done) => setTimeout(done, 2_000));
  asked = 0;
  if (told.size) look([...told][0]);
  return undefined;
}

const keyed = (region) => new Map($$("[data-key]", region).map((row) => [row.dataset.key, row]));
const isInUse = (part) => part.contains(document.activeElement) || part.matches(":hover");

function merge(region, fresh) {
  if (!fresh || region.innerHTML === fresh.innerHTML) return;
  const here = keyed(region);
  const there = keyed(fresh);
  if (!here.size || !there.size) {
    // Figures change in place; what the pointer or the focus is on waits.
    if (!isInUse(region)) region.replaceChildren(...fresh.childNodes);
    return;
  }
  for (const [key, row] of there) {
    const known = here.get(key);
    if (known && known.innerHTML !== row.innerHTML && !isInUse(known)) known.replaceChildren(...row.cloneNode(true).childNodes);
  }
  offer(region, fresh, [...there.keys()].filter((key) => !here.has(key)));
}

// Newer rows wait behind the pill, so that nothing moves under the pointer.
function offer(region, fresh, newer) {
  const gap = $("[data-fresh]");
  if (!gap || !newer.length) return;
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = newer.length === 1 ? "1 newer row" : `${newer.length} newer rows`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    region.replaceChildren(...fresh.childNodes);
    for (const row of $$("[data-key]", region)) row.classList.toggle("new", newer.includes(row.dataset.key));
    gap.replaceChildren();
    const first = $("[data-key] a", region);
    if (first) first.focus({ preventScroll: true });
  });
  gap.replaceChildren(link);
}

// What waits at each place of the navigation.
async function count() {
  const places = $$("[data-count]");
  if (!places.length) return;
  const answer = await fetch("/console/counts");
  if (!answer.ok || answer.redirected) return;
  const counts = await answer.json();
  for (const place of places) {
    const waiting = counts[place.dataset.count];
    place.textContent = waiting && waiting.count ? waiting.count.toLocaleString("en") : "";
    place.classList.toggle("hot", Boolean(waiting && waiting.is_late));
  }
}

/* ---------- dialogs ---------- */

// A question is a page of its own; here it is lifted into a dialog over the page it was asked from.
async function lift(href) {
  const answer = await fetch(href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const asked_ = $(".dialog", page);
  if (!answer.ok || answer.redirected || !asked_) {
    location.href = href;
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", asked_.getAttribute("aria-labelledby"));
  asked_.className = "lifted";
  const title = $("h1", asked_);
  const heading = document.createElement("h2");
  heading.id = title.id;
  heading.textContent = title.textContent;
  title.replaceWith(heading);
  dialog.append(asked_);
  dialog.addEventListener("close", () => dialog.remove());
  body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog], a[data-help]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (link && isPlain) {
    event.preventDefault();
    for (const menu of $$("details.menu[open]")) menu.open = false;
    lift(link.href);
    return;
  }
  const close = event.target.closest("[data-close]");
  const dialog = close && close.closest("dialog");
  if (dialog) {
    event.preventDefault();
    dialog.close();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      copy.classList.add("good");
      copy.setAttribute("aria-label", "Copied");
    });
  }
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest(".toasts").remove();
  const letters = event.target.closest("[data-letters]");
  if (letters) {
    localStorage.setItem("letters", localStorage.getItem("letters") === "off" ? "on" : "off");
    nameLetters();
  }
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

/* A file is read into the field it fills, where one sees what will be sent. */
document.addEventListener("change", async (event) => {
  const source = event.target.closest("[data-fills]");
  if (source && source.files[0]) $(`#${source.dataset.fills}`).value = await source.files[0].text();
});

/* ---------- the keyboard ---------- */

const PLACES = {
  n: "/console", p: "/console/players", m: "/console/matches", l: "/console/ladder", a: "/console/audit",
  k: "/console/keys", e: "/console/ledger", s: "/console/staff", d: "/console/letters", j: "/console/jobs", h: "/console/health",
};
let going = 0; // Until when a letter after G counts.

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
const hasLetters = () => localStorage.getItem("letters") !== "off";

function step(by) {
  const rows = $$("main :is(tbody tr, .work > li, .rows > li, .timeline > li:not(.day))").filter((row) => $("a", row));
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  $("a", next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function search() {
  const field = $("main [data-search]") || $(".top [data-search]");
  if (field && field.checkVisibility()) field.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") {
    for (const menu of $$("details.menu[open]")) {
      menu.open = false;
      $("summary", menu).focus();
    }
    if (isTyping(event.target) && event.target.matches("[data-search]")) event.target.blur();
    return;
  }
  if (isTyping(event.target) || !hasLetters() || $("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (Date.now() < going) {
    going = 0;
    if ($(`.side a[href="${PLACES[key]}"]`)) location.href = PLACES[key];
  } else if (key === "g") going = Date.now() + 1_500;
  else if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "?") lift("/console/shortcuts");
  else if (key === "/") search();
  else return;
  event.preventDefault();
});

function nameLetters() {
  for (const button of $$("[data-letters]")) {
    button.hidden = false;
    button.textContent = hasLetters() ? "Switch letters off" : "Switch letters on";
  }
}

/* ---------- files ---------- */

// A form takes text; where scripts run, a file can be chosen to fill it.
for (const part of $$("[data-file]")) {
  part.hidden = false;
  $("input", part).addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) document.getElementById(part.dataset.file).value = await file.text();
  });
}

/* ---------- begin ---------- */

for (const part of $$("[data-dismiss], [data-from-file]")) part.hidden = false;
if (navigator.clipboard) for (const button of $$("[data-copy]")) button.hidden = false;
nameLetters();
count();
if (document.hidden) say("Paused", "idle");
else connect();
