// The conversation: opened without leaving the page, kept up to date, marked as read, and acted upon.
import { on } from "../live.js";
import { page, words } from "../page.js";
import { element, fragment, nonce, post, seatToasts, toast } from "../tools.js";
import { clearUnread, markCurrent, setUnread, allRows } from "./list.js";
import { showPens } from "./editing.js";
import { $, conversation, isOpen, state } from "./state.js";

const talk = $("talk");
const inbox = $("inbox");
const opening = [];
const leaving = [];
const empty = talk.innerHTML;

export function whenOpened(action) {
  opening.push(action);
  if (state.opened) action();
}

/** Before a conversation goes from the page, or the page itself. */
export const whenLeaving = (action) => leaving.push(action);

let coming = null; // the conversation that is being fetched, and what happens in it meanwhile

export async function open(conv, { isBack = false } = {}) {
  const own = { conv, told: [] };
  coming = own;
  const html = await fragment(`/inbox/${conv}?view=${state.view}`).catch(() => null);
  if (coming !== own) return; // another one was opened since
  coming = null;
  if (html === null) return toast(words.not_loaded, { isBad: true });
  const composer = conv === state.opened && $("composer"); // drawn anew, it keeps what is being written
  const focused = composer && composer.contains(document.activeElement) && document.activeElement;
  leave();
  talk.innerHTML = html;
  if (composer) $("composer").replaceWith(composer);
  state.opened = conv;
  inbox.classList.add("is-open");
  if (!isBack) history.pushState(null, "", `/inbox/${conv}?view=${state.view}`);
  markCurrent();
  begin();
  for (const one of own.told) put(one);
  (focused || $("talk-name")).focus({ preventScroll: true });
}

export function closeTalk({ isBack = false } = {}) {
  leave();
  state.opened = null;
  inbox.classList.remove("is-open");
  talk.innerHTML = empty.includes("conversation") ? "" : empty;
  if (!isBack) history.pushState(null, "", `/inbox?view=${state.view}`);
  markCurrent();
}

function begin() {
  const messages = $("messages");
  seatToasts();
  messages.scrollTop = messages.scrollHeight;
  for (const photo of messages.querySelectorAll("img")) photo.addEventListener("load", toEnd, { once: true });
  showPens(messages);
  tellViewing();
  readSoon();
  loadSuggestions();
  showViewers(JSON.parse($("viewing").textContent));
  for (const action of opening) action();
}

function toEnd() {
  const messages = $("messages");
  if (messages && isAtEnd(messages, 400)) messages.scrollTop = messages.scrollHeight;
}

function isAtEnd(messages, room = 120) {
  return messages.scrollHeight - messages.scrollTop - messages.clientHeight < room;
}

// --- what comes in

on("message.created", (one) => {
  if (coming?.conv === one.conv) coming.told.push(one);
  if (state.opened !== one.conv) return;
  put(one);
  renewHead(one);
  if (one.author === "customer") {
    readSoon();
    loadSuggestions();
  }
});
on("message.updated", (one) => {
  if (coming?.conv === one.conv) coming.told.push(one);
  if (state.opened === one.conv) put(one);
});
on("conversation.updated", renewHead);

function put(one) {
  const messages = $("messages");
  const fresh = element(one.html);
  const old = $(`m${one.msg}`);
  const wasAtEnd = isAtEnd(messages);
  if (old) old.replaceWith(fresh);
  else {
    const later = [...messages.querySelectorAll(".message")].find((other) => Number(other.dataset.msg) > one.msg);
    if (later) later.before(fresh);
    else messages.append(fresh);
  }
  showPens(fresh);
  for (const photo of fresh.querySelectorAll("img")) photo.addEventListener("load", toEnd, { once: true });
  if (wasAtEnd || one.author === "operator") messages.scrollTop = messages.scrollHeight;
}

async function renewPanel() {
  const conv = state.opened;
  const html = await fragment(`/inbox/${conv}?view=${state.view}`).catch(() => null);
  if (html === null || state.opened !== conv) return;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  $("marks").replaceWith(fresh.getElementById("marks"));
}

let headAsked = 0;
async function renewHead(one) {
  if (state.opened !== one.conv) return;
  const head = conversation().querySelector(".talk-head");
  const isSame = head.dataset.status === one.status && head.dataset.holder === String(one.holder ?? "");
  if (isSame && one.kind) return; // a message that changed nothing about the conversation
  const own = ++headAsked;
  const html = await fragment(`/inbox/${one.conv}/head?view=${state.view}`).catch(() => null);
  if (html === null || own !== headAsked || state.opened !== one.conv) return;
  if ($("head").querySelector("details[open]")) return; // somebody is filling in a form there
  $("head").innerHTML = html;
  Object.assign(conversation().dataset, { status: one.status, holder: one.holder ?? "" });
}

async function loadSuggestions() {
  const place = $("suggestions");
  const conv = state.opened;
  const html = await fragment(place.dataset.src).catch(() => null);
  if (html !== null && state.opened === conv) $("suggestions").innerHTML = html;
}

on("resync", () => state.opened && open(state.opened, { isBack: true }));
on("faq.updated", () => state.opened && loadSuggestions());

// --- read and unread

let reading = 0;
function readSoon() {
  if (document.visibilityState !== "visible" || !state.opened) return;
  clearTimeout(reading);
  const conv = state.opened;
  reading = setTimeout(() => {
    const last = [...document.querySelectorAll("#messages .message")].pop();
    clearUnread(conv);
    if (last && state.opened === conv) post(`/inbox/${conv}/read`, { message: last.dataset.msg });
  }, 400);
}

addEventListener("visibilitychange", () => {
  readSoon();
  if (document.visibilityState === "visible") tellViewing();
});

export async function markUnread() {
  const own = [...document.querySelectorAll("#messages .message.customer")].pop();
  if (!own) return;
  const conv = state.opened;
  clearTimeout(reading);
  await post(`/inbox/${conv}/unread`, { message: own.dataset.msg });
  closeTalk();
  const row = allRows().find((one) => Number(one.dataset.conv) === conv);
  if (row) setUnread(row, Math.max(1, Number(row.dataset.unread)));
}

// --- who else is here

let typedAt = 0;
export function tellViewing({ typing = false, leaving = false } = {}) {
  if (!state.opened) return;
  if (typing && Date.now() - typedAt < 3000) return;
  typedAt = typing ? Date.now() : 0;
  const fields = { typing: typing ? "1" : "", leaving: leaving ? "1" : "" };
  post(`/inbox/${state.opened}/viewing`, fields, { keepalive: leaving }).catch(() => null);
}

function leave() {
  if (state.opened) {
    for (const action of leaving) action();
    tellViewing({ leaving: true });
  }
  document.body.append($("toasts")); // what they say is not over with the conversation
}

setInterval(() => document.visibilityState === "visible" && tellViewing(), 20000);
addEventListener("pagehide", leave);

on("viewing", ({ conv, people }) => state.opened === conv && showViewers(people));

function showViewers(people) {
  const others = people.filter((one) => one.id !== page.me);
  const line = $("viewers");
  const messages = $("messages");
  const wasAtEnd = isAtEnd(messages, 8);
  line.hidden = !others.length;
  const typing = others.filter((one) => one.typing);
  const names = (list) => list.map((one) => one.name).join(", ");
  line.textContent = typing.length ? words.typing.replace("{names}", names(typing)) : words.viewing.replace("{names}", names(others));
  if (wasAtEnd) messages.scrollTop = messages.scrollHeight;
}

// --- acts: forms of the head, done without leaving

/** What an act came to whose question did not get through. */
export const unreached = () => ({ ok: false, value: { error: words.no_network } });

export async function act(name, fields = {}, conv = state.opened) {
  const answer = await post(`/inbox/${conv}/act`, { act: name, nonce: nonce(), ...fields }).catch(unreached);
  if (!answer.ok) toast(answer.value.error ?? words.not_done, { isBad: true });
  else if (answer.value.text) toast(answer.value.text);
  return answer;
}

talk.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  const menu = form.closest("details.menu");
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const answer = await act(fields.act, fields);
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  if (answer.ok && menu) menu.open = false;
  if (answer.ok) renewHead({ conv: state.opened });
  if (answer.ok && ["tag", "untag", "priority", "vip"].includes(fields.act)) renewPanel();
});

export async function closeAndNext() {
  const next = allRows().find((one) => Number(one.dataset.conv) !== state.opened);
  const answer = await act("close");
  if (!answer.ok) return;
  if (next) open(Number(next.dataset.conv));
  else closeTalk();
}

export function showPanel(isShown) {
  $("panel").classList.toggle("is-open", isShown);
  seatToasts();
}

talk.addEventListener("click", async (event) => {
  if (event.target.closest("[data-panel]")) showPanel(!$("panel").classList.contains("is-open"));
  if (event.target.closest("[data-unread]")) markUnread();
  const retry = event.target.closest("[data-retry]");
  if (retry) act("retry", { message_id: retry.dataset.retry });
  const older = event.target.closest("[data-older]");
  if (older) {
    event.preventDefault();
    const messages = $("messages");
    const before = messages.scrollHeight;
    older.outerHTML = await fragment(older.getAttribute("href"));
    messages.scrollTop += messages.scrollHeight - before;
    showPens(messages);
  }
});

// --- from row to row

addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const row = event.target.closest(".row, .plain-list a[href^='/inbox/']");
  if (row) {
    event.preventDefault();
    open(Number(row.dataset.conv ?? row.getAttribute("href").split("/")[2]));
  }
  if (event.target.closest("[data-back]")) {
    event.preventDefault();
    closeTalk();
  }
});
addEventListener("popstate", () => {
  const conv = Number(location.pathname.split("/")[2]) || null;
  if (conv) open(conv, { isBack: true });
  else closeTalk({ isBack: true });
});

if (state.opened) begin();
export { isOpen };
