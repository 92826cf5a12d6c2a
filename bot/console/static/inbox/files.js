// The files that go with what is being written: uploads, and those the database has (of canned replies and of the FAQ).
import { words } from "../page.js";
import { toast } from "../tools.js";
import { $ } from "./state.js";

const MOST = 10;
let files = []; // each a File, or { key, ref, name } of one in the database
let tell = () => null;

export const chosen = () => files;
export const stored = (list = files) => list.filter((one) => one.key);

/** What stands there when a conversation is opened; `onChange` hears of every change after that. */
export function beginFiles(list, onChange) {
  files = list;
  tell = onChange;
  show();
}

/** Those of the database come first, as they will be sent; one that is there already is not put in again. */
export function addFiles(list) {
  const fresh = [...list].filter((one) => !one.key || !files.some((other) => other.key === one.key));
  const all = [...files, ...fresh];
  if (all.length > MOST) toast(words.too_many_files, { isBad: true });
  const fitting = all.slice(0, MOST);
  files = [...stored(fitting), ...fitting.filter((one) => !one.key)];
  show();
  if (fresh.length) tell();
}

/** What was sent goes; nobody is told. */
export function dropFiles(gone) {
  const isGone = (one) => gone.some((other) => other === one || (one.key && other.key === one.key));
  files = files.filter((one) => !isGone(one));
  show();
}

/** Into the form that is sent. */
export function putFiles(body) {
  for (const one of files) {
    if (one.key) body.append("stored", one.key);
    else body.append("files", one, one.name);
  }
}

function show() {
  $("files").hidden = !files.length;
  $("files").replaceChildren(...files.map(chip));
}

function chip(one) {
  const line = document.createElement("li");
  line.append(one.key ? link(one) : one.name);
  const drop = document.createElement("button");
  drop.type = "button";
  drop.textContent = "×";
  drop.setAttribute("aria-label", words.remove.replace("{name}", one.name));
  drop.onclick = () => {
    dropFiles([one]);
    tell();
  };
  line.append(drop);
  return line;
}

// to be looked at before it is sent
function link({ ref, name }) {
  const href = `/faq/files/${ref}?name=${encodeURIComponent(name)}`;
  return Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener", textContent: name });
}
