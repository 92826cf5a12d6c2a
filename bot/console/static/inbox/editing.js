// Changing what was sent: one's own words, where the channel carries changes.
import { page, words } from "../page.js";
import { $, conversation } from "./state.js";

let edited = null; // { id, kind, kept }: what is being changed, and what stood in the box before

export const editing = () => edited;

/** Shows the pen beside what this operator may change. */
export function showPens(root) {
  const isCarried = conversation()?.dataset.edits === "1";
  for (const one of root.querySelectorAll("[data-edit]")) {
    const message = one.closest(".message");
    const isOwn = Number(message.dataset.operator) === page.me;
    one.hidden = !isOwn || !(isCarried || message.classList.contains("kind-note"));
  }
}

export function begin(number, kept) {
  const message = $(`m${number}`);
  const text = message?.querySelector(".words")?.textContent;
  if (!text) return false;
  edited = { id: number, kind: message.classList.contains("kind-note") ? "note" : "reply", kept: edited?.kept ?? kept };
  const line = $("editing");
  line.hidden = false;
  line.firstElementChild.textContent = edited.kind === "note" ? words.editing_note : words.editing;
  $("composer").classList.add("is-editing");
  for (const one of document.querySelectorAll(".message.edited-now")) one.classList.remove("edited-now");
  message.classList.add("edited-now");
  $("reply").value = text;
  return true;
}

/** The last one there is to change, for the arrow up and the key P. */
export function lastOwn() {
  const pens = [...document.querySelectorAll("#messages [data-edit]:not([hidden])")];
  return pens.length ? Number(pens.pop().dataset.edit) : null;
}

/** What stood in the box before. */
export function end() {
  const kept = edited?.kept ?? { text: "", kind: "reply" };
  edited = null;
  $("editing").hidden = true;
  $("composer").classList.remove("is-editing");
  for (const one of document.querySelectorAll(".message.edited-now")) one.classList.remove("edited-now");
  return kept;
}

export function forget() {
  edited = null;
}
