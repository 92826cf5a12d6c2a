// The list: rows come, move and go as things happen; unread counts and drafts are this operator's own.
import { on } from "../live.js";
import { page, renewTimes, words } from "../page.js";
import { element, fragment } from "../tools.js";
import { $, isOpen, state } from "./state.js";

const rows = $("rows");
const counted = new Map(); // conversation -> the newest message that was counted as unread

function row(conv) {
  return rows.querySelector(`.row[data-conv="${conv}"]`);
}

export function allRows() {
  return [...rows.querySelectorAll(".row")];
}

function belongs({ status, holder, channel }) {
  if ($("search").value.trim()) return false;
  const chosen = $("channel")?.value;
  if (chosen && chosen !== channel) return false;
  if (state.view === "queue") return status === "queued";
  if (state.view === "mine") return status === "assigned" && holder === page.me;
  if (state.view === "all") return status !== "closed";
  return status === "closed" && page.seesAll; // an operator sees those of their own, as the server lists them
}

function stays(one, old) {
  if (!$("search").value.trim()) return belongs(one);
  return old !== null; // what was found by words stays where it is
}

export function update(one) {
  const old = row(one.conv);
  const isStaying = stays(one, old);
  if (!isStaying && !(old && state.opened === one.conv)) {
    old?.remove();
    showEmpty();
    return;
  }
  const fresh = element(one.row);
  fresh.href += `?view=${state.view}`;
  keep(fresh, old);
  if (old) old.replaceWith(fresh);
  if (isStaying) place(fresh);
  else fresh.classList.add("gone"); // it is open: it leaves the list when something else is opened
  showEmpty();
  renewTimes(fresh.parentElement);
}

function keep(fresh, old) {
  setUnread(fresh, Number(old?.dataset.unread) || 0);
  if (old?.hasAttribute("aria-current")) fresh.setAttribute("aria-current", "true");
  const begun = old?.dataset.draft ?? old?.querySelector(".draft-mark")?.nextSibling?.textContent.trim();
  if (begun) showDraft(fresh, begun);
}

function place(fresh) {
  const key = state.view === "queue" ? "place" : "touched";
  const own = Number(fresh.dataset[key]) || 0;
  const goesBefore = (other) => (key === "place" ? own < Number(other.dataset.place) : own > Number(other.dataset.touched));
  for (const other of allRows()) {
    if (other === fresh) continue;
    if (goesBefore(other)) {
      if (fresh.nextElementSibling !== other) other.before(fresh);
      return;
    }
  }
  const more = rows.querySelector(".more");
  if (more) more.before(fresh);
  else rows.append(fresh);
}

function showEmpty() {
  const empty = rows.querySelector(".empty");
  if (allRows().length) empty?.remove();
  else if (!empty) refresh();
}

// --- unread

export function setUnread(target, count) {
  target.dataset.unread = count;
  target.classList.toggle("unread", count > 0);
  const badge = target.querySelector(".badge");
  badge.hidden = !count;
  badge.firstElementChild.textContent = count < 100 ? count : "99+";
  showTotal();
}

export function clearUnread(conv) {
  const one = row(conv);
  if (one) setUnread(one, 0);
}

export function total() {
  return allRows().reduce((sum, one) => sum + (Number(one.dataset.unread) || 0), 0);
}

function showTotal() {
  const count = total();
  const badge = $("rail-unread");
  badge.hidden = !count;
  badge.textContent = count < 100 ? count : "99+";
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = count ? `(${count < 100 ? count : "99+"}) ${title}` : title;
}

on("message.created", (one) => {
  update(one);
  if (one.author !== "customer" || isOpen(one.conv) || (counted.get(one.conv) ?? 0) >= one.msg) return;
  counted.set(one.conv, one.msg);
  const target = row(one.conv);
  if (target) setUnread(target, (Number(target.dataset.unread) || 0) + 1);
});
on("message.updated", update);
on("conversation.updated", update);

on("counters", showCounters);
on("hello", ({ counters }) => counters.held && showCounters(counters));

let saying = 0;
function showCounters({ queue, held }) {
  show("count-queue", queue);
  show("count-mine", held[page.me] ?? 0);
  clearTimeout(saying);
  saying = setTimeout(() => { $("status").textContent = words.in_queue.replace("{number}", queue); }, 3000);
}

function show(id, count) {
  const badge = $(id);
  if (!badge) return;
  badge.hidden = !count;
  badge.textContent = count;
}

// --- drafts

const said = new WeakMap(); // what a row's line was before a draft stood there

export function showDraft(target, text) {
  const line = target.querySelector(".row-line");
  if (!target.dataset.draft) said.set(target, [...line.childNodes]);
  target.dataset.draft = text;
  line.textContent = ` ${text}`;
  const mark = document.createElement("span");
  mark.className = "draft-mark";
  mark.textContent = words.draft;
  line.prepend(mark);
}

export const hasDraft = (conv) => Boolean(row(conv)?.dataset.draft);

export function setDraft(conv, text) {
  const target = row(conv);
  if (!target) return;
  if (text.trim()) showDraft(target, text.trim().slice(0, 120));
  else if (target.dataset.draft) {
    delete target.dataset.draft;
    target.querySelector(".row-line").replaceChildren(...(said.get(target) ?? []));
  }
}

// --- views, search and more rows, without leaving the conversation

function address(extra = {}) {
  const query = new URLSearchParams({ view: state.view, ...extra });
  if ($("search").value.trim()) query.set("q", $("search").value.trim());
  if ($("channel")?.value) query.set("channel", $("channel").value);
  return `/inbox?${query}`;
}

let asked = 0;
export async function refresh() {
  const own = ++asked;
  const html = await fragment(address()).catch(() => null);
  if (html === null || own !== asked) return;
  rows.innerHTML = html;
  markCurrent();
  showTotal();
  renewTimes(rows);
}

export function markCurrent() {
  for (const one of allRows()) {
    if (Number(one.dataset.conv) === state.opened) one.setAttribute("aria-current", "true");
    else {
      one.removeAttribute("aria-current");
      if (one.classList.contains("gone")) one.remove();
    }
  }
}

let typed = 0;
$("search").addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(refresh, 250);
});
$("channel")?.addEventListener("change", refresh);
document.querySelector("form.search").addEventListener("submit", (event) => {
  event.preventDefault();
  refresh();
});

document.querySelector(".tabs").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-view]");
  if (!tab || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  state.view = tab.dataset.view;
  for (const one of document.querySelectorAll(".tabs [data-view]")) one.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "true");
  history.replaceState(null, "", state.opened ? `/inbox/${state.opened}?view=${state.view}` : address());
  refresh();
});

rows.addEventListener("click", async (event) => {
  const more = event.target.closest("[data-more]");
  if (!more) return;
  event.preventDefault();
  const html = await fragment(`/inbox${more.getAttribute("href")}`);
  const known = new Set(allRows().map((one) => one.dataset.conv));
  more.insertAdjacentHTML("afterend", html);
  more.remove();
  const seen = new Set();
  for (const one of allRows()) {
    if (seen.has(one.dataset.conv)) one.remove();
    seen.add(one.dataset.conv);
  }
  if (known.size === seen.size) showEmpty();
});

on("resync", refresh);
markCurrent();
showTotal();
