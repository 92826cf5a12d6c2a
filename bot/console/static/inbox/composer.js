// The box to write in: reply or note, drafts, canned replies, warnings, sending.
import { page, words } from "../page.js";
import { data, element, nonce, post, toast } from "../tools.js";
import * as change from "./editing.js";
import { addFiles, beginFiles, chosen, draftOf, dropFiles, nameOf, putFiles } from "./files.js";
import { setDraft } from "./list.js";
import { askToConfirm, offerUndo } from "./taking_back.js";
import { act, closeAndNext, tellViewing, unreached, whenLeaving, whenOpened } from "./talk.js";
import { $, conversation, state } from "./state.js";

const CARD = /(?:\d[ -]?){13,19}/;
const PASSPORT = /\b\d{2} ?\d{2} ?\d{6}\b/;
let tried = null; // { what, nonce } of what may have arrived though no answer came: sent again it is the same act

export function isNote() {
  return $("composer").querySelector("[name=act]:checked").value === "note";
}

export function setKind(kind) {
  const choice = $("composer").querySelector(`[name=act][value=${kind}]`);
  choice.checked = true;
  showKind();
  $("reply").focus();
}

function showKind() {
  $("composer").classList.toggle("is-note", isNote());
  $("reply").placeholder = isNote() ? words.note_placeholder : words.reply_placeholder;
}

function insert(text) {
  const box = $("reply");
  if (isNote()) setKind("reply");
  if (text) box.value = (box.value.trim() && box.value.replace(/\n?$/, "\n")) + text;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  changed();
}

// words with everything that goes with them
function insertWith(text, files) {
  insert(text);
  if (!change.editing()) addFiles(files);
  else if (files.length) toast(words.edit_no_files, { isBad: true });
}

// an entry of the FAQ
export function insertSuggestion(one) {
  const files = [...one.querySelectorAll("a[data-key]")].map(({ dataset }) => ({ ...dataset }));
  insertWith(one.querySelector(".suggestion-text").textContent, files);
}

// --- drafts

let saving = 0;
function changed() {
  const conv = state.opened;
  const text = $("reply").value;
  warn(text);
  if (change.editing()) return; // what was sent is no draft
  tellViewing({ typing: Boolean(text) && !isNote() }); // a note is nobody else's business
  setDraft(conv, nameOf(text));
  clearTimeout(saving);
  saving = setTimeout(() => keep(conv), 800);
}

function keep(conv, text = $("reply")?.value) {
  clearTimeout(saving);
  saving = 0;
  if (text === undefined || state.opened !== conv) return;
  const fields = draftOf(text, isNote() ? "1" : "");
  post(`/inbox/${conv}/draft`, fields, { keepalive: true }).catch(() => null); // the next change tries again
}

whenLeaving(() => saving && keep(state.opened));

function warn(text) {
  const line = $("warning");
  const found = !isNote() && (passes(text) ? words.has_card : PASSPORT.test(text) ? words.has_passport : "");
  line.hidden = !found;
  line.textContent = found || "";
}

function passes(text) {
  const found = text.match(CARD)?.[0].replace(/\D/g, "");
  if (!found || found.length < 13) return false;
  const sum = [...found].reverse().reduce((all, digit, at) => {
    const twice = Number(digit) * (at % 2 ? 2 : 1);
    return all + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0;
}

// --- sending

export async function send({ thenClose = false, isConfirmed = false } = {}) {
  const written = $("reply").value;
  const text = written.trim();
  if (change.editing()) return text && saveEdit(text);
  const files = chosen();
  const button = $("composer").querySelector(".send");
  if (button.disabled || (!text && !files.length)) return; // one at a time, lest it be sent twice
  const conv = state.opened;
  const kind = isNote() ? "note" : "reply";
  const what = JSON.stringify([conv, kind, text, files.map((one) => one.key ?? [one.name, one.size, one.lastModified])]);
  if (tried?.what !== what) tried = { what, nonce: nonce() };
  const own = tried;
  const body = new FormData();
  for (const [name, value] of Object.entries({ act: kind, text, nonce: own.nonce, confirmed: isConfirmed ? "1" : "" })) body.set(name, value);
  putFiles(body);
  button.disabled = true;
  const answer = await post(`/inbox/${conv}/act`, body).catch(unreached);
  button.disabled = false;
  if (tried === own && (answer.ok || answer.value.kind)) tried = null; // a refusal is an answer, too
  if (!answer.ok) return toast(answer.value.error ?? words.not_done, { isBad: true });
  if (state.opened === conv) {
    clearTimeout(saving);
    saving = 0;
  }
  const sent = { conv, text, files };
  if (answer.value.kind === "held") askToConfirm(answer.value, sent, putBack);
  else if (kind === "reply" && answer.value.undo) offerUndo(answer.value, sent, putBack);
  if (state.opened !== conv) return dropFiles(files, conv);
  takeOut(written, files);
  if (kind === "reply" && thenClose) closeAndNext();
}

// what was sent leaves the box; what was written since stays, as what it was meant to be
function takeOut(written, sentFiles) {
  const rest = (text) => (text.startsWith(written) ? text.slice(written.length).trimStart() : text);
  const box = $("reply");
  dropFiles(sentFiles);
  const own = change.editing();
  if (own) return void (own.kept.text = rest(own.kept.text)); // the box shows what is being changed
  box.value = rest(box.value);
  if (!box.value) setKind("reply");
  warn(box.value);
  setDraft(state.opened, nameOf(box.value));
  if (box.value || chosen().length) changed();
}

// --- changing what was sent

function startEdit(number) {
  if (!change.begin(number, { text: $("reply").value, kind: isNote() ? "note" : "reply" })) return;
  if (saving) keep(state.opened, change.editing().kept.text); // what stood there stays as a draft
  setKind(change.editing().kind);
  $("reply").setSelectionRange($("reply").value.length, $("reply").value.length);
  warn($("reply").value);
}

export function editLast() {
  const number = change.lastOwn();
  if (number) startEdit(number);
}

function stopEdit() {
  const { text, kind } = change.end();
  $("reply").value = text;
  setKind(kind);
  warn(text);
}

async function saveEdit(text) {
  const { id } = change.editing();
  const before = $(`m${id}`)?.querySelector(".words")?.textContent;
  if (text !== before) {
    const answer = await act("edit", { message_id: id, text });
    if (!answer.ok) return;
  }
  if (change.editing()?.id === id) stopEdit();
}

// what was taken back returns, unless something new was begun
function putBack({ text, files: given }) {
  const box = $("reply");
  const kept = change.editing()?.kept;
  if (kept && !kept.text && kept.kind === "reply") kept.text = text;
  if (kept || isNote() || box.value.trim() || chosen().length) return;
  box.value = text;
  addFiles(given);
  setKind("reply");
  box.setSelectionRange(text.length, text.length);
  changed();
}

// --- canned replies: what is typed while they are open narrows them, and leaves the box with the choice

let canned = null; // { before, replies }: what stood in the box, and all there are
export async function openCanned() {
  const place = $("canned");
  const { value } = $("reply");
  const own = (canned = { before: value.startsWith("/") ? "" : value, replies: [] });
  const answer = await fetch(`/api/canned?conversation=${state.opened}`).catch(() => null);
  if (!answer?.ok) toast(words.not_loaded, { isBad: true });
  else own.replies = (await answer.json()).replies;
  if (canned !== own) return;
  if (!answer?.ok) return hideCanned();
  place.hidden = false;
  showCanned();
}

function showCanned() {
  const place = $("canned");
  const { value } = $("reply");
  const typed = value.startsWith(canned.before) ? value.slice(canned.before.length) : "";
  const wanted = typed.replace(/^\//, "").trim().toLowerCase();
  const fitting = canned.replies.filter((one) => `${one.name} ${one.text}`.toLowerCase().includes(wanted)).slice(0, 12);
  place.replaceChildren(...fitting.map((one, at) => {
    const button = element('<button type="button"><span></span><small></small><small></small></button>');
    const names = nameOf("", one.files);
    button.setAttribute("aria-selected", at === 0);
    [`/${one.name}`, one.text, names && `📎 ${names}`].forEach((text, place) => (button.children[place].textContent = text));
    button.onclick = () => choose(one);
    button.canned = one;
    return button;
  }));
  if (!fitting.length) place.textContent = canned.replies.length ? words.nothing_found : words.no_canned;
}

function choose(one) {
  const box = $("reply");
  if (box.value.startsWith(canned.before)) box.value = canned.before;
  hideCanned();
  insertWith(one.text, one.files);
}

function hideCanned() {
  canned = null;
  if ($("canned")) $("canned").hidden = true;
}

function walkCanned(event) {
  const all = [...$("canned").querySelectorAll("button")];
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    if (all[at]) choose(all[at].canned);
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    hideCanned();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length];
    all[at]?.setAttribute("aria-selected", "false");
    next?.setAttribute("aria-selected", "true");
    next?.scrollIntoView({ block: "nearest" });
  }
}

// --- what the box hears

function onKey(event) {
  if (event.isComposing) return;
  if (canned) walkCanned(event);
  if (event.defaultPrevented) return;
  const isSlash = event.code === "Slash" || event.key === "/";
  if ((isSlash && !event.target.value && !event.shiftKey) || (event.code === "Slash" && event.ctrlKey)) {
    event.preventDefault();
    openCanned();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send({ thenClose: event.shiftKey });
  } else if (event.key === "Enter" && page.enterSends && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && !event.target.value && !event.shiftKey && change.lastOwn()) {
    event.preventDefault();
    editLast();
  } else if (event.key === "Escape" && change.editing()) {
    event.stopPropagation();
    stopEdit();
  } else if (event.key === "Escape") {
    event.target.blur();
    conversation().querySelector("#talk-name").focus();
    event.stopPropagation();
  }
}

let begunWith = null; // the form that hears already
whenOpened(() => {
  const form = $("composer");
  if (form === begunWith) return;
  begunWith = form;
  beginFiles(state.opened, data("begun"), changed);
  canned = null;
  change.end();
  form.querySelector("[data-stop-editing]").onclick = stopEdit;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "act") {
      showKind();
      changed();
    }
    if (event.target.type === "file") {
      addFiles(event.target.files);
      event.target.value = "";
    }
  });
  form.querySelector("[data-canned]").onclick = openCanned;
  const box = $("reply");
  box.addEventListener("input", () => {
    changed();
    if (canned) showCanned();
  });
  box.addEventListener("keydown", onKey);
  box.addEventListener("paste", (event) => event.clipboardData.files.length && addFiles(event.clipboardData.files));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    addFiles(event.dataTransfer.files);
  });
  showKind();
});

document.getElementById("talk").addEventListener("click", (event) => {
  const pen = event.target.closest("[data-edit]");
  if (pen) startEdit(Number(pen.dataset.edit));
  const button = event.target.closest("[data-insert]");
  if (button) insertSuggestion(button.closest(".suggestion"));
});

