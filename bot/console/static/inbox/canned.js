// Canned replies under the box: what is typed while they are open narrows them, and leaves the box with the choice.
import { words } from "../page.js";
import { toast } from "../tools.js";
import { $, state } from "./state.js";

let opened = null; // { before, replies, choose }: what stood in the box, all there are, and who gets the one chosen

export const isOpen = () => Boolean(opened);

export async function openCanned(choose) {
  const { value } = $("reply");
  const own = { before: value.startsWith("/") ? "" : value, replies: [], choose };
  const conv = state.opened;
  opened = own;
  const options = { headers: { Accept: "application/json" } };
  const answer = await fetch(`/api/canned?conversation=${conv}`, options).catch(() => null);
  const found = answer?.ok ? await answer.json().catch(() => null) : null;
  if (opened !== own || state.opened !== conv) return;
  if (!found) {
    closeCanned();
    return void toast(words.not_loaded, { isBad: true });
  }
  own.replies = found.replies;
  $("canned").hidden = false;
  narrow();
}

export function closeCanned() {
  opened = null;
  if ($("canned")) $("canned").hidden = true;
}

/** Those that have what was typed since. */
export function narrow() {
  if (!opened) return;
  const wanted = typed().toLowerCase();
  const fitting = opened.replies.filter((one) => `${one.name} ${one.text}`.toLowerCase().includes(wanted)).slice(0, 12);
  $("canned").replaceChildren(...fitting.map(line));
  if (!fitting.length) $("canned").textContent = opened.replies.length ? words.nothing_found : words.no_canned;
}

function typed() {
  const { value } = $("reply");
  return value.startsWith(opened.before) ? value.slice(opened.before.length).replace(/^\//, "").trim() : "";
}

function line(one, at) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-selected", at === 0);
  button.append(`/${one.name}`);
  if (one.text) button.append(small(one.text));
  if (one.files.length) button.append(small(`📎 ${one.files.map((file) => file.name).join(", ")}`));
  button.onclick = () => choose(one);
  button.canned = one;
  return button;
}

const small = (text) => Object.assign(document.createElement("small"), { textContent: text });

function choose(one) {
  const { before, choose: give } = opened;
  const box = $("reply");
  if (box.value.startsWith(before)) box.value = before;
  closeCanned();
  give(one);
}

/** Keys while they are open; what it has taken is marked as such. */
export function walk(event) {
  const all = [...$("canned").querySelectorAll("button")];
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    if (all[at]) choose(all[at].canned);
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closeCanned();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length];
    all[at]?.setAttribute("aria-selected", "false");
    next?.setAttribute("aria-selected", "true");
    next?.scrollIntoView({ block: "nearest" });
  }
}
