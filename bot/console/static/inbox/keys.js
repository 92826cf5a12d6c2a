// Shortcuts by the place of the key, so that they work in the Russian layout too; none while typing.
import { isTyping, page } from "../page.js";
import { editLast, insertSuggestion, openCanned, setKind } from "./composer.js";
import { allRows } from "./list.js";
import { act, closeAndNext, closeTalk, markUnread, open, showPanel } from "./talk.js";
import { $, conversation, state } from "./state.js";

let focused = -1;

function walk(step) {
  const all = allRows();
  if (!all.length) return;
  const at = all.findIndex((one) => Number(one.dataset.conv) === state.opened);
  const from = document.activeElement?.classList.contains("row") ? all.indexOf(document.activeElement) : at;
  focused = Math.max(0, Math.min(all.length - 1, from + step));
  all[focused].focus();
  if (matchMedia("(min-width: 821px)").matches) open(Number(all[focused].dataset.conv));
}

function openMenu(name) {
  const menu = conversation()?.querySelector(`details[data-menu=${name}]`);
  if (!menu) return;
  menu.open = true;
  menu.querySelector("select, input:not([type=hidden]), button")?.focus();
}

function insertNumbered(number) {
  const one = conversation()?.querySelector(`[data-suggestion="${number}"]`);
  if (one) insertSuggestion(one);
}

const ALWAYS = {
  KeyJ: () => walk(1),
  KeyK: () => walk(-1),
  Slash: () => $("search").focus(),
};
const WITH_CONVERSATION = {
  KeyR: () => setKind("reply"),
  KeyN: () => setKind("note"),
  KeyA: () => act("take"),
  KeyT: () => openMenu("transfer"),
  KeyE: (event) => (event.shiftKey ? closeAndNext() : act("close")),
  KeyU: markUnread,
  KeyP: editLast,
  KeyM: () => {
    $("reply").focus();
    openCanned();
  },
  Digit1: () => insertNumbered(1),
  Digit2: () => insertNumbered(2),
  Digit3: () => insertNumbered(3),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat) return;
  if (event.key === "Escape" && !isTyping(event) && state.opened) {
    if ($("panel").classList.contains("is-open")) showPanel(false);
    else closeTalk();
    return;
  }
  if (page.singleKeys === false || isTyping(event)) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    event.preventDefault();
    $("keys-help").showModal();
    return;
  }
  const action = ALWAYS[event.code] ?? (state.opened ? WITH_CONVERSATION[event.code] : undefined);
  if (!action || (event.shiftKey && event.code !== "KeyE")) return;
  event.preventDefault();
  action(event);
});
