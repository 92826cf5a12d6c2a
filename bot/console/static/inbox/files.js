// The files that go with what is being written: uploads, and those the database has (of canned replies and of the FAQ).
import { words } from "../page.js";
import { element, toast } from "../tools.js";
import { $ } from "./state.js";

const MOST = 10;
const own = new Map(); // conversation -> Files of one's own, which this page alone has
let conv = null;
let files = []; // each a File, or { key, ref, name } of one in the database
let tell = () => null;

export const chosen = () => files;
const isSame = (one, other) => one === other || (one.key && one.key === other.key);
const stored = (list) => list.filter((one) => one.key);

/** The fields of a draft; files of one's own it cannot keep. */
export const draftOf = (text, note, list = files) => [["text", text], ["note", note], ...stored(list).map((one) => ["stored", one.key])];

/** What the list says of a draft: its words, else its files. */
export const nameOf = (text, list = files) => text.trim() || stored(list).map((one) => one.name).join(", ");

/** What stands there when a conversation is opened; `onChange` hears of every change after that. */
export function beginFiles(opened, list, onChange) {
  conv = opened;
  files = [...list, ...(own.get(conv) ?? [])];
  tell = onChange;
  show();
}

/** Those of the database come first, as they will be sent; one that is there already is not put in again. */
export function addFiles(list) {
  const all = [...files, ...[...list].filter((one) => !files.some((other) => isSame(one, other)))];
  if (all.length > MOST) toast(words.too_many_files, { isBad: true });
  all.length = Math.min(all.length, MOST);
  files = [...stored(all), ...all.filter((one) => !one.key)];
  show();
  tell();
}

const without = (list, gone) => list.filter((one) => !gone.some((other) => isSame(one, other)));

/** What was sent goes; nobody is told. */
export function dropFiles(gone, from = conv) {
  if (from !== conv) return void own.set(from, without(own.get(from) ?? [], gone));
  files = without(files, gone);
  show();
}

/** Those of one's own that return to a conversation which is not open. */
export const putAway = (to, list) => own.set(to, without(list, stored(list)));

addEventListener("beforeunload", (event) => [...own.values()].some((list) => list.length) && event.preventDefault());

/** Into the form that is sent. */
export function putFiles(body) {
  for (const one of files) {
    if (one.key) body.append("stored", one.key);
    else body.append("files", one, one.name);
  }
}

function show() {
  putAway(conv, files);
  $("files").hidden = !files.length;
  $("files").replaceChildren(...files.map(chip));
}

function chip(one) {
  const line = element('<li><button type="button">×</button></li>');
  const drop = line.firstChild;
  drop.setAttribute("aria-label", words.remove.replace("{name}", one.name));
  drop.onclick = () => {
    dropFiles([one]);
    tell();
  };
  line.prepend(one.key ? link(one) : one.name);
  return line;
}

// to be looked at before it is sent
function link({ ref, name }) {
  const opened = element('<a target="_blank"></a>');
  opened.href = `/faq/files/${ref}?name=${encodeURIComponent(name)}`;
  opened.textContent = name;
  return opened;
}
