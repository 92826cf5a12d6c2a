// Changing what was sent: one's own words, where the channel carries changes.
import { page, words } from "../page.js";
import { $, conversation } from "./state.js";

let edited = null; // { id, kind, kept }: what is being changed, and what stood in the box before

export const editing = () => edited;

/** Shows the pen beside what this operator may change, and for as long as the channel can. */
export function showPens(root) {
  for (const pen of root.querySelectorAll("[data-edit]")) {
    const { dataset, classList } = pen.closest(".message");
    const isOurs = classList.contains("kind-note"); // among people
    pen.hidden = Number(dataset.operator) !== page.me || !(isOurs || isCarried(dataset, classList));
  }
  if (edited) $(`m${edited.id}`)?.classList.add("edited-now"); // it may have been drawn anew
}

function isCarried({ at }, classList) {
  const { edits, editTime } = conversation().dataset;
  const isOver = editTime && !classList.contains("kind-held") && Date.now() / 1000 - Number(at) > Number(editTime);
  return Boolean(edits) && !isOver;
}

setInterval(() => $("messages") && showPens($("messages")), 60000); // an open page grows older, too

export function begin(number, before) {
  const message = $(`m${number}`);
  const text = message?.querySelector(".words")?.textContent;
  if (!text) return false;
  const kept = end() ?? before;
  const kind = message.classList.contains("kind-note") ? "note" : "reply";
  edited = { id: number, kind, kept };
  show(kind === "note" ? words.editing_note : words.editing);
  message.classList.add("edited-now");
  $("reply").value = text;
  return true;
}

/** The last one there is to change. */
export const lastOwn = () => Number([...document.querySelectorAll("#messages [data-edit]:not([hidden])")].pop()?.dataset.edit);

/** Returns what stood in the box before. */
export function end() {
  const kept = edited?.kept;
  edited = null;
  show("");
  document.querySelector(".edited-now")?.classList.remove("edited-now");
  return kept;
}

function show(text) {
  $("editing").hidden = !text;
  $("editing").firstElementChild.textContent = text;
  $("composer").classList.toggle("is-editing", Boolean(text));
}
