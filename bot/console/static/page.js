// What every page does: words, requests, times that go on, menus, shortcuts between pages, and the stream.
import { follow, on } from "./live.js";
import { data, post, toast } from "./tools.js";

const words = data("words");
const page = data("page");

// --- times

function ago(moment) {
  const minutes = Math.floor((Date.now() - moment) / 60000);
  if (minutes < 1) return words.now;
  if (minutes < 60) return words.minutes.replace("{number}", minutes);
  if (minutes < 1440) return words.hours.replace("{number}", Math.floor(minutes / 60));
  return null;
}

export function renewTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const text = ago(Date.parse(time.dateTime));
    if (text) time.textContent = text;
  }
  for (const wait of root.querySelectorAll("[data-wait]")) {
    const since = Number(wait.closest("[data-queued]")?.dataset.queued) * 1000;
    const text = since && ago(since);
    if (text) wait.textContent = text;
    if (since && Date.now() - since > 10 * 60000) wait.parentElement.classList.add("late");
  }
  for (const due of root.querySelectorAll("[data-due]")) {
    const left = Number(due.dataset.due) * 1000 - Date.now();
    due.hidden = left > 5 * 60000;
    due.classList.toggle("late", left < 0);
  }
}

setInterval(renewTimes, 30000);
renewTimes();

// --- where one is, in the bars of a small screen; and what was refused, however far down it stands

for (const here of document.querySelectorAll(".rail [aria-current], .subnav [aria-current]"))
  here.scrollIntoView({ block: "nearest", inline: "center" });
const refused = document.querySelector("form .error[role=alert]");
const fields = refused?.closest("form");
const first = fields?.querySelector("[autofocus]") ?? fields?.querySelector("input:not([type=hidden]), textarea, select");
first?.focus({ preventScroll: true });
refused?.scrollIntoView({ block: "center" });

// --- a part of the page that goes on by itself: looked at again every few seconds while somebody looks at it

const followed = document.querySelector("[data-follow]");
if (followed) {
  setInterval(async () => {
    if (document.hidden || followed.contains(document.activeElement)) return;
    const answer = await fetch(location.pathname, { headers: { "X-Fragment": "1" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
    if (fresh) followed.replaceChildren(...fresh.childNodes);
    else location.reload();
  }, 3000);
}

// --- menus close when one clicks elsewhere or leaves by Esc

addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }
});

function copyText(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  // over plain http there is no clipboard, but the old way works
  if (navigator.clipboard) navigator.clipboard.writeText(field.value);
  else document.execCommand("copy");
  toast(words.copied);
}

// --- forms that ask first, and forms sent at once when something is chosen

addEventListener("submit", (event) => {
  const ask = event.target.dataset.confirm;
  if (ask && !event.target.dataset.sure) {
    event.preventDefault();
    const dialog = document.getElementById("confirm");
    if (!dialog) {
      if (confirm(ask)) send(event.target, event.submitter);
      return;
    }
    document.getElementById("confirm-text").textContent = ask;
    dialog.onclose = () => dialog.returnValue === "yes" && send(event.target, event.submitter);
    dialog.showModal();
  }
});

function send(form, submitter) {
  form.dataset.sure = "1";
  form.requestSubmit(submitter);
}

addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// --- from page to page: G, then a letter; by the place of the key, whatever the layout

const reports = document.querySelector(".rail [href^='/reports']")?.pathname;
const PLACES = { KeyI: "/inbox", KeyF: "/faq", KeyQ: "/unanswered", KeyD: reports };
let goesUntil = 0;

export function isTyping(event) {
  return event.target.closest?.("input, textarea, select, [contenteditable], dialog") || event.ctrlKey || event.metaKey || event.altKey;
}

addEventListener("keydown", (event) => {
  if (!page || page.singleKeys === false || isTyping(event)) return;
  if (event.code === "KeyG" && !event.shiftKey) {
    goesUntil = Date.now() + 1500;
    return;
  }
  if (Date.now() < goesUntil && PLACES[event.code]) {
    event.preventDefault();
    event.stopImmediatePropagation();
    location.href = PLACES[event.code];
  }
  goesUntil = 0;
});

// --- the stream

if (page?.cursor !== undefined) {
  let lostAt = 0;
  on("state", ({ up }) => {
    document.getElementById("net").hidden = up;
    if (!up && !lostAt) lostAt = Date.now();
    if (up) lostAt = 0;
  });
  on("session.revoked", () => {
    location.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  });
  follow(page, document.documentElement.lang);
}

// --- notifications are asked for when they are switched on

addEventListener("change", (event) => {
  if (event.target.matches("[data-notifications]") && event.target.checked && typeof Notification !== "undefined") {
    Notification.requestPermission().then((answer) => {
      if (answer !== "granted") event.target.checked = false;
    });
  }
});

export { page, post, words };
